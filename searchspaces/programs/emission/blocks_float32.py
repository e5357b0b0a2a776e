"""C loops that take a faster path for blocks of arguments without special cases."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from elitemap.searchspaces.programs.program import Program

#: Arguments of a block: enough that the test of it costs little, few enough for the first cache.
BLOCK = 1024

PLAIN = """\
void {name}_n(const float *ELITEMAP_RESTRICT x, float *ELITEMAP_RESTRICT y, size_t n)
{{
    for (size_t i = 0; i < n; i++) {{
        y[i] = {name}_at(x[i]);
    }}
}}
"""

_BLOCKS = """\
/* The same bits for arguments without special cases, faster. */
static inline float {name}_fast(float x)
{{
{body}
}}

/* Whether some argument of a block is none of those. */
static int {name}_special(const float *x, size_t n)
{{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++) {{
        const uint32_t b = (uint32_t)bits_of(x[i]);
        const uint32_t place = {place} - UINT32_C({low:#x});
        most = place > most ? place : most;
    }}
    return most > UINT32_C({span:#x});
}}

static void {name}_block(const float *ELITEMAP_RESTRICT x, float *ELITEMAP_RESTRICT y, size_t n)
{{
    for (size_t i = 0; i < n; i++) {{
        y[i] = {name}_fast(x[i]);
    }}
}}

void {name}_n(const float *ELITEMAP_RESTRICT x, float *ELITEMAP_RESTRICT y, size_t n)
{{
    for (size_t i = 0; i < n; i += {block}) {{
        const size_t m = n - i < {block} ? n - i : {block};
        if (ELITEMAP_COMPLETE || {name}_special(x + i, m)) {{
            for (size_t j = i; j < i + m; j++) {{
                y[j] = {name}_at(x[j]);
            }}
        }} else {{
            {name}_block(x + i, y + i, m);
        }}
    }}
}}
"""

_SWITCH = """\
/* Nonzero: the complete form for all arguments; the results are the same. */
#ifndef ELITEMAP_COMPLETE
#define ELITEMAP_COMPLETE 0
#endif

"""


@dataclass(frozen=True)
class Fast:
    """A program that is right for some arguments only, where it has the bits of the complete one.

    Attributes:
        program: In ``float32``, from one ``single`` to one ``single``.
        low: The least of those arguments.
        high: The largest.
    """

    program: Program
    low: float
    high: float


def loops(name: str, fast: Fast | None, body: Callable[[Program], list[str]]) -> str:
    """The function ``name_n`` of arrays.

    Args:
        name: Of the function.
        fast: What blocks without special cases may take.
        body: The statements of a program.
    """
    if fast is None:
        return PLAIN.format(name=name)
    place, low, span = _places(fast.low, fast.high)
    return _SWITCH + _BLOCKS.format(
        name=name,
        body="\n".join(f"    {line}" for line in body(fast.program)),
        place=place,
        low=low,
        span=span,
        block=BLOCK,
    )


def _places(low: float, high: float) -> tuple[str, int, int]:
    """Floats as whole numbers such that an interval is a run of them, by the cheapest way there is.

    Returns:
        The number of a float with the bits ``b`` in C; that of the first; how many follow it.
    """
    first, last = (int(np.float32(end).view(np.uint32)) for end in (low, high))
    if low > 0:
        return "b", first, last - first
    if low == -high:
        return "(b & UINT32_C(0x7fffffff))", 0, last
    # Of negative ones all bits but the sign are turned, which puts them in order.
    start = first ^ 0x7FFFFFFF if low < 0 else first
    ordered = "(b ^ ((0U - (b >> 31)) & UINT32_C(0x7fffffff)))"
    return ordered, start, (last - start) % (1 << 32)
