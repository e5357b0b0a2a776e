"""Python: one file without dependencies, with a self-test and, where rational, an exact twin."""

from collections.abc import Mapping
from typing import Any

from elitemap.searchspaces.emission.lowering import Lowered, lower, writable
from elitemap.searchspaces.emission.meta import ExportMeta
from elitemap.searchspaces.emission.naming import identifier
from elitemap.searchspaces.emission.provenance import description, summary
from elitemap.searchspaces.emission.pysource import (
    constants,
    docstring,
    function,
    head,
    self_test,
    steps,
)
from elitemap.searchspaces.emission.vectors import arguments, cases
from elitemap.searchspaces.programs.program import Instruction, Program

_USAGE = ["Run this file to check the function bit for bit against recorded cases."]

_DIV = '''\
def _div(a, b):
    """The quotient of IEEE 754, which exists for zero divisors too."""
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)
'''

_SQRT = '''\
def _sqrt(a):
    """The square root of IEEE 754: NaN below zero."""
    return math.sqrt(a) if a >= 0.0 else math.nan
'''

_FMA = '''\
def _fma(a, b, c):
    """The fused multiply-add of IEEE 754: a * b + c rounded once."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return a * b + c
    if not math.isfinite(c):
        return c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return a * b + c
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return math.inf if exact > 0 else -math.inf
'''

_HELPERS = {"div": _DIV, "sqrt": _SQRT, "fma": _FMA}


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
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_USAGE], _imports(lowered, rational)),
        *(text for primitive, text in _HELPERS.items() if primitive in lowered.used),
        _function(lowered, name, description(program, certificate, meta)),
    ]
    if rational:
        parts.append(_exact(lower(program, "exact"), name))
    parts.append(self_test(name, cases(program, arguments(meta.domain))))
    return {f"{name}.py": "\n\n".join(parts)}


def _imports(lowered: Lowered, rational: bool) -> str:
    modules = ["struct", "sys"]
    if lowered.used & _HELPERS.keys():
        modules.insert(0, "math")
    lines = [f"import {module}" for module in modules]
    if rational or "fma" in lowered.used:
        lines.append("from fractions import Fraction")
    return "\n".join(lines)


def _function(lowered: Lowered, name: str, lines: list[str]) -> str:
    body = [
        "x = float(x)",
        *constants(lowered, lambda i: repr(i.constant[0])),
        *steps(lowered),
        f"return {lowered.result}",
    ]
    return function(f"def {name}(x):", docstring(lines, "    "), body)


def _exact(lowered: Lowered, name: str) -> str:
    body = [
        "x = Fraction(x)",
        *constants(lowered, _fraction),
        *steps(lowered),
        f"return {lowered.result}",
    ]
    doc = docstring(
        [f"{name} as a Fraction, without any rounding; raises ZeroDivisionError at poles."], "    "
    )
    return function(f"def {name}_exact(x):", doc, body)


def _fraction(instruction: Instruction) -> str:
    hi, lo = instruction.constant
    return f"Fraction({hi!r})" if lo == 0.0 else f"Fraction({hi!r}) + Fraction({lo!r})"
