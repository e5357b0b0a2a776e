"""CUDA C++: one header with a device function and a kernel over arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, wrapped
from elitemap.searchspaces.programs.emission.selecting import selections
from elitemap.searchspaces.programs.emission.to_c import escape, literal
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real.constants import decimal

_FILE = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>

/* The function at {at}. */
static __device__ __forceinline__ double {name}({parameters})
{{
{body}
}}

/* {element} for i < n, in any grid of one dimension. */
static __global__ void {name}_kernel({arrays})
{{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {{
        {element};
    }}
}}

#endif
"""


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name.cuh`` of a program.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    first, *rest = description(program, certificate, meta)
    lines = [
        f"{name}: {first}",
        *rest,
        "",
        "Sums, products, quotients and roots are intrinsics that round to nearest (__dadd_rn):",
        "nvcc fuses none of them, whatever --fmad says, so the bits are those of the exported C.",
    ]
    lowered = lower(program, "cuda")
    text = _FILE.format(
        comment="\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape)),
        guard=f"ELITEMAP_{name.upper()}_CUH",
        **_signature(name, lowered),
        body="\n".join(f"    {line}" for line in _body(lowered, meta.mends)),
    )
    return {f"{name}.cuh": text}


def _signature(name: str, lowered: Lowered) -> dict[str, str]:
    """How function and kernel are declared."""
    inputs, output = lowered.inputs, lowered.output
    return {
        "name": name,
        "at": ", ".join(inputs),
        "parameters": ", ".join(f"double {one}" for one in inputs),
        "arrays": ", ".join(
            [*(f"const double *{one}" for one in inputs), f"double *{output}", "size_t n"]
        ),
        "element": f"{output}[i] = {name}({', '.join(f'{one}[i]' for one in inputs)})",
    }


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
