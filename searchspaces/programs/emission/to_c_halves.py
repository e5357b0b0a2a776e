"""C99 of functions of 16-bit numbers: bits in and out, a loop over arrays, a test of all bits."""

from collections.abc import Sequence

import numpy as np

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.blocks_float32 import HALF, Fast, loops
from elitemap.searchspaces.programs.emission.c_files import header, source
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.statements_float32 import (
    helpers,
    statements_of,
    with_negations,
)
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Program

__all__ = ["Fast", "files", "results", "require_half"]

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
    test = _SELFTEST.format(name=name, infinity=INFINITY[number])
    what = f"Bits of the function's value at the {number} with the bits h."
    return {
        f"{name}.h": header(program, meta, name, HALF, what, statements, _notes(name, number)),
        f"{name}.c": source(
            name,
            HALF,
            helpers(lowered),
            _statements(program),
            loops(name, fast, _statements, HALF),
            test,
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


def _notes(name: str, number: str) -> list[str]:
    return [
        "x86-64 and ARM64. The bits are then the same everywhere, but for those of NaNs. Numbers",
        f"that are subnormal in {number} need a processor that does not flush them to zero.",
        f"Self-test: add -DELITEMAP_SELFTEST, which compiles a main that compares all 65,536 "
        f"results with {name}_cases.inc.",
    ]


def _cases(program: Program) -> str:
    every = [f"{word:#06x}," for word in results(program).tolist()]
    rows = (every[k : k + _ROW] for k in range(0, len(every), _ROW))
    return "".join(" ".join(row) + "\n" for row in rows)
