"""Levels of a quantizer in C: a table of all codes, and a function that computes one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.emission.statements_float32 import with_negations
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.quantizers.formats.elements import (
    MIRRORED,
    SHIFTED,
    SUMS,
    Element,
    parts,
)
from elitemap.searchspaces.quantizers.formats.rule import Rule


def level_table(levels: NDArray[np.float32], name: str) -> str:
    """Levels of all choices and codes as an array of C."""
    rows = []
    for row in levels.tolist():
        parts = [f"{x.hex()}f" for x in row]
        rows += ["    {", *(f"        {', '.join(parts[k : k + 4])},"
                            for k in range(0, len(parts), 4)), "    },"]  # fmt: skip
    choices, codes = levels.shape
    return "\n".join([f"static const float {name}[{choices}][{codes}] = {{", *rows, "};", ""])


def level_function(rule: Rule, element: Element, name: str) -> str:
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
    high, low = parts(rule.bits)
    size = f"(code & {codes // 2 - 1})"
    summed = (
        f"{value}{name}_table[{size} >> {low}] + "
        f"{value}{name}_table[{1 << high} + ({size} & {(1 << low) - 1})]"
    )
    at = {
        SUMS: f"code < {codes // 2} ? {summed} : -({summed})",
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
            f"float {name}_level(int code, int choice);",
            "",
            f"float {name}_level(int code, int choice)",
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
    head = f"float {name}_level(int code, int choice)"
    lines += ["", f"{head};", "", head, "{"]
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
