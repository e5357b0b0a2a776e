"""The data sheet of a multiplier or an operator: what it does, its errors, and what it takes.

Hardware is estimated for FPGAs with look-up tables of six inputs and carry chains: a bit of a sum
takes one table, and so do a multiplexer of four, two bits of a comparison and 64 entries of a
read-only memory (AMD, UG474, 7 Series CLB User Guide). Bits that never change take nothing, and
shifts by constants are wires.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import source

Words = NDArray[np.uint32]


def sheet(
    name: str,
    remark: str,
    what: str,
    proved: Mapping[str, Any] | None,
    program: Program,
    table: Sequence[int],
    leaves: Sequence[Words],
) -> str:
    """The text of a Markdown file.

    Args:
        name: An identifier.
        remark: One line.
        what: What it takes and gives.
        proved: Its certificate, made just now.
        program: The program.
        table: Its entries.
        leaves: uint32[n] each, all inputs of the program together.
    """
    counts: dict[str, int] = {}
    for i in program.instructions:
        if not program.is_constant(i):
            entry = program.primitive(i)
            counts[entry.name] = counts.get(entry.name, 0) + 1
    tables, products = look_up_tables(program, leaves, len(table))
    facts = {
        "operations": ", ".join(f"{n} {op}" for op, n in sorted(counts.items())),
        "table entries": len(table),
        "look-up tables of six inputs, estimated": tables,
        "products by bits, estimated": ", ".join(products) or "none",
        **(proved or {}),
    }
    rows = [f"| {key.replace('_', ' ')} | {value} |" for key, value in facts.items()]
    lines = [f"# {name}", "", remark, "", what, "", "| | |", "|---|---|", *rows, "", "```"]
    lines += source(program).splitlines()
    if table:
        lines.append(f"table = {', '.join(map(str, table))}")
    return "\n".join([*lines, "```", "", __doc__.split("\n\n")[1], ""])


def look_up_tables(
    program: Program, leaves: Sequence[Words], entries: int
) -> tuple[int, tuple[str, ...]]:
    """Look-up tables of six inputs, and the products by the widths of their operands."""
    values: list[Any] = list(leaves)
    total, products = 0, []
    for i in program.instructions:
        told = i.constant if program.is_constant(i) else [values[k] for k in i.operands]
        entry = program.primitive(i)
        values.append(entry.run(*told))
        if program.is_constant(i):
            continue
        made = _varying(values[-1])
        widths = [_varying(x) for x in told]
        if entry.name == "mul" and all(widths):
            products.append(f"{widths[0]}x{widths[1]}")
        else:
            total += _tables(entry.name, made, widths)
    last = len(leaves) - 1
    return total + (-(-entries // 64)) * (_varying(values[last]) if entries else 0), tuple(products)


def _varying(values: Any) -> int:
    """How many bits change."""
    flat = np.atleast_1d(np.asarray(values, np.uint32))
    return int(np.bitwise_or.reduce(flat ^ flat[0])).bit_count()


def _tables(name: str, made: int, widths: Sequence[int]) -> int:
    """Look-up tables of an operation that changes so many bits of its result."""
    if name in ("shl", "shr", "sar"):
        return made * -(-min(widths[1], 5) // 2)
    if name == "less":
        return -(-max(widths) // 2)
    if name in ("min", "max"):
        return made + -(-max(widths) // 2)
    if name == "mul":
        return made * max(1, max(widths) // 2)
    return made
