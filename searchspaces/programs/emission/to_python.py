"""Python: one file without dependencies, with a self-test and, where rational, an exact twin."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower, writable
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, summary
from elitemap.searchspaces.programs.emission.pysource import (
    constants,
    docstring,
    function,
    head,
    mended_steps,
    self_test,
    steps,
)
from elitemap.searchspaces.programs.emission.vectors import cases
from elitemap.searchspaces.programs.program import Instruction, Program

#: What a template calls.
_CALL = re.compile(r"\b_\w+(?=\()")

_USAGE = ["Run this file to check the function bit for bit against recorded cases."]


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name.py`` with the function ``name`` on floats and, if rational, ``name_exact``.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    lowered = lower(program, "python")
    rational = writable(program, "exact")
    helpers = _helpers(program, lowered)
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_USAGE], _imports(lowered, helpers, rational)),
        *helpers.values(),
        _function(lowered, name, description(program, certificate, meta), meta.mends),
    ]
    if rational:
        parts.append(_exact(lower(program, "exact"), name))
    parts.append(self_test(name, cases(program, meta)))
    return {f"{name}.py": "\n\n".join(parts)}


def _helpers(program: Program, lowered: Lowered) -> dict[str, str]:
    """The dialect's Python functions that the code calls, in the order of its entries."""
    called = {name for _, expression in lowered.steps for name in _CALL.findall(expression)}
    return {n: text for n, text in program.dialect.helpers.items() if n in called}


def _imports(lowered: Lowered, helpers: Mapping[str, str], rational: bool) -> str:
    code = "\n".join([*helpers.values(), *(expression for _, expression in lowered.steps)])
    modules = ["math", "struct", "sys"] if "math." in code else ["struct", "sys"]
    lines = [f"import {module}" for module in modules]
    if rational or "Fraction(" in code:
        lines.append("from fractions import Fraction")
    return "\n".join(lines)


def _function(lowered: Lowered, name: str, lines: list[str], mends: Sequence[Mend]) -> str:
    selected, result = mended_steps(mends, lowered.result, _choose)
    body = [
        *(f"{name} = float({name})" for name in lowered.inputs),
        *constants(lowered, lambda i: repr(i.constant[0])),
        *steps(lowered),
        *selected,
        f"return {result}",
    ]
    return function(f"def {name}({', '.join(lowered.inputs)}):", docstring(lines, "    "), body)


def _choose(low: str, high: str, value: str, other: str) -> str:
    return f"{value} if {low} <= x <= {high} else {other}"


def _exact(lowered: Lowered, name: str) -> str:
    body = [
        *(f"{name} = Fraction({name})" for name in lowered.inputs),
        *constants(lowered, _fraction),
        *steps(lowered),
        f"return {lowered.result}",
    ]
    doc = docstring(
        [f"{name} as a Fraction, without any rounding; raises ZeroDivisionError at poles."], "    "
    )
    return function(f"def {name}_exact({', '.join(lowered.inputs)}):", doc, body)


def _fraction(instruction: Instruction) -> str:
    hi, lo = instruction.constant
    return f"Fraction({hi!r})" if lo == 0.0 else f"Fraction({hi!r}) + Fraction({lo!r})"
