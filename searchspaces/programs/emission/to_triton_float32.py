"""Triton of programs in ``float32``: a function for other kernels, and a kernel over arrays."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.program import Instruction, Program

_NOTES = [
    "Launch kernels that call it with enable_fp_fusion=False: then nothing is fused that is not",
    "written as tl.fma, and the bits are those of the exported C, but for NaNs.",
]

#: What templates call; those that others call come before them.
_HELPERS = {
    "_bits": """\
@triton.jit
def _bits(a):
    return a.to(tl.int32, bitcast=True)
""",
    "_float": """\
@triton.jit
def _float(a):
    return a.to(tl.float32, bitcast=True)
""",
    "_number": """\
@triton.jit
def _number(a):
    return a.to(tl.float32)
""",
    "_ushr": """\
@triton.jit
def _ushr(a, b):
    word = a.to(tl.uint32, bitcast=True) >> b.to(tl.uint32, bitcast=True)
    return word.to(tl.int32, bitcast=True)
""",
    "_rint": """\
@triton.jit
def _rint(a):
    # Beyond 2^23 every float is whole.
    size = _float(_bits(a) & 0x7FFFFFFF)
    near = _float(_bits((size + 8388608.0) - 8388608.0) | (_bits(a) & -0x80000000))
    return tl.where(size < 8388608.0, near, a)
""",
    "_toint": """\
@triton.jit
def _toint(a):
    inside = (a >= -2147483648.0) & (a < 2147483648.0)
    return tl.where(inside, _rint(tl.where(inside, a, 0.0)).to(tl.int32), -0x80000000)
""",
}

_NEEDS = {"_rint": ("_bits", "_float"), "_toint": ("_bits", "_float", "_rint")}

_KERNEL = """\
@triton.jit
def {name}_kernel(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    places = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + places, mask=places < n)
    tl.store(y_ptr + places, {name}(x), mask=places < n)
"""


def files(program: Program, meta: ExportMeta, statements: Sequence[str]) -> dict[str, str]:
    """``name_triton.py`` with the function ``name`` on blocks, and a kernel.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name = identifier(meta.name)
    lowered = lower(program, "triton")
    body = [
        *(f"{n} = {literal(program, i)}" for n, i in lowered.constants),
        *(f"{n} = {expression}" for n, expression in lowered.steps),
        f"return {lowered.result}" if lowered.read else _spread(lowered.result),
    ]
    lines = [*provenance(program, meta), "", *statements, "", "x: a block of float32."]
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", *_NOTES],
            "import triton\nimport triton.language as tl",
        ),
        *helpers(lowered),
        function(f"@triton.jit\ndef {name}(x):", docstring(lines, "    "), body),
        _KERNEL.format(name=name),
    ]
    return {f"{name}_triton.py": "\n\n".join(parts)}


def _spread(result: str) -> str:
    """The return of what is the same for all of a block."""
    return f"return tl.where(x == x, {result}, {result})"


def literal(program: Program, instruction: Instruction) -> str:
    """A constant as a scalar of its type: the compiler's own constants have no bits to take."""
    kind = {"single": "float32", "word": "int32"}[str(program.primitive(instruction).result)]
    return f"tl.full((), {instruction.constant[0]!r}, tl.{kind})"


def helpers(lowered: Lowered) -> list[str]:
    """The functions that expressions call, directly or not."""
    called = " ".join(expression for _, expression in lowered.steps)
    direct = {name for name in _HELPERS if f"{name}(" in called}
    wanted = direct.union(*(_NEEDS.get(name, ()) for name in direct))
    return [text for name, text in _HELPERS.items() if name in wanted]
