"""SymPy: the exact expression, its constants as rationals."""

from collections.abc import Mapping
from typing import Any

from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, summary
from elitemap.searchspaces.programs.emission.pysource import (
    constants,
    docstring,
    function,
    head,
    steps,
)
from elitemap.searchspaces.programs.program import Instruction, Program

_NOTES = [
    "Calling the function without an argument gives the expression in a real symbol x. Constants",
    "are exact rationals: SymPy takes floats for the binary fractions that they are.",
]


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name_sympy.py`` with a function ``name`` that builds the expression.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    lowered = lower(program, "sympy")
    body = [
        "if x is None:",
        "    x = sympy.Symbol('x', real=True)",
        *constants(lowered, _rational),
        *steps(lowered),
        f"return {lowered.result}",
    ]
    lines = description(program, certificate, meta)
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_NOTES], "import sympy"),
        function(f"def {name}(x=None):", docstring(lines, "    "), body),
    ]
    return {f"{name}_sympy.py": "\n\n".join(parts)}


def _rational(instruction: Instruction) -> str:
    hi, lo = instruction.constant
    leading = f"sympy.Rational({hi!r})"
    return leading if lo == 0.0 else f"{leading} + sympy.Rational({lo!r})"
