"""C files of functions of one number and of arrays: a header, a source, and a self-test in it."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.blocks_float32 import Element
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.provenance import provenance, summary, wrapped
from elitemap.searchspaces.programs.emission.to_c import FLAGS, escape
from elitemap.searchspaces.programs.program import Program

_HEADER = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>
{includes}
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

/* {what} */
{type} {name}({type} {argument});

/* y[i] = {name}(x[i]) for i < n; the arrays must not overlap. */
void {name}_n(const {type} *ELITEMAP_RESTRICT x, {type} *ELITEMAP_RESTRICT y, size_t n);

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
{includes}#include <string.h>

{helpers}{qualifiers} {type} {name}_at({type} {argument})
{{
{body}
}}

{type} {name}({type} {argument})
{{
    return {name}_at({argument});
}}

{loops}
#ifdef ELITEMAP_SELFTEST
{selftest}#endif
"""

#: Statements from which on compilers do not inline by themselves, and so do not make vectors.
_LONG = 100

_INLINE = """\
#ifdef __GNUC__
#define ELITEMAP_INLINE static inline __attribute__((always_inline))
#else
#define ELITEMAP_INLINE static inline
#endif

"""

_STDINT = "#include <stdint.h>\n"


def header(
    program: Program,
    meta: ExportMeta,
    name: str,
    element: Element,
    what: str,
    statements: Sequence[str],
    notes: Sequence[str],
) -> str:
    """The text of ``name.h``.

    Args:
        program: What the function computes.
        meta: Its provenance.
        name: Of the function.
        element: What it takes and gives.
        what: A comment on the function.
        statements: What is known of its accuracy, in lines.
        notes: How it is built and tested, in lines, after what holds for all.
    """
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
        *notes,
    ]
    comment = "\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape))
    return _HEADER.format(
        comment=comment,
        guard=f"ELITEMAP_{name.upper()}_H",
        name=name,
        what=what,
        type=element.type,
        argument=element.argument,
        includes="" if element.type == "float" else _STDINT,
    )


def source(
    name: str, element: Element, helpers: str, body: Sequence[str], loops: str, selftest: str
) -> str:
    """The text of ``name.c``.

    Args:
        name: Of the function.
        element: What it takes and gives.
        helpers: What its statements call.
        body: Its statements.
        loops: The function of arrays.
        selftest: A main that compares results with recorded ones.
    """
    long = len(body) > _LONG
    return _SOURCE.format(
        name=name,
        type=element.type,
        argument=element.argument,
        includes=_STDINT if element.type == "float" else "",
        helpers=helpers + (_INLINE if long else ""),
        qualifiers="ELITEMAP_INLINE" if long else "static inline",
        body="\n".join(f"    {line}" for line in body),
        loops=loops,
        selftest=selftest,
    )
