"""A quantizer as C99 for gcc and clang: encode, decode, the bytes between, and a test of itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.emission.to_c_float32 import with_negations
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.quantizers.formats.elements import MIRRORED, SHIFTED, Element
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL, encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import Rule
from elitemap.searchspaces.quantizers.statements import fnv

#: Weights of the self-test: a few blocks, and a part of one.
TESTED = 1500

_HEAD = """\
/* {remark}
 *
 * {layout}
 *
 * {name}_bytes(n): bytes of n weights. {name}_encode and {name}_decode give 0, or -1 where n is 0,
 * a weight is not finite or memory is short. Streams follow one another, each from a whole byte on:
{streams}
 * Build with -std=c99 or -ffp-contract=off, and -O3 -march=native; float must be IEEE 754's.
 * With -D{upper}_SELF_TEST the file is a program that checks both ways.
 */
"""

_API = """\
size_t {name}_bytes(size_t n);
int {name}_encode(const float *x, size_t n, unsigned char *bytes);
int {name}_decode(const unsigned char *bytes, size_t n, float *x);

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

int {name}_encode(const float *x, size_t n, unsigned char *bytes)
{{
    const quantizer q = {name}_format(n);
    levels l[2];
    float of_code[MOST_CODES];
    int done = -1;
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(x[i]) <= FLT_MAX))
            return -1;
    if (n == 0)
        return -1;
    for (int h = 0; h <= q.choice; h++) {{
        for (int k = 0; k < 1 << q.bits; k++)
            of_code[k] = {name}_level(k, h);
        if (!sort_levels(of_code, 1 << q.bits, &l[h]))
            return -1;
    }}
    const size_t blocks = blocks_of(&q, n), groups = groups_of(&q, n) + 1;
    uint8_t *codes = (uint8_t *)malloc(n);
    header *headers = (header *)malloc(blocks * sizeof *headers);
    float *units = (float *)malloc(2 * groups * sizeof *units);
    ideal *wanted = (ideal *)malloc(blocks * sizeof *wanted);
    float *spare = (float *)malloc((size_t)q.block * sizeof *spare);
    if (codes && headers && units && wanted && spare) {{
        encode_tensor(&q, l, x, n, codes, headers, units, wanted, spare);
        pack(&q, n, codes, headers, units, bytes);
        done = 0;
    }}
    free(codes);
    free(headers);
    free(units);
    free(wanted);
    free(spare);
    return done;
}}

int {name}_decode(const unsigned char *bytes, size_t n, float *x)
{{
    const quantizer q = {name}_format(n);
    magnitudes g;
    if (n == 0)
        return -1;
    magnitudes_of(&q, &g);
    const size_t blocks = blocks_of(&q, n), unit = groups_of(&q, n) * (q.group ? 2 : 4);
    const unsigned char *scales = bytes + unit * (q.shift ? 2 : 1);
    const unsigned char *offsets = scales + whole_bytes(blocks, scale_width(&q));
    const unsigned char *choices = offsets + whole_bytes(blocks, offset_width(&q));
    const unsigned char *codes = choices + whole_bytes(blocks, q.choice);
    for (size_t b = 0; b < blocks; b++) {{
        const float s = from_stream(&q, &g, scales, b, scale_width(&q), 0, bytes);
        const float o = q.shift
            ? from_stream(&q, &g, offsets, b, offset_width(&q), 1, bytes + unit) : 0.0f;
        const int choice = q.choice ? (int)get(choices, b, 1) : 0;
        const size_t first = b * (size_t)q.block, last = first + (size_t)q.block;
        for (size_t i = first; i < last && i < n; i++) {{
            const float product = s * {name}_level((int)get(codes, i, q.bits), choice);
            x[i] = q.shift ? product + o : product;
        }}
    }}
    return 0;
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
    static float x[{tested}], back[{tested}];
    static unsigned char bytes[{size}];
    uint32_t state = 1u;
    for (int i = 0; i < {tested}; i++) {{
        int32_t sum = -512;
        for (int k = 0; k < 4; k++) {{
            state = state * 1664525u + 1013904223u;
            sum += (int32_t)(state >> 24);
        }}
        x[i] = (float)sum * 0x1p-8f;
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
    return [*made, f"code of each weight, {rule.bits} bits"]


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
    back = decode(rule, levels, TESTED, data)
    words = {
        "name": name,
        "upper": name.upper(),
        "remark": remark,
        "layout": rule.text(),
        "streams": "\n".join(f" *   {line}" for line in streams(rule)),
        "fields": ", ".join(map(str, rule.row())),
        "tested": TESTED,
        "size": len(data),
        "encoded": fnv(data),
        "decoded": fnv(back.astype("<f4").tobytes()),
    }
    core, packing = ((KERNEL / file).read_text() for file in ("core.h", "pack.h"))
    level = _level(rule, element, name)
    return "\n".join([_HEAD.format(**words), core, packing, level, _API.format(**words)])


def _level(rule: Rule, element: Element, name: str) -> str:
    """The function from code and choice to level."""
    if element.program is not None:
        return "\n".join(_computed(element.program, rule, name))
    codes = 1 << rule.bits
    kind, write = ("int8_t", "{:.0f}") if element.whole else ("float", "{}")
    entries = [
        write.format(x if element.whole else f"{float(np.float32(x)).hex()}f")
        for x in element.table
    ]
    value = "(float)" if element.whole else ""
    at = {
        MIRRORED: f"code < {codes // 2} ? {value}{name}_table[code] : "
        f"-{value}{name}_table[code - {codes // 2}]",
        SHIFTED: f"choice ? {value}{name}_table[code] + {value}{name}_table[{codes}] : "
        f"{value}{name}_table[code]",
    }.get(element.shape, f"{value}{name}_table[{codes} * choice + code]")
    return "\n".join(
        [
            f"static const {kind} {name}_table[{len(entries)}] = {{",
            *(f"    {', '.join(entries[k : k + 4])}," for k in range(0, len(entries), 4)),
            "};",
            "",
            f"static inline float {name}_level(int code, int choice)",
            "{",
            "    (void)choice;",
            f"    return {at};",
            "}",
            "",
        ]
    )


_HELPERS = {
    "float_of": "static inline float float_of(int32_t bits) { return float_from((uint32_t)bits); }",
    "bits_of": "static inline int32_t bits_of(float x) { return (int32_t)float_bits(x); }",
}


def _computed(program: Program, rule: Rule, name: str) -> Sequence[str]:
    """The lines of a program's function, operations as functions so that no compiler warns."""
    written = with_negations(program)
    kinds = {"single": "float", "word": "int32_t"}
    used = sorted({i.opcode for i in written.instructions if not written.is_constant(i)})
    called = " ".join(written.dialect.primitives[code].templates["c"] for code in used)
    lines = [text for helper, text in _HELPERS.items() if helper in called]
    for code in used:
        entry = written.dialect.primitives[code]
        letters = "abc"[: entry.arity]
        arguments = ", ".join(
            f"{kinds[t]} {x}" for t, x in zip(entry.operands, letters, strict=True)
        )
        value = entry.templates["c"].format(*letters)
        head = f"static inline {kinds[entry.result]} {name}_{entry.name}({arguments})"
        lines.append(f"{head} {{ return {value}; }}")
    lines += ["", f"static inline float {name}_level(int code, int choice)", "{"]
    lines += [
        f"    const float t0 = (float)(code - {1 << (rule.bits - 1)}), t1 = (float)choice;",
        "    const int32_t t2 = code, t3 = choice;",
    ]
    for k, i in enumerate(written.instructions, start=4):
        primitive = written.primitive(i)
        lines.append(f"    const {kinds[primitive.result]} t{k} = {_value(written, i, name)};")
    lines += [f"    (void)t{k};" for k in range(4 + len(written.instructions))]
    return [*lines, f"    return t{written.results[0]};", "}", ""]


def _value(program: Program, i: Instruction, name: str) -> str:
    entry = program.primitive(i)
    if not program.is_constant(i):
        return f"{name}_{entry.name}({', '.join(f't{k}' for k in i.operands)})"
    (value,) = i.constant
    if entry.result == "single":
        return f"{float(value).hex()}f"
    return "INT32_MIN" if value == -(2**31) else f"INT32_C({value})"
