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
    "Calling the function without arguments gives the expression in real symbols x (and y).",
    "Constants are exact rationals: SymPy takes floats for the binary fractions that they are.",
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
        *(line for one in lowered.inputs for line in _symbol(one)),
        *constants(lowered, _rational),
        *steps(lowered),
        f"return {lowered.result}",
    ]
    arguments = ", ".join(f"{one}=None" for one in lowered.inputs)
    lines = description(program, certificate, meta)
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_NOTES], "import sympy"),
        function(f"def {name}({arguments}):", docstring(lines, "    "), body),
    ]
    return {f"{name}_sympy.py": "\n\n".join(parts)}


def _symbol(name: str) -> list[str]:
    return [f"if {name} is None:", f"    {name} = sympy.Symbol('{name}', real=True)"]


def _rational(instruction: Instruction) -> str:
    hi, lo = instruction.constant
    leading = f"sympy.Rational({hi!r})"
    return leading if lo == 0.0 else f"{leading} + sympy.Rational({lo!r})"
