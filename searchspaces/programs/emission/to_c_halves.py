"""C99 of functions of 16-bit numbers: bits in and out, a loop over arrays, a test of all bits."""

from collections.abc import Sequence

import numpy as np

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.blocks_float32 import HALF, Fast, loops
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary, wrapped
from elitemap.searchspaces.programs.emission.to_c import FLAGS, escape
from elitemap.searchspaces.programs.emission.to_c_float32 import (
    helpers,
    statements_of,
    with_negations,
)
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Program

__all__ = ["Fast", "files", "results", "require_half"]

_HEADER = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>
#include <stdint.h>

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

/* Bits of the function's value at the {number} with the bits h. */
uint16_t {name}(uint16_t h);

/* y[i] = {name}(x[i]) for i < n; the arrays must not overlap. */
void {name}_n(const uint16_t *ELITEMAP_RESTRICT x, uint16_t *ELITEMAP_RESTRICT y, size_t n);

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
#include <string.h>

{helpers}static inline uint16_t {name}_at(uint16_t h)
{{
{body}
}}

uint16_t {name}(uint16_t h)
{{
    return {name}_at(h);
}}

{loops}
#ifdef ELITEMAP_SELFTEST
{selftest}#endif
"""

_SELFTEST = """\
#include <stdio.h>

/* Bits of the result at every argument, in order. */
static const uint16_t expected[] = {{
#include "{name}_cases.inc"
}};

/* Any NaN is as good as another. */
static int differs(uint16_t got, uint16_t want)
{{
    const int nan = (want & 0x7fff) > {infinity:#x};
    return nan ? (got & 0x7fff) <= {infinity:#x} : got != want;
}}

int main(void)
{{
    enum {{ COUNT = sizeof expected / sizeof expected[0] }};
    static uint16_t arguments[COUNT], results[COUNT];
    size_t failed = 0;
    for (size_t i = 0; i < COUNT; i++) {{
        arguments[i] = (uint16_t)i;
    }}
    {name}_n(arguments, results, COUNT);
    for (size_t i = 0; i < COUNT; i++) {{
        const uint16_t one = {name}(arguments[i]);
        if (differs(one, expected[i]) || differs(results[i], expected[i])) {{
            printf("{name}(%#06x) gives %#06x\\n", (unsigned)arguments[i], (unsigned)one);
            failed++;
        }}
    }}
    printf("{name}: %lu of %lu cases match\\n", (unsigned long)(COUNT - failed),
           (unsigned long)COUNT);
    return failed != 0;
}}
"""

#: Bits of infinity, by format.
INFINITY = {"bfloat16": 0x7F80, "float16": 0x7C00}

#: Results in a line of the cases.
_ROW = 12


def files(
    program: Program,
    meta: ExportMeta,
    number: str,
    statements: Sequence[str] = (),
    fast: Fast | None = None,
) -> dict[str, str]:
    """``name.h``, ``name.c`` and ``name_cases.inc`` of a program.

    Args:
        program: In ``float32``, from the bits of a number to the bits of one.
        meta: Name and provenance; its ``float64`` counts for nothing.
        number: What numbers they are, ``bfloat16`` or ``float16``.
        statements: What is known of its accuracy, in lines.
        fast: What blocks of arguments without special cases may take.

    Raises:
        SearchError: If the program takes or gives anything else.
    """
    require_half(program)
    name = identifier(meta.name)
    lowered = lower(with_negations(program), "c")
    return {
        f"{name}.h": _header(program, meta, statements, name, number),
        f"{name}.c": _SOURCE.format(
            name=name,
            helpers=helpers(lowered),
            body="\n".join(f"    {line}" for line in _statements(program)),
            loops=loops(name, fast, _statements, HALF),
            selftest=_SELFTEST.format(name=name, infinity=INFINITY[number]),
        ),
        f"{name}_cases.inc": _cases(program),
    }


def require_half(program: Program) -> None:
    """Check that a program makes bits of bits.

    Raises:
        SearchError: If it does anything else.
    """
    types = [program.type_of(k) for k in (*range(program.leaves), *program.outputs)]
    if program.dialect.name != "float32" or program.states or types != ["word", "word"]:
        raise SearchError(
            "expected a program in float32 of one word to one word to export, "
            f"got one in {program.dialect.name} of {', '.join(types)}"
        )


def results(program: Program) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    """uint16[65536], the results at all bits, by the compiled interpreter."""
    batch = Batch.from_programs([program], len(program.instructions) + 1, program.signature)
    found = evaluate(batch, np.arange(1 << 16, dtype=np.int32).view(np.float32))[0]
    return np.asarray(found, np.float32).view(np.int32).astype(np.uint16)


def _statements(program: Program) -> list[str]:
    return ["const int32_t x = h;", *statements_of(program, "(uint16_t){}")]


def _header(
    program: Program, meta: ExportMeta, statements: Sequence[str], name: str, number: str
) -> str:
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
        "x86-64 and ARM64. The bits are then the same everywhere, but for those of NaNs. Numbers",
        f"that are subnormal in {number} need a processor that does not flush them to zero.",
        f"Self-test: add -DELITEMAP_SELFTEST, which compiles a main that compares all 65,536 "
        f"results with {name}_cases.inc.",
    ]
    comment = "\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape))
    return _HEADER.format(
        comment=comment, guard=f"ELITEMAP_{name.upper()}_H", name=name, number=number
    )


def _cases(program: Program) -> str:
    every = [f"{word:#06x}," for word in results(program).tolist()]
    rows = (every[k : k + _ROW] for k in range(0, len(every), _ROW))
    return "".join(" ".join(row) + "\n" for row in rows)
