"""C99 of programs in ``float32``: a function, a loop over arrays, and a self-test of bits."""

from collections.abc import Sequence

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.emission import vectors_float32
from elitemap.searchspaces.programs.emission.blocks_float32 import SINGLE, Fast, loops
from elitemap.searchspaces.programs.emission.c_files import header, source
from elitemap.searchspaces.programs.emission.cases_float32 import NAN_BITS, cases
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.statements_float32 import (
    helpers,
    statements_of,
    with_negations,
)
from elitemap.searchspaces.programs.float32.tables import looked, tables
from elitemap.searchspaces.programs.program import Program

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


_NO_FMA = [
    "-DELITEMAP_NO_FMA=1 computes fmaf by doubles: the same bits on CPUs without the instruction,",
    "faster than the C library's function there, and some twenty times slower than with it.",
]

_TABLES = [
    "With AVX-512, or AVX2 and FMA, arrays go through vector registers that hold the tables;",
    "-DELITEMAP_PORTABLE=1 leaves that out: the same bits, several times slower.",
]


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
    lowered = lower(looked(with_negations(program)), "c")
    written = statements_of(program)
    called = helpers(lowered, "bits_of( float_of(" if fast is not None else "")
    test = _SELFTEST.format(name=name, nan=NAN_BITS)
    what, notes = "The function at x.", _notes(name, lowered)
    return {
        f"{name}.h": header(looked(program), meta, name, SINGLE, what, statements, notes),
        f"{name}.c": source(name, SINGLE, called, written, arrays(name, program, fast), test),
        f"{name}_cases.inc": "".join(
            f"{{UINT32_C({a:#010x}), UINT32_C({r:#010x})}},\n"
            for a, r in cases(program, meta.domain)
        ),
    }


def arrays(name: str, program: Program, fast: Fast | None = None) -> str:
    """The function ``name_n`` of arrays, by intrinsics where there are tables.

    Args:
        name: Of the function.
        program: In ``float32``, from one ``single`` to one ``single``.
        fast: What blocks of arguments without special cases may take.
    """
    if next(tables(program), None) is not None:
        return vectors_float32.loops(name, program)
    return loops(name, fast, statements_of)


def _notes(name: str, lowered: Lowered) -> list[str]:
    return [
        "x86-64 and ARM64. The bits are then the same everywhere, but for those of NaNs.",
        *(_NO_FMA if any(p.name == "fma" for p in lowered.used) else []),
        *(_TABLES if any(p.name == "look" for p in lowered.used) else []),
        *(p.notes["c"] for p in lowered.used if "c" in p.notes),
        f"Self-test: add -DELITEMAP_SELFTEST, which compiles a main that checks {name}_cases.inc.",
    ]
