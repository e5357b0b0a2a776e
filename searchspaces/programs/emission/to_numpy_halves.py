"""NumPy of functions of 16-bit numbers: the bits of the C version, with a test of all of them."""

import base64
import zlib
from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.arrays_float32 import helpers, literal
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.emission.to_c_halves import INFINITY, require_half, results
from elitemap.searchspaces.programs.program import Program

_ARGUMENTS = {
    "bfloat16": [
        "x: bits as uint16, or ml_dtypes.bfloat16 (pip install ml_dtypes), an array or a number.",
        "The result is of the same type.",
    ],
    "float16": [
        "x: float16, or bits as uint16, an array or a number. The result is of the same type.",
    ],
}

_SELF_TEST = '''\
# Results at all bits in order, as little-endian uint16, packed.
_EXPECTED = (
{rows}
)


def _self_test():
    """Compare all 65,536 results with the recorded ones; one NaN is as good as another."""
    expected = np.frombuffer(zlib.decompress(base64.b85decode(_EXPECTED)), "<u2")
    got = {name}(np.arange(1 << 16).astype(np.uint16))
    nan = [(words & 0x7FFF) > {infinity:#x} for words in (got, expected)]
    failed = np.flatnonzero((got != expected) & ~(nan[0] & nan[1]))
    for k in failed[:10].tolist():
        print(f"{name}({{k:#06x}}) gives {{int(got[k]):#06x}}")
    print(f"{name}: {{len(got) - len(failed)}} of {{len(got)}} cases match")
    return 1 if len(failed) else 0


if __name__ == "__main__":
    sys.exit(_self_test())
'''

#: Characters in a line of the recorded results.
_ROW = 90


def files(
    program: Program, meta: ExportMeta, number: str, statements: Sequence[str]
) -> dict[str, str]:
    """``name_numpy.py`` with the function ``name`` on arrays.

    Args:
        program: In ``float32``, from the bits of a number to the bits of one.
        meta: Name and provenance.
        number: What numbers they are, ``bfloat16`` or ``float16``.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program takes or gives anything else.
    """
    require_half(program)
    name = identifier(meta.name)
    lowered = lower(program, "numpy")
    body = [
        "h = np.atleast_1d(np.asarray(x))",
        "if h.dtype.itemsize != 2:",
        f'    raise TypeError(f"expected {number} or its bits as uint16, got {{h.dtype}}")',
        "shape, kind, x = np.shape(x), h.dtype, h.view(np.uint16).astype(np.int32)",
        *(f"{n} = {literal(program, i, 'np')}" for n, i in lowered.constants),
        'with np.errstate(all="ignore"):',
        *(f"    {n} = {expression}" for n, expression in lowered.steps),
        f"y = np.broadcast_to({lowered.result}, x.shape).astype(np.uint16)",
        "return y.view(kind).reshape(shape)[()]",
    ]
    lines = [*provenance(program, meta), "", *statements, "", *_ARGUMENTS[number]]
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", "Run this file to check the bits of all results."],
            "import base64\nimport sys\nimport zlib\n\nimport numpy as np",
        ),
        *helpers(lowered, "numpy"),
        function(f"def {name}(x):", docstring(lines, "    "), body),
        _SELF_TEST.format(name=name, rows=_packed(program), infinity=INFINITY[number]),
    ]
    return {f"{name}_numpy.py": "\n\n".join(parts)}


def _packed(program: Program) -> str:
    raw = results(program).astype("<u2").tobytes()
    text = base64.b85encode(zlib.compress(raw, 9)).decode()
    return "\n".join(f'    r"{text[k : k + _ROW]}"' for k in range(0, len(text), _ROW))
