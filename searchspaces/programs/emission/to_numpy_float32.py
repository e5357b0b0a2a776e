"""NumPy of programs in ``float32``: the bits of the C version, with a test of them."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.arrays_float32 import helpers, literal
from elitemap.searchspaces.programs.emission.cases_float32 import cases
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Program

_SELF_TEST = '''\
# Bits of argument and result; one NaN stands for all.
_CASES = np.array(
    [
{rows}
    ],
    np.uint32,
)


def _self_test():
    """Compare the function with the recorded cases, bit for bit."""
    results = {name}(_CASES[:, 0].view(np.float32))
    got = np.where(np.isnan(results), np.uint32({nan:#x}), results.view(np.uint32))
    failed = np.flatnonzero(got != _CASES[:, 1])
    for k in failed.tolist():
        print(f"{name}({{_CASES[k, :1].view(np.float32)[0]!r}}) gives {{results[k]!r}}")
    print(f"{name}: {{len(_CASES) - len(failed)}} of {{len(_CASES)}} cases match")
    return 1 if len(failed) else 0


if __name__ == "__main__":
    sys.exit(_self_test())
'''


def files(program: Program, meta: ExportMeta, statements: Sequence[str]) -> dict[str, str]:
    """``name_numpy.py`` with the function ``name`` on arrays.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name = identifier(meta.name)
    short = looked(program)
    lowered = lower(short, "numpy")
    body = [
        "x = np.asarray(x, np.float32)",
        "shape, x = x.shape, np.atleast_1d(x)",
        *(f"{n} = {literal(short, i, 'np')}" for n, i in lowered.constants),
        'with np.errstate(all="ignore"):',
        *(f"    {n} = {expression}" for n, expression in lowered.steps),
        f"return np.broadcast_to({lowered.result}, x.shape).reshape(shape)[()]",
    ]
    if not lowered.steps:
        body.remove('with np.errstate(all="ignore"):')
    lines = [*provenance(short, meta), "", *statements, "", "x: float32, an array or a number."]
    rows = "\n".join(f"        (0x{a:08x}, 0x{r:08x})," for a, r in cases(program, meta.domain))
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", "Run this file to check the bits of recorded cases."],
            "import sys\n\nimport numpy as np",
        ),
        *helpers(lowered, "numpy"),
        function(f"def {name}(x):", docstring(lines, "    "), body),
        _SELF_TEST.format(name=name, rows=rows, nan=0x7FC00000),
    ]
    return {f"{name}_numpy.py": "\n\n".join(parts)}
