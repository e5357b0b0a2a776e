"""C loops that take a faster path for blocks of arguments without special cases."""

from collections.abc import Callable
from dataclasses import dataclass

from elitemap.searchspaces.programs.program import Program

#: Arguments of a block: enough that its begin costs little, few enough to do again.
BLOCK = 1024

_PLAIN = """\
void {name}_n(const {type} *ELITEMAP_RESTRICT x, {type} *ELITEMAP_RESTRICT y, size_t n)
{{
{loop}
}}
"""

#: A loop over the elements of an array by a function of one.
_ONE_BY_ONE = """\
    for (size_t i = 0; i < n; i++) {{
        y[i] = {function}(x[i]);
    }}"""

#: Two at a time, which are the halves of a word: a vector of words needs no packing.
_PAIRS = """\
    for (size_t i = 0; i < n / 2; i++) {{
        uint32_t pair;
        memcpy(&pair, x + 2 * i, sizeof pair);
        const uint32_t low = {function}((uint16_t)pair);
        const uint32_t high = {function}((uint16_t)(pair >> 16));
        pair = low | high << 16;
        memcpy(y + 2 * i, &pair, sizeof pair);
    }}
    if (n & 1) {{
        y[n - 1] = {function}(x[n - 1]);
    }}"""

_ONE_PASS = """\
/* A block the fast way, and whether it is wrong for some argument: one pass for both. */
static int {name}_block(const {type} *ELITEMAP_RESTRICT x, {type} *ELITEMAP_RESTRICT y, size_t n)
{{
    {word} most = 0;
{least}    for (size_t i = 0; i < n; i++) {{
        const {word} b = {bits};
        const {word} place = ({word})({place} - {low:#x}U);
        most = place > most ? place : most;
{lower}        y[i] = {name}_fast(x[i]);
    }}
    return most > {span:#x}U{zero};
}}

"""

#: Places of 16 bits are twice as many in a vector as words are, so they have a pass of their own.
_TWO_PASSES = """\
/* A block the fast way, and whether it is wrong for some argument. */
static int {name}_block(const {type} *ELITEMAP_RESTRICT x, {type} *ELITEMAP_RESTRICT y, size_t n)
{{
    if ({name}_special(x, n)) {{
        return 1;
    }}
{loop}
    return 0;
}}

"""

_BLOCKS = """\
/* The same bits for arguments without special cases, faster. */
static inline {type} {name}_fast({type} {argument})
{{
{body}
}}

/* Whether some argument of a block is none of those. */
static int {name}_special(const {type} *x, size_t n)
{{
    {word} most = 0;
{least}    for (size_t i = 0; i < n; i++) {{
        const {word} b = {bits};
        const {word} place = ({word})({place} - {low:#x}U);
        most = place > most ? place : most;
{lower}    }}
    return most > {span:#x}U{zero};
}}

{one_block}void {name}_n(const {type} *ELITEMAP_RESTRICT x, {type} *ELITEMAP_RESTRICT y, size_t n)
{{
    /* Whether the block before had special cases: then the next is looked at first. */
    int wary = 0;
    for (size_t i = 0; i < n; i += {block}) {{
        const size_t m = n - i < {block} ? n - i : {block};
        wary = ELITEMAP_COMPLETE || (wary && {name}_special(x + i, m))
            || {name}_block(x + i, y + i, m);
        if (wary) {{
            for (size_t j = i; j < i + m; j++) {{
                y[j] = {name}_at(x[j]);
            }}
        }}
    }}
}}
"""

#: Of signed words that of -0 is the least.
_ZERO = {
    "least": "    int32_t least = INT32_MAX;\n",
    "lower": "        least = (int32_t)b < least ? (int32_t)b : least;\n",
    "zero": " || least == INT32_MIN",
}

_SWITCH = """\
/* Nonzero: the complete form for all arguments; the results are the same. */
#ifndef ELITEMAP_COMPLETE
#define ELITEMAP_COMPLETE 0
#endif

"""


@dataclass(frozen=True)
class Element:
    """What arrays are made of.

    Attributes:
        type: In C.
        word: The type of its bits, unsigned.
        width: How many they are.
        bits: The bits of ``x[i]``.
        argument: What a function calls its argument; ``x`` is that of the program.
        loop: Over an array, by a function of one element.
        block: A function of a block, which says whether it has special cases.
    """

    type: str
    word: str
    width: int
    bits: str
    argument: str
    loop: str
    block: str


SINGLE = Element("float", "uint32_t", 32, "(uint32_t)bits_of(x[i])", "x", _ONE_BY_ONE, _ONE_PASS)
HALF = Element("uint16_t", "uint16_t", 16, "x[i]", "h", _PAIRS, _TWO_PASSES)


@dataclass(frozen=True)
class Fast:
    """A program that is right for some arguments only, where it has the bits of the complete one.

    Attributes:
        program: In ``float32``, of an element.
        low: Bits of the least of those arguments.
        high: Bits of the largest.
        signless: Whether -0 is none of them, though it lies between.
        mirrored: Whether their negatives are among them too; they are positive then.
    """

    program: Program
    low: int
    high: int
    signless: bool = False
    mirrored: bool = False


def loops(
    name: str, fast: Fast | None, body: Callable[[Program], list[str]], element: Element = SINGLE
) -> str:
    """The function ``name_n`` of arrays.

    Args:
        name: Of the function.
        fast: What blocks without special cases may take.
        body: The statements of a program.
        element: What arrays are made of.
    """
    if fast is None:
        every = element.loop.format(function=f"{name}_at")
        return _PLAIN.format(name=name, type=element.type, loop=every)
    place, low, span = _places(fast, element.width)
    shared = {
        "name": name,
        "type": element.type,
        "word": element.word,
        "bits": element.bits,
        "place": place,
        "low": low,
        "span": span,
        **(_ZERO if fast.signless else dict.fromkeys(_ZERO, "")),
    }
    loop = element.loop.format(function=f"{name}_fast")
    return _SWITCH + _BLOCKS.format(
        argument=element.argument,
        body="\n".join(f"    {line}" for line in body(fast.program)),
        one_block=element.block.format(loop=loop, **shared),
        block=BLOCK,
        **shared,
    )


def _places(fast: Fast, width: int) -> tuple[str, int, int]:
    """Bits as whole numbers such that arguments are a run of them, by the cheapest way there is.

    Returns:
        The number of an element with the bits ``b`` in C; that of the first; how many follow it.
    """
    first, last, sign = fast.low, fast.high, 1 << (width - 1)
    magnitude = f"(b & {sign - 1:#x}U)"
    if fast.mirrored:
        return magnitude, first, last - first
    if first < sign:
        return "b", first, last - first
    if first == last | sign:
        return magnitude, 0, last
    # Of negative ones all bits but the sign are turned, which puts them in order.
    start = first ^ (sign - 1)
    ordered = f"(b ^ ((0U - (b >> {width - 1}U)) & {sign - 1:#x}U))"
    return ordered, start, (last - start) % (2 * sign)
