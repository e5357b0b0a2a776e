"""Python of programs in ``float32``: on numbers, the bits of the C version, nothing to install."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.cases_float32 import cases
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Instruction, Program

#: What templates call. Sums, products, quotients and roots of float32 that are rounded to float64
#: and then to float32 are rounded as if once (Figueroa, When is double rounding innocuous?, 1995).
_HELPERS = {
    "_single": '''\
def _single(a):
    """The nearest float32."""
    return ctypes.c_float(a).value
''',
    "_word": '''\
def _word(a):
    """The int32 that is equal modulo 2^32."""
    return ((a + 0x80000000) & 0xFFFFFFFF) - 0x80000000
''',
    "_bits": """\
def _bits(a):
    return struct.unpack("<i", struct.pack("<f", a))[0]
""",
    "_float": """\
def _float(a):
    return struct.unpack("<f", struct.pack("<i", a))[0]
""",
    "_fma": '''\
def _fma(a, b, c):
    """a * b + c rounded once: the sum in float64 rounded to odd, then to float32."""
    product = a * b
    total = product + c
    back = total - product
    lost = (product - (total - back)) + (c - back)
    odd = struct.unpack("<q", struct.pack("<d", total))[0] & 1
    if lost and math.isfinite(total) and not odd:
        total = math.nextafter(total, math.inf if lost > 0.0 else -math.inf)
    return _single(total)
''',
    "_quotient": """\
def _quotient(a, b):
    if b == 0.0:
        sign = math.copysign(1.0, a) * math.copysign(1.0, b)
        return math.nan if a == 0.0 or a != a else sign * math.inf
    return _single(a / b)
""",
    "_root": """\
def _root(a):
    return math.nan if a < 0.0 else _single(math.sqrt(a))
""",
    "_rint": """\
def _rint(a):
    return a if not abs(a) < 8388608.0 else math.copysign(float(round(a)), a)
""",
    "_toint": '''\
def _toint(a):
    """The nearest whole number; -2^31 for NaN and what is out of range."""
    return round(a) if -2147483648.0 <= a < 2147483648.0 else -0x80000000
''',
}

_SELF_TEST = '''\
# Bits of argument and result; one NaN stands for all.
_CASES = (
{rows}
)


def _self_test():
    """Compare the function with the recorded cases, bit for bit."""
    failed = 0
    for argument, wanted in _CASES:
        x = struct.unpack("<f", struct.pack("<I", argument))[0]
        y = {name}(x)
        got = {nan:#x} if y != y else struct.unpack("<I", struct.pack("<f", y))[0]
        if got != wanted:
            failed += 1
            print(f"{name}({{x!r}}) gives {{y!r}}")
    print(f"{name}: {{len(_CASES) - failed}} of {{len(_CASES)}} cases match")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(_self_test())
'''


def files(program: Program, meta: ExportMeta, statements: Sequence[str]) -> dict[str, str]:
    """``name.py`` with the function ``name`` on numbers.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name = identifier(meta.name)
    short = looked(program)
    lowered = lower(short, "python")
    body = [
        "x = _single(x)",
        *(f"{n} = {literal(i)}" for n, i in lowered.constants),
        *(f"{n} = {expression}" for n, expression in lowered.steps),
        f"return {lowered.result}",
    ]
    lines = [*provenance(short, meta), "", *statements, "", "x: a number; rounded to float32."]
    rows = "\n".join(f"    (0x{a:08x}, 0x{r:08x})," for a, r in cases(program, meta.domain))
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", "Run this file to check the bits of recorded cases."],
            "import ctypes\nimport math\nimport struct\nimport sys",
        ),
        *helpers(lowered),
        function(f"def {name}(x):", docstring(lines, "    "), body),
        _SELF_TEST.format(name=name, rows=rows, nan=0x7FC00000),
    ]
    return {f"{name}.py": "\n\n".join(parts)}


def literal(instruction: Instruction) -> str:
    """A constant in Python: a number, or a tuple of them."""
    return repr(instruction.constant if instruction.constant[1:] else instruction.constant[0])


def helpers(lowered: Lowered) -> list[str]:
    """The functions that expressions call, and :func:`_single`, which the argument needs."""
    called = " ".join(expression for _, expression in lowered.steps)
    return [text for name, text in _HELPERS.items() if name == "_single" or f"{name}(" in called]
