"""C99: a header, a source with hexadecimal constants, bit-exact cases and a self-test."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, wrapped
from elitemap.searchspaces.programs.emission.selecting import selections
from elitemap.searchspaces.programs.emission.vectors import Case, cases
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real.constants import decimal

#: Without the second flag compilers may fuse a multiplication with an addition: other results.
FLAGS = "-std=c99 -ffp-contract=off"

#: Columns of a declaration.
_WIDEST = 100

#: What a template calls, and what compilers have built in.
_CALL = re.compile(r"\b[a-z]\w*(?=\()")
_BUILT_IN = frozenset({"fabs"})

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

/* The function at {at}. */
double {name}({parameters});

/* {element} for i < n; the arrays must not overlap. */
void {name}_n({arrays});

#ifdef __cplusplus
}}
#endif

#endif
"""

_SOURCE = """\
/*
 * {name}: see {name}.h for what it computes and how well.
 * Build with {flags}{link}.
 * SPDX-License-Identifier: MIT
 */
#include "{name}.h"
{include}
#include <float.h>

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "expected strict IEEE 754 doubles: no -ffast-math; on 32-bit x86 -msse2 -mfpmath=sse"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

double {name}({parameters})
{{
{body}
}}

void {name}_n({arrays})
{{
    for (size_t i = 0; i < n; i++) {{
        {element};
    }}
}}

#ifdef ELITEMAP_SELFTEST
{selftest}#endif
"""

_SELFTEST = """\
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bits of arguments and result, which is finite. */
static const uint64_t cases[][{width}] = {{
#include "{name}_cases.inc"
}};

static int differs(double got, uint64_t want)
{{
    return memcmp(&got, &want, sizeof want) != 0;
}}

int main(void)
{{
    const size_t count = sizeof cases / sizeof cases[0];
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {{
        double at[{inputs}], result;
        memcpy(at, cases[i], sizeof at);
        {name}_n({addresses}, &result, 1);
        if (differs({name}({values}), cases[i][{inputs}]) || differs(result, cases[i][{inputs}])) {{
            printf("{name}({formats}) gives %a\\n", {values}, result);
            failed++;
        }}
    }}
    printf("{name}: %lu of %lu cases match\\n", (unsigned long)(count - failed),
           (unsigned long)count);
    return failed != 0;
}}
"""


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name.h``, ``name.c`` and ``name_cases.inc`` of a program.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    lowered = lower(program, "c")
    vectors = cases(program, meta)
    return {
        f"{name}.h": _header(program, certificate, meta, name, lowered),
        f"{name}.c": _source(name, lowered, meta.mends),
        f"{name}_cases.inc": _cases(vectors),
    }


def _header(
    program: Program,
    certificate: Mapping[str, Any] | None,
    meta: ExportMeta,
    name: str,
    lowered: Lowered,
) -> str:
    first, *rest = description(program, certificate, meta)
    lines = [
        f"{name}: {first}",
        *rest,
        "",
        f"Build {name}.c with {FLAGS}{_link(lowered)}.",
        "The same bits everywhere: on doubles of IEEE 754 every operation rounds once, to nearest,",
        "if the compiler neither contracts (that flag) nor regroups (no -ffast-math) nor keeps",
        "excess precision (on 32-bit x86: -msse2 -mfpmath=sse); the source refuses the last two.",
        f"Self-test: add -DELITEMAP_SELFTEST, which compiles a main that checks {name}_cases.inc.",
    ]
    comment = "\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape))
    guard = f"ELITEMAP_{name.upper()}_H"
    return _HEADER.format(comment=comment, guard=guard, **_signature(name, lowered))


def _signature(name: str, lowered: Lowered) -> dict[str, str]:
    """How both functions are declared, and what an element of arrays is."""
    inputs, output = lowered.inputs, lowered.output
    arrays = [f"const double *ELITEMAP_RESTRICT {one}" for one in inputs]
    elements = ", ".join(f"{one}[i]" for one in inputs)
    return {
        "name": name,
        "at": ", ".join(inputs),
        "parameters": ", ".join(f"double {one}" for one in inputs),
        "arrays": _broken([*arrays, f"double *ELITEMAP_RESTRICT {output}", "size_t n"], name),
        "element": f"{output}[i] = {name}({elements})",
    }


def _broken(parameters: list[str], name: str) -> str:
    """Parameters on as many lines as they need."""
    indent = " " * len(f"void {name}_n(")
    lines = [parameters[0]]
    for parameter in parameters[1:]:
        if len(indent) + len(lines[-1]) + len(parameter) > _WIDEST:
            lines[-1] += ","
            lines.append(parameter)
        else:
            lines[-1] += f", {parameter}"
    return f"\n{indent}".join(lines)


def _selftest(name: str, inputs: int) -> str:
    places = range(inputs)
    return _SELFTEST.format(
        name=name,
        inputs=inputs,
        width=inputs + 1,
        addresses=", ".join(f"&at[{k}]" for k in places),
        values=", ".join(f"at[{k}]" for k in places),
        formats=", ".join("%a" for _ in places),
    )


def _source(name: str, lowered: Lowered, mends: Sequence[Mend]) -> str:
    return _SOURCE.format(
        **_signature(name, lowered),
        flags=FLAGS,
        link=_link(lowered),
        include="\n#include <math.h>" if _called(lowered) else "",
        body="\n".join(f"    {line}" for line in _body(lowered, mends)),
        selftest=_selftest(name, len(lowered.inputs)),
    )


def _body(lowered: Lowered, mends: Sequence[Mend]) -> list[str]:
    lines = [
        f"const double {name} = {literal(i.constant[0])}; /* {decimal(i.constant)} */"
        for name, i in lowered.constants
    ]
    lines += [f"const double {name} = {expression};" for name, expression in lowered.steps]
    chosen, result = selections(mends, lowered.result, literal, _choose)
    lines += [f"const double {name} = {expression};" for name, expression in chosen]
    if not mends:
        lines += [f"(void){name};" for name in lowered.unread]
    return [*lines, f"return {result};"]


def _choose(low: str, high: str, value: str, other: str) -> str:
    return f"(x >= {low} && x <= {high}) ? {value} : {other}"


def _link(lowered: Lowered) -> str:
    return " -lm" if _called(lowered) - _BUILT_IN else ""


def _called(lowered: Lowered) -> set[str]:
    """The functions of <math.h> that the code calls."""
    return {name for _, expression in lowered.steps for name in _CALL.findall(expression)}


def _cases(vectors: Sequence[Case]) -> str:
    return "".join(
        f"{{{', '.join(f'UINT64_C(0x{bits:016x})' for bits in (*case.arguments, case.result))}}},\n"
        for case in vectors
    )


def literal(value: float) -> str:
    """A hexadecimal floating constant of C99, exact."""
    return value.hex()


def escape(line: str) -> str:
    """A line that can neither end nor open a block comment, nor splice with the next."""
    return line.replace("\\", "/").replace("*/", "* /").replace("/*", "/ *")
