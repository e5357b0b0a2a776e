"""A quantizer as C99 for gcc and clang: encode, decode, the bytes between, and a test of itself."""

import re

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL, encode, kinds
from elitemap.searchspaces.quantizers.formats.levels_c import level_function, level_table
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import SPAN, Rule
from elitemap.searchspaces.quantizers.statements import fnv

#: The headers that the one file consists of, and what they say of one another.
_HEADERS = (
    *("scales.h", "rows.h", "levels.h", "blocks.h", "moments.h", "ideals.h", "codes.h"),
    *("core.h", "apart.h", "pack.h", "decode.h"),
)
_INCLUDED = re.compile(r'#include "\w+\.h"\n\n')

#: Weights of the self-test: a few blocks, and a part of one.
TESTED = 1500

_HEAD = """\
/* {remark}
 *
 * {layout}
 *
 * {name}_bytes(n): bytes of n weights. {name}_encode and {name}_decode give 0, or -1 where n is 0,
 * a weight is not finite or memory is short. {name}_encode_weighted counts the squared error of
 * each weight by its importance: finite, not negative, not all 0. {name}_encode_seeded takes the
 * seed of lots, where rounding is stochastic. {name}_dot is the dot product
 * with n numbers, and {name}_dot_both that with another tensor of the format; both sum in eight
 * lanes. The level of a code is also {name}_level, without a table where it has none. Streams
 * follow one another, each from a whole byte on:
{streams}
 * Build with -std=c99 or -ffp-contract=off, and -O3 -march=native; float must be IEEE 754's.
 * With -D{upper}_SELF_TEST the file is a program that checks both ways.
 */
"""

_API = """\
size_t {name}_bytes(size_t n);
int {name}_encode(const float *x, size_t n, unsigned char *bytes);
int {name}_encode_weighted(const float *x, const float *importance, size_t n, unsigned char *bytes);
int {name}_encode_seeded(const float *x, size_t n, uint32_t seed, unsigned char *bytes);
int {name}_decode(const unsigned char *bytes, size_t n, float *x);
float {name}_dot(const unsigned char *bytes, const float *x, size_t n);
float {name}_dot_both(const unsigned char *a, const unsigned char *b, size_t n);

static quantizer {name}_format(size_t n)
{{
    quantizer q = {{{fields}}};
    if (q.block == 0)
        q.block = (int)((n + LANES - 1) / LANES * LANES);
    return q;
}}

size_t {name}_bytes(size_t n)
{{
    const quantizer q = {name}_format(n);
    return n ? bytes_of(&q, n) : 0;
}}

static int {name}_encoded(const float *x, const float *importance, size_t n, uint32_t seed,
    unsigned char *bytes)
{{
    const quantizer q = {name}_format(n);
    levels l[2];
    float own[MOST_CODES];
    for (int h = 0; h <= q.choice; h++) {{
        for (int k = 0; k < 1 << q.bits; k++)
            own[k] = of_code[h][k];
        if (!sort_levels(own, 1 << q.bits, &l[h]))
            return -1;
    }}
    const size_t blocks = blocks_of(&q, n), groups = groups_of(&q, n) + 1;
    const size_t apart = (size_t)q.outliers * spans_of(&q, n) + 1, whole = is_prepared(&q) ? n : 1;
    const size_t wishes = blocks / LANES + 1, floats = 2 * groups + SPARE(q.block) + 2 * whole;
    /* All in one piece, what is aligned most first. */
    unsigned char *memory = (unsigned char *)malloc(
        wishes * sizeof(wish) + blocks * sizeof(header) + floats * sizeof(float) + 3 * apart + n);
    if (!memory)
        return -1;
    encoding e;
    e.wanted = (wish *)(void *)memory;
    e.headers = (header *)(void *)(e.wanted + wishes);
    e.units = (float *)(void *)(e.headers + blocks);
    e.spare = e.units + 2 * groups;
    e.made = e.spare + SPARE(q.block);
    e.counted = e.made + whole;
    e.values = (uint16_t *)(void *)(e.counted + whole);
    e.places = (uint8_t *)(void *)(e.values + apart);
    e.codes = e.places + apart;
    encode_whole(&q, l, x, importance, n, seed, &e);
    pack(&q, n, &e, seed, bytes);
    free(memory);
    return 0;
}}

static int {name}_finite(const float *x, size_t n)
{{
    int32_t all = 1;
    for (size_t i = 0; i < n; i++)
        all &= fabsf(x[i]) <= FLT_MAX;
    return n > 0 && all;
}}

int {name}_encode(const float *x, size_t n, unsigned char *bytes)
{{
    return {name}_encode_seeded(x, n, FIRST_SEED, bytes);
}}

int {name}_encode_seeded(const float *x, size_t n, uint32_t seed, unsigned char *bytes)
{{
    return {name}_finite(x, n) ? {name}_encoded(x, NULL, n, seed, bytes) : -1;
}}

int {name}_encode_weighted(const float *x, const float *importance, size_t n, unsigned char *bytes)
{{
    float most = 0.0f, least = 0.0f;
    if (!{name}_finite(x, n) || !{name}_finite(importance, n))
        return -1;
    for (size_t i = 0; i < n; i++) {{
        most = larger(most, importance[i]);
        least = importance[i] < least ? importance[i] : least;
    }}
    float *counted = (float *)malloc(n * sizeof *counted);
    int done = -1;
    if (counted && most > 0.0f && !(least < 0.0f)) {{
        for (size_t i = 0; i < n; i++)
            counted[i] = importance[i] / most;
        done = {name}_encoded(x, counted, n, FIRST_SEED, bytes);
    }}
    free(counted);
    return done;
}}

int {name}_decode(const unsigned char *bytes, size_t n, float *x)
{{
    const quantizer q = {name}_format(n);
    if (n == 0)
        return -1;
    decode_tensor(&q, bytes, n, x);
    return 0;
}}

float {name}_dot(const unsigned char *bytes, const float *x, size_t n)
{{
    const quantizer q = {name}_format(n);
    return n ? dot_numbers(&q, bytes, n, x) : 0.0f;
}}

float {name}_dot_both(const unsigned char *a, const unsigned char *b, size_t n)
{{
    const quantizer q = {name}_format(n);
    return n ? dot_tensors(&q, a, b, n) : 0.0f;
}}

#ifdef {upper}_SELF_TEST
#include <stdio.h>

static uint32_t {name}_hashed(const unsigned char *bytes, size_t n)
{{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}}

int main(void)
{{
    static float x[{tested}], u[{tested}], back[{tested}];
    static unsigned char bytes[{size}];
    uint32_t state = 1u;
    for (int i = 0; i < {tested}; i++) {{
        int32_t sum = -512;
        for (int k = 0; k < 4; k++) {{
            state = state * 1664525u + 1013904223u;
            sum += (int32_t)(state >> 24);
        }}
        x[i] = (float)sum * 0x1p-8f;
        u[i] = (float)(i % 7);
    }}
    if ({name}_encode_weighted(x, u, {tested}, bytes) != 0 ||
        {name}_hashed(bytes, {size}) != {weighted}u) {{
        printf("{name}: bytes encoded by importance differ\\n");
        return 1;
    }}
    if ({name}_bytes({tested}) != {size} || {name}_encode(x, {tested}, bytes) != 0 ||
        {name}_hashed(bytes, {size}) != {encoded}u) {{
        printf("{name}: encoded bytes differ\\n");
        return 1;
    }}
    if ({name}_decode(bytes, {tested}, back) != 0 ||
        {name}_hashed((const unsigned char *)back, sizeof back) != {decoded}u) {{
        printf("{name}: decoded weights differ\\n");
        return 1;
    }}
    for (int k = 0; k < 3; k++) {{
        const float kept = x[700 * k];
        x[700 * k] = k == 0 ? NAN : k == 1 ? INFINITY : -INFINITY;
        if ({name}_encode(x, {tested}, bytes) != -1) {{
            printf("{name}: weights that are no numbers are encoded\\n");
            return 1;
        }}
        x[700 * k] = kept;
    }}
    for (int h = 0; h <= {choice}; h++)
        for (int k = 0; k < CODES; k++)
            if (!({name}_level(k, h) == of_code[h][k])) {{
                printf("{name}: a level differs\\n");
                return 1;
            }}
    for (int both = 0; both < 2; both++) {{
        const float dot = both ? {name}_dot_both(bytes, bytes, {tested})
                               : {name}_dot(bytes, x, {tested});
        if (float_bits(dot) != (both ? {squared}u : {dotted}u)) {{
            printf("{name}: a dot product differs\\n");
            return 1;
        }}
    }}
    printf("{name}: {tested} weights agree, encoded and decoded\\n");
    return 0;
}}
#endif
"""


def tested() -> NDArray[np.float32]:
    """float32[1500], the weights of self-tests: sums of four random bytes."""
    state, rows = 1, []
    for _ in range(TESTED):
        total = -512
        for _ in range(4):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            total += state >> 24
        rows.append(total)
    return np.array(rows, np.float32) * np.float32(2.0**-8)


def streams(rule: Rule) -> list[str]:
    """What the bytes are, a line each."""
    made = []
    both = ("of scales", "of offsets") if rule.offset else ("of scales",)
    where = f"each {rule.group} weights" if rule.group else "the tensor"
    for what in both:
        if rule.unit_width:
            made.append(f"unit {what} of {where}, binary{rule.unit_width}")
    sign = ", the sign above" if rule.scale_width > rule.magnitude else ""
    made.append(f"scale of each block, {rule.scale_width} bits{sign}")
    if rule.offset:
        made.append(f"offset of each block, {rule.offset_width} bits")
    if rule.choice:
        made.append("choice of each block, 1 bit")
    made.append(f"code of each weight, {rule.bits} bits")
    if rule.outliers:
        made.append(f"place of each of {rule.outliers} outliers in each {SPAN} weights, 8 bits")
        made.append("value of each outlier, bfloat16")
    if rule.rounding:
        made.append("seed of the lots by which weights were rounded, 32 bits")
    return made


def to_c(rule: Rule, element: Element, name: str, remark: str) -> str:
    """The text of a C file.

    Args:
        rule: The layout.
        element: The levels.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    levels = element.levels(rule)
    weights = tested()
    data = pack(rule, encode(rule, levels, weights))
    importance = np.arange(TESTED, dtype=np.float32) % 7
    weighted = pack(rule, encode(rule, levels, weights, importance))
    back = decode(rule, levels, TESTED, data)
    words = {
        "name": name,
        "upper": name.upper(),
        "remark": remark,
        "layout": rule.text(),
        "streams": "\n".join(f" *   {line}" for line in streams(rule)),
        "fields": ", ".join(map(str, rule.row())),
        "tested": TESTED,
        "choice": rule.choice,
        "size": len(data),
        "encoded": fnv(data),
        "weighted": fnv(weighted),
        "dotted": _dot(rule, back, weights),
        "squared": _dot(rule, back, back),
        "decoded": fnv(back.astype("<f4").tobytes()),
    }
    headers = [_INCLUDED.sub("", (KERNEL / name).read_text()) for name in _HEADERS]
    table = level_table(levels, "of_code")
    chosen = f"#define KINDS {kinds(levels)} /* as the levels below need */\n"
    parts = [chosen, *headers[:-1], f"#define CODE_BITS {rule.bits}", table, headers[-1]]
    parts.append(level_function(rule, element, name))
    return "\n".join([_HEAD.format(**words), *parts, _API.format(**words)])


def _dot(rule: Rule, x: NDArray[np.float32], y: NDArray[np.float32]) -> int:
    """Bits of a dot product that is summed as the exported code does, in eight lanes by blocks."""
    lanes, size = np.zeros(8, np.float32), rule.block or len(x)
    for first in range(0, len(x), size):
        part = x[first : first + size] * y[first : first + size]
        padded = np.zeros(-(-len(part) // 8) * 8, np.float32)
        padded[: len(part)] = part
        for row in padded.reshape(-1, 8):
            lanes = lanes + row
    pairs = (lanes[:4] + lanes[4:]).astype(np.float32)
    total = np.float32(pairs[0] + pairs[1]) + np.float32(pairs[2] + pairs[3])
    return int(np.float32(total).view(np.uint32))
