"""C99 of programs in ``float32``: a function, a loop over arrays, and a self-test of bits."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.emission.blocks_float32 import PLAIN, SINGLE, Fast, loops
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary, wrapped
from elitemap.searchspaces.programs.emission.to_c import FLAGS, escape
from elitemap.searchspaces.programs.float32.reference import evaluate
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import live

#: The NaN that stands for all in the cases.
NAN_BITS = 0x7FC00000

#: Interior points of the domain, and arguments of random bits, among the cases.
_INSIDE, _RANDOM = 256, 256

_SPECIAL = np.array(
    [
        *(0x00000000, 0x00000001, 0x00000002, 0x007FFFFF, 0x00800000, 0x00800001),
        *(0x3EFFFFFF, 0x3F000000, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000, 0x40200000),
        *(0x4B000000, 0x4EFFFFFF, 0x4F000000, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 0x7F800001),
    ],
    np.uint32,
)

_HEADER = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>

#ifndef ELITEMAP_RESTRICT
#ifdef __cplusplus
#define ELITEMAP_RESTRICT
#else
#define ELITEMAP_RESTRICT restrict
#endif
#endif

#ifdef __cplusplus
extern "C" {{
#endif

/* The function at x. */
float {name}(float x);

/* y[i] = {name}(x[i]) for i < n; the arrays must not overlap. */
void {name}_n(const float *ELITEMAP_RESTRICT x, float *ELITEMAP_RESTRICT y, size_t n);

#ifdef __cplusplus
}}
#endif

#endif
"""

_SOURCE = """\
/*
 * {name}: see {name}.h for what it computes and how to build it.
 * SPDX-License-Identifier: MIT
 */
#include "{name}.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

{helpers}static inline float {name}_at(float x)
{{
{body}
}}

float {name}(float x)
{{
    return {name}_at(x);
}}

{loops}
#ifdef ELITEMAP_SELFTEST
{selftest}#endif
"""

#: What templates call beyond <math.h>; once, where several files are compiled as one.
HELPERS = {
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

_SELFTEST = """\
#include <stdio.h>

/* Bits of argument and result. */
static const uint32_t cases[][2] = {{
#include "{name}_cases.inc"
}};

/* Any NaN is as good as another. */
static int differs(float got, uint32_t want)
{{
    return got == got ? memcmp(&got, &want, sizeof want) != 0 : want != UINT32_C({nan:#x});
}}

int main(void)
{{
    enum {{ COUNT = sizeof cases / sizeof cases[0] }};
    static float arguments[COUNT], results[COUNT];
    size_t failed = 0;
    for (size_t i = 0; i < COUNT; i++) {{
        memcpy(&arguments[i], &cases[i][0], sizeof arguments[i]);
    }}
    {name}_n(arguments, results, COUNT);
    for (size_t i = 0; i < COUNT; i++) {{
        if (differs({name}(arguments[i]), cases[i][1]) || differs(results[i], cases[i][1])) {{
            printf("{name}(%a) gives %a\\n", (double)arguments[i], (double)results[i]);
            failed++;
        }}
    }}
    printf("{name}: %lu of %lu cases match\\n", (unsigned long)(COUNT - failed),
           (unsigned long)COUNT);
    return failed != 0;
}}
"""


def files(
    program: Program, meta: ExportMeta, statements: Sequence[str] = (), fast: Fast | None = None
) -> dict[str, str]:
    """``name.h``, ``name.c`` and ``name_cases.inc`` of a program.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance; its ``float64`` counts for nothing.
        statements: What is known of its accuracy, in lines.
        fast: What blocks of arguments without special cases may take.

    Raises:
        SearchError: If the program takes or gives anything else.
    """
    types = [program.type_of(k) for k in (*range(program.leaves), *program.outputs)]
    if program.dialect.name != "float32" or program.states or types != ["single", "single"]:
        raise SearchError(
            "expected a program in float32 of one single to one single to export, "
            f"got one in {program.dialect.name} of {', '.join(types)}"
        )
    name = identifier(meta.name)
    written = with_negations(program)
    lowered = lower(written, "c")
    return {
        f"{name}.h": _header(program, meta, statements, name, lowered),
        f"{name}.c": _SOURCE.format(
            name=name,
            helpers=helpers(lowered, "bits_of( float_of(" if fast is not None else ""),
            body="\n".join(f"    {line}" for line in statements_of(program)),
            loops=loops(name, fast, statements_of),
            selftest=_SELFTEST.format(name=name, nan=NAN_BITS),
        ),
        f"{name}_cases.inc": _cases(program, meta.domain),
    }


def many(programs: Sequence[Program]) -> str:
    """One C file with a loop ``p0_n``, ``p1_n``, .. for each program, to measure them.

    Args:
        programs: In ``float32``, from one ``single`` to one ``single``.
    """
    head = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
    parts = [head, "#define ELITEMAP_RESTRICT restrict\n\n", *HELPERS.values()]
    for k, program in enumerate(programs):
        text = "\n".join(f"    {line}" for line in statements_of(program))
        parts.append(f"static inline float p{k}_at(float x)\n{{\n{text}\n}}\n")
        parts.append(PLAIN.format(name=f"p{k}", type=SINGLE.type))
    return "\n".join(parts)


_NO_FMA = [
    "-DELITEMAP_NO_FMA=1 computes fmaf by doubles: the same bits on CPUs without the instruction,",
    "faster than the C library's function there, and some twenty times slower than with it.",
]

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


def _header(
    program: Program, meta: ExportMeta, statements: Sequence[str], name: str, lowered: Lowered
) -> str:
    notes = [p.notes["c"] for p in lowered.used if "c" in p.notes]
    lines = [
        f"{name}: {summary(meta)}.",
        "",
        *provenance(program, meta),
        "",
        *(statements or ["Nothing is known here of its accuracy."]),
        "",
        f"Build {name}.c with {FLAGS} -O3 -lm, and -march=native or -mfma -mavx2 where it",
        "shall be fast; never with -ffast-math. float must be float32 of IEEE 754 without excess",
        "precision, int32_t two's complement with an arithmetic right shift: so it is on every",
        "x86-64 and ARM64. The bits are then the same everywhere, but for those of NaNs.",
        *(_NO_FMA if any(p.name == "fma" for p in lowered.used) else []),
        *notes,
        f"Self-test: add -DELITEMAP_SELFTEST, which compiles a main that checks {name}_cases.inc.",
    ]
    comment = "\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape))
    return _HEADER.format(comment=comment, guard=f"ELITEMAP_{name.upper()}_H", name=name)


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
    written = with_negations(program)
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
        f"const {_C[program.primitive(i).result]} {name} = {literal(program, i)};"
        for name, i in lowered.constants
    ]
    for kind, constant in zip(kinds, constants, strict=True):
        if not constant:
            name, expression = next(steps)
            lines.append(f"const {_C[kind]} {name} = {expression};")
    if not lowered.read:
        lines.append("(void)x;")
    return [*lines, f"return {result.format(lowered.result)};"]


_C = {"single": "float", "word": "int32_t"}


def literal(program: Program, instruction: Instruction) -> str:
    """A constant in C, exact."""
    (value,) = instruction.constant
    if program.primitive(instruction).result == "single":
        return f"{value.hex()}f"
    return "INT32_MIN" if value == -(2**31) else f"INT32_C({value})"


def arguments(domain: tuple[float, float]) -> NDArray[np.float32]:
    """Arguments of the cases: of every class, in the domain, and of random bits.

    Args:
        domain: The ends of the interval.

    Returns:
        float32[n], the same for the same domain.
    """
    rng = np.random.default_rng(0)
    low, high = (np.float32(end) for end in domain)
    inside = np.linspace(*domain, _INSIDE).astype(np.float32)
    with np.errstate(over="ignore"):
        ends = [np.nextafter(x, np.float32(to)) for x in (low, high) for to in (-np.inf, np.inf)]
    random = rng.integers(0, 2**32, _RANDOM, dtype=np.uint32).view(np.float32)
    special = np.concatenate([_SPECIAL, _SPECIAL | np.uint32(1 << 31)]).view(np.float32)
    return np.concatenate([special, inside, np.array(ends, np.float32), random])


def _cases(program: Program, domain: tuple[float, float]) -> str:
    """The bits of arguments and results, where the dialect settles them."""
    points = arguments(domain)
    (results,), settled = evaluate(program, [points])
    bits = np.where(np.isnan(results), np.uint32(NAN_BITS), results.view(np.uint32))
    rows = zip(points.view(np.uint32)[settled].tolist(), bits[settled].tolist(), strict=True)
    return "".join(f"{{UINT32_C({a:#010x}), UINT32_C({r:#010x})}},\n" for a, r in rows)
