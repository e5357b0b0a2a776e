"""An integer operator as C99 that needs standard headers only, and tests itself on all inputs."""

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.operators.space import looking
from elitemap.searchspaces.quantizers.operators.targets import REACH, Operator
from elitemap.searchspaces.quantizers.statements import c_operations, c_statements

_HEAD = """\
/* {remark}
 *
 * {name}_word: {takes}, to {gives}.
 * {said}
 * With -D{upper}_SELF_TEST the file is a program that checks all {count} inputs.
 */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

uint32_t {name}_word(uint32_t x);
{declared}
"""

#: By target: what the function around the word function is, its declaration, and its text.
_AROUND = {
    "softmax-exp": (
        "{name}_softmax: n logits in 1/{one} to codes of 1/256, the sum of a row in 64 bits.",
        "void {name}_softmax(const int32_t *logits, size_t n, uint8_t *codes);",
        """\
static uint32_t {name}_below(int32_t most, int32_t logit)
{{
    const uint32_t x = (uint32_t)most - (uint32_t)logit;
    return {name}_word(x < {last}u ? x : {last}u);
}}

void {name}_softmax(const int32_t *logits, size_t n, uint8_t *codes)
{{
    int32_t most = n ? logits[0] : 0;
    uint64_t sum = 0;
    for (size_t i = 1; i < n; i++)
        most = logits[i] > most ? logits[i] : most;
    for (size_t i = 0; i < n; i++)
        sum += {name}_below(most, logits[i]);
    for (size_t i = 0; i < n; i++) {{
        const uint64_t code = (((uint64_t){name}_below(most, logits[i]) << 8) + sum / 2) / sum;
        codes[i] = (uint8_t)(code < 255 ? code : 255);
    }}
}}
""",
    ),
    "gelu-int": (
        "{name}: the same of any x in 1/{one}; from {reach} on it is x, below -{reach} it is 0.",
        "int32_t {name}(int32_t x);",
        """\
int32_t {name}(int32_t x)
{{
    if (x >= {half})
        return x;
    return x < -{half} ? 0 : (int32_t){name}_word((uint32_t)x);
}}
""",
    ),
    "float": (
        "{name}: of a float32; NaN where it is not in that range.",
        "float {name}(float x);",
        """\
float {name}(float x)
{{
    uint32_t bits;
    float made;
    memcpy(&bits, &x, sizeof bits);
    if (bits >> 16 < {first}u || bits >> 16 > {last}u)
        return NAN;
    bits = {name}_word(bits >> 16);
    memcpy(&made, &bits, sizeof made);
    return made;
}}
""",
    ),
}

_TEST = """\
#ifdef {upper}_SELF_TEST
#include <stdio.h>

int main(void)
{{
    uint32_t hash = 2166136261u;
    for (int32_t x = {start}; x < {stop}; x++)
        for (int k = 0; k < 4; k++)
            hash = (hash ^ ({name}_word((uint32_t)x) >> 8 * k & 255u)) * 16777619u;
    if (hash != {expected}u) {{
        printf("{name}: some outputs differ\\n");
        return 1;
    }}
    printf("{name}: all {count} outputs agree\\n");
    return 0;
}}
#endif
"""


def to_c(
    program: Program,
    table: list[int],
    room: int,
    o: Operator,
    expected: int,
    name: str,
    remark: str,
) -> str:
    """The text of a C file.

    Args:
        program: Of a word.
        table: Its entries.
        room: The size that indices are taken modulo.
        o: What words mean.
        expected: Hash of all outputs.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    said, declared, text = _AROUND.get(o.name, _AROUND["float"])
    start = int(o.inputs.view("i4")[0])
    words = {
        "name": name,
        "upper": name.upper(),
        "remark": remark,
        "takes": o.takes,
        "gives": o.gives,
        "count": len(o.inputs),
        "one": 1 << o.fraction,
        "half": REACH << o.fraction,
        "reach": REACH,
        "first": start,
        "last": start + len(o.inputs) - 1,
        "start": start,
        "stop": start + len(o.inputs),
        "expected": expected,
    }
    head = _HEAD.format(said=said.format(**words), declared=declared.format(**words), **words)
    function = "\n".join(_word(program, table, room, name)) + "\n"
    parts = [head, *c_operations(program, name), function]
    return "\n".join([*parts, text.format(**words), _TEST.format(**words)])


def _word(program: Program, table: list[int], room: int, name: str) -> list[str]:
    """The lines of the function of a word."""
    if not room:
        body = c_statements(program, name)
    else:
        first = looking(program)
        rest = [k for k in range(len(program.instructions)) if k not in first]
        index = f"t{program.results[1]} & {room - 1}u"
        held = f"(uint32_t){name}_table[{index}]" if table else "0u"
        body = [
            *c_statements(program, name, first),
            f"const uint32_t t1 = {held};",
            *c_statements(program, name, rest),
            *(f"(void)t{k};" for k in (1, program.results[1])),
        ]
    lines = []
    if table:
        entries = ", ".join(map(str, table))
        lines += [f"static const int32_t {name}_table[{len(table)}] = {{{entries}}};", ""]
    head = [f"uint32_t {name}_word(uint32_t x)", "{", "    const uint32_t t0 = x;"]
    return [
        *lines,
        *head,
        *(f"    {line}" for line in body),
        "    (void)t0;",
        f"    return t{program.results[0]};",
        "}",
    ]
