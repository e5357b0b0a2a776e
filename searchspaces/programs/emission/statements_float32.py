"""Programs in ``float32`` as statements of C, and what those call beyond <math.h>."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import live

#: What templates call beyond <math.h>; once, where several files are compiled as one.
HELPERS: Mapping[str, str] = MappingProxyType(
    {
        "float_of": """\
#ifndef ELITEMAP_FLOAT_OF
#define ELITEMAP_FLOAT_OF
static inline float float_of(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
#endif

""",
        "fmaf": """\
#if defined ELITEMAP_NO_FMA && ELITEMAP_NO_FMA && !defined ELITEMAP_FMA
#define ELITEMAP_FMA
/* a * b + c rounded once, for CPUs without an instruction for it: the product is exact in double,
 * the sum is rounded to odd, which makes the rounding to float the only one. */
static inline float fma_by_double(float a, float b, float c)
{
    const double product = (double)a * (double)b;
    double total = product + (double)c;
    const double back = total - product;
    const double lost = (product - (total - back)) + ((double)c - back);
    int64_t bits;
    memcpy(&bits, &total, sizeof bits);
    const int64_t away = (lost > 0.0) == (total > 0.0) ? 1 : -1;
    bits += (lost > 0.0 || lost < 0.0) && (bits & 1) == 0 ? away : 0;
    memcpy(&total, &bits, sizeof total);
    return (float)total;
}
#undef fmaf
#define fmaf(a, b, c) fma_by_double(a, b, c)
#endif

""",
        "bits_of": """\
#ifndef ELITEMAP_BITS_OF
#define ELITEMAP_BITS_OF
static inline int32_t bits_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
#endif

""",
    }
)

#: Entry, place of a constant, and its bits: what compilers take for a negation.
_NEGATIONS = (
    ("fmul", 0, (-1.0).hex()),
    ("fmul", 1, (-1.0).hex()),
    ("fdiv", 1, (-1.0).hex()),
    ("fsub", 0, (-0.0).hex()),
)


def with_negations(program: Program) -> Program:
    """The program with what is a negation written as one.

    gcc negates a fused multiply-add by an instruction that gives zeros the other sign; the entry
    ``neg`` is written so that it does not see the negation.
    """
    names = [program.primitive(i).name for i in program.instructions]
    constants = {
        k: i.constant[0].hex()
        for k, i in enumerate(program.instructions, program.leaves)
        if program.primitive(i).name == "single"
    }
    neg = program.dialect.opcodes["neg"]
    rows = list(program.instructions)
    for k, (name, i) in enumerate(zip(names, program.instructions, strict=True)):
        for entry, place, value in _NEGATIONS:
            if name == entry and constants.get(i.operands[place]) == value:
                rows[k] = Instruction(neg, (i.operands[1 - place],))
    return replace(program, instructions=tuple(rows))


def helpers(lowered: Lowered, more: str = "") -> str:
    """What expressions call beyond <math.h>, and more that is called."""
    called = " ".join(expression for _, expression in lowered.steps) + more
    return "".join(text for name, text in HELPERS.items() if f"{name}(" in called)


def statements_of(program: Program, result: str = "{}") -> list[str]:
    """The assignments, each of its type, and the return of the result.

    Args:
        program: In ``float32``, of an argument ``x``.
        result: What is returned, with braces for the program's result.
    """
    written = looked(with_negations(program))
    return body(written, lower(written, "c"), result)


def body(program: Program, lowered: Lowered, result: str = "{}") -> list[str]:
    """The assignments of a function in C, each of its type.

    Args:
        program: In ``float32``.
        lowered: The same, in C or a language that has C's types.
        result: What is returned, with braces for the program's result.
    """
    kinds = [program.type_of(k) for k in live(program)]
    constants = [program.is_constant(program.instructions[k - 1]) for k in live(program)]
    steps = iter(lowered.steps)
    lines = [
        f"{_C[program.primitive(i).result]} {name}{_places(i)} = {literal(program, i)};"
        for name, i in lowered.constants
    ]
    for kind, constant in zip(kinds, constants, strict=True):
        if not constant:
            name, expression = next(steps)
            lines.append(f"{_C[kind]} {name} = {expression};")
    if not lowered.read:
        lines.append("(void)x;")
    return [*lines, f"return {result.format(lowered.result)};"]


_C = {"single": "const float", "word": "const int32_t", "table": "static const float"}


def _places(instruction: Instruction) -> str:
    """What follows the name of a constant that is an array."""
    many = len(instruction.constant)
    return f"[{many}]" if many > 1 else ""


def literal(program: Program, instruction: Instruction) -> str:
    """A constant in C, exact."""
    if program.primitive(instruction).result == "table":
        return f"{{{', '.join(f'{entry.hex()}f' for entry in instruction.constant)}}}"
    (value,) = instruction.constant
    if program.primitive(instruction).result == "single":
        return f"{value.hex()}f"
    return "INT32_MIN" if value == -(2**31) else f"INT32_C({value})"
