"""CUDA C++ of programs in ``float32``: a device function and a kernel over arrays."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary, wrapped
from elitemap.searchspaces.programs.emission.statements_float32 import body
from elitemap.searchspaces.programs.emission.to_c import escape
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Program

_FILE = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>
#include <stdint.h>

/* The function at x. */
static __device__ __forceinline__ float {name}(float x)
{{
{body}
}}

/* y[i] = {name}(x[i]) for i < n, in any grid of one dimension. */
static __global__ void {name}_kernel(const float *x, float *y, size_t n)
{{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {{
        y[i] = {name}(x[i]);
    }}
}}

#endif
"""


def files(program: Program, meta: ExportMeta, statements: Sequence[str]) -> dict[str, str]:
    """``name.cuh`` of a program.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name, short = identifier(meta.name), looked(program)
    lines = [
        f"{name}: {summary(meta)}.",
        "",
        *provenance(short, meta),
        "",
        *statements,
        "",
        "Sums, products and the fused multiply-add are intrinsics that round to nearest",
        "(__fmaf_rn): nvcc fuses and regroups none of them, whatever --fmad and --use_fast_math",
        "say, so the bits are those of the exported C, but for NaNs. With --ftz=true the",
        "intrinsics flush subnormal numbers.",
    ]
    text = _FILE.format(
        comment="\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape)),
        guard=f"ELITEMAP_{name.upper()}_CUH",
        name=name,
        body="\n".join(f"    {line}" for line in body(short, lower(short, "cuda"))),
    )
    return {f"{name}.cuh": text}
