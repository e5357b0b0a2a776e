"""NumPy: a vectorised function with the bits of the Python one."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
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
from elitemap.searchspaces.programs.program import Program

_IMPORTS = "import struct\nimport sys\n\nimport numpy as np"
_BITWISE = ["Run this file to check the function bit for bit against recorded cases."]


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name_numpy.py`` with the function ``name`` on arrays.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    lowered = lower(program, "numpy")
    notes = [p.notes["numpy"] for p in lowered.used if "numpy" in p.notes]
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", *(notes or _BITWISE)],
            "import numpy as np" if notes else _IMPORTS,
        ),
        _function(lowered, name, description(program, certificate, meta), meta.mends),
    ]
    if not notes:
        parts.append(self_test(name, cases(program, meta)))
    return {f"{name}_numpy.py": "\n\n".join(parts)}


def _function(lowered: Lowered, name: str, lines: list[str], mends: Sequence[Mend]) -> str:
    selected, result = mended_steps(mends, lowered.result, _choose)
    body = [
        *_taken(lowered),
        *constants(lowered, lambda i: f"np.float64({i.constant[0]!r})"),
    ]
    if lowered.steps:
        body.append('with np.errstate(all="ignore"):')
        body += [f"    {line}" for line in steps(lowered)]
    body += selected
    body.append(f"return {result if mends else _result(lowered)}")
    arguments = ", ".join(lowered.inputs)
    what = "arrays or numbers" if len(lowered.inputs) > 1 else "an array or number"
    doc = docstring([*lines, "", f"{arguments}: {what}, taken as float64."], "    ")
    return function(f"def {name}({arguments}):", doc, body)


def _taken(lowered: Lowered) -> list[str]:
    """The arguments as arrays of one shape."""
    lines = [f"{name} = np.asarray({name}, dtype=np.float64)" for name in lowered.inputs]
    together = ", ".join(lowered.inputs)
    return lines + [f"{together} = np.broadcast_arrays({together})"] * (len(lowered.inputs) > 1)


def _choose(low: str, high: str, value: str, other: str) -> str:
    return f"np.where((x >= {low}) & (x <= {high}), {value}, {other})"


def _result(lowered: Lowered) -> str:
    if not lowered.read:
        return f"np.full(x.shape, {lowered.result})"
    return f"np.array({lowered.result})" if lowered.result in lowered.inputs else lowered.result
