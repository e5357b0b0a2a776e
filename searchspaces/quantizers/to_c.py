"""A multiplier as C99 that needs standard headers only, and tests itself on all operands."""

from typing import Any

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.statements import c_operations, c_statements, fnv

_HEAD = """\
/* {remark}
 *
 * {name}_field: mantissa codes of {bits} bits to the product as a fixed-point number with
 * {fraction} fraction bits; what goes beyond them belongs to the exponent.
 * {name}: float32, operands {rounded} to {bits} mantissa bits. Subnormal operands
 * count as zero, products that would be subnormal become zero.
 * With -D{upper}_SELF_TEST the file is a program that checks all pairs of codes.
 */
#include <stdint.h>
#include <string.h>

int32_t {name}_field(uint32_t code_a, uint32_t code_b);
float {name}(float x, float y);
"""

_FLOAT = """\
static uint32_t {name}_rounded(uint32_t magnitude)
{{
    {rounding}
    return magnitude >> {drop};
}}

float {name}(float x, float y)
{{
    uint32_t u, v, sign, a, b, made;
    int32_t field, octave, exponent;
    float product;
    memcpy(&u, &x, sizeof u);
    memcpy(&v, &y, sizeof v);
    sign = (u ^ v) & 0x80000000u;
    u &= 0x7fffffffu;
    v &= 0x7fffffffu;
    if (u >= 0x7f800000u || v >= 0x7f800000u)
        return x * y;
    if (u < 0x00800000u || v < 0x00800000u) {{
        made = sign;
    }} else {{
        a = {name}_rounded(u);
        b = {name}_rounded(v);
        field = {name}_field(a & {mask}u, b & {mask}u);
        octave = field < 0 ? -1 : field / {one};
        exponent = (int32_t)(a >> {bits}) + (int32_t)(b >> {bits}) - 127 + octave;
        made = (uint32_t)(field - octave * {one}) << {shift};
        if (exponent >= 255)
            made = sign | 0x7f800000u;
        else if (exponent <= 0)
            made = sign;
        else
            made |= sign | (uint32_t)exponent << 23;
    }}
    memcpy(&product, &made, sizeof product);
    return product;
}}
"""

_NEAREST = "magnitude += {half}u + (magnitude >> {drop} & 1u);"

_TEST = """\
#ifdef {upper}_SELF_TEST
#include <stdio.h>

int main(void)
{{
    uint32_t hash = 2166136261u, a, b, k;
    for (a = 0; a < {codes}u; a++)
        for (b = 0; b < {codes}u; b++)
            for (k = 0; k < 4; k++)
                hash = (hash ^ ((uint32_t){name}_field(a, b) >> 8 * k & 255u)) * 16777619u;
    if (hash != {expected}u) {{
        printf("{name}: products of some codes differ\\n");
        return 1;
    }}
    printf("{name}: all {pairs} products agree\\n");
    return 0;
}}
#endif
"""


def to_c(
    program: Program,
    table: list[int],
    room: int,
    mantissas: Mantissas,
    fields: Any,
    name: str,
    remark: str,
) -> str:
    """The text of a C file.

    Args:
        program: Of words, with a field and an index.
        table: Its offsets.
        room: The size that indices are taken modulo.
        mantissas: The format.
        fields: int64[codes, codes], all products, which the self-test expects.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    m, f = mantissas.bits, mantissas.fraction
    expected = fnv(fields.astype("<i4").tobytes())
    drop = 23 - m
    words = {
        "name": name, "upper": name.upper(), "remark": remark, "bits": m, "fraction": f,
        "rounded": "rounded to the nearest (ties to even)"
        if mantissas.rounding == "nearest" else "truncated",
        "drop": drop, "mask": mantissas.codes - 1, "one": 1 << f, "shift": 23 - f,
        "codes": mantissas.codes, "pairs": mantissas.codes**2, "expected": expected,
        "rounding": _NEAREST.format(half=(1 << (drop - 1)) - 1, drop=drop)
        if mantissas.rounding == "nearest" else "/* what is below the last bit is dropped */",
    }  # fmt: skip
    parts = [_HEAD.format(**words), *c_operations(program, name)]
    parts.append("\n".join(_field(program, table, room, mantissas, name)) + "\n")
    return "\n".join([*parts, _FLOAT.format(**words), _TEST.format(**words)])


def _field(
    program: Program, table: list[int], room: int, mantissas: Mantissas, name: str
) -> list[str]:
    """The lines of the function of two codes."""
    lines = []
    if table:
        entries = ", ".join(map(str, table))
        lines += [f"static const int32_t {name}_table[{len(table)}] = {{{entries}}};", ""]
    lines += [f"int32_t {name}_field(uint32_t code_a, uint32_t code_b)", "{"]
    for k, code in enumerate(("code_a", "code_b")):
        lines.append(f"    const uint32_t t{k} = {code} << {mantissas.guard};")
    lines += [f"    {line}" for line in c_statements(program, name)]
    lines += ["    (void)t0;", "    (void)t1;"]
    field = f"(int32_t)t{program.results[0]}"
    if table:
        field += f" + {name}_table[t{program.results[1]} & {room - 1}u]"
    elif room:
        lines.append(f"    (void)t{program.results[1]};")
    return [*lines, f"    return {field};", "}"]
