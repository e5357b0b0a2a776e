"""The data sheet of a multiplier or an operator: what it does, its errors, and what it takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.quantizers.gates import SOURCE, Hardware


def sheet(
    name: str,
    remark: str,
    what: str,
    proved: Mapping[str, Any] | None,
    parts: tuple[Program, Sequence[int], Hardware],
    reproduced: str,
) -> dict[str, str]:
    """The texts of a Markdown file and of one in JSON.

    Args:
        name: An identifier.
        remark: One line.
        what: What it takes and gives.
        proved: Its certificate, made just now.
        parts: The program, entries of its table, and what both take as hardware.
        reproduced: How to get all this again, of :func:`commands`.
    """
    program, table, taken = parts
    counts: dict[str, int] = {}
    for i in program.instructions:
        if not program.is_constant(i):
            entry = program.primitive(i)
            counts[entry.name] = counts.get(entry.name, 0) + 1
    facts = {
        "operations": ", ".join(f"{n} {op}" for op, n in sorted(counts.items())),
        "table_entries": len(table),
        "look_up_tables": taken.tables,
        "products_by_bits": ", ".join(taken.products) or "none",
        "gates": taken.gates,
        **(proved or {}),
    }
    code = source(program).splitlines()
    if table:
        code.append(f"table = {', '.join(map(str, table))}")
    return written(name, [remark, what, reproduced], facts, code, SOURCE)


def commands(id: str, name: str, asked: str) -> str:
    """How to find operators like this one, and to make its certificate and its code again.

    Args:
        id: Of the operator.
        name: What it is called here.
        asked: Target and options of the search.
    """
    short = id[:12]
    return "\n".join(
        [
            "```console",
            f"$ elitemap search quantizers {asked}",
            f"$ elitemap show {short}",
            f"$ elitemap verify {short}",
            f"$ elitemap export {short} --to c --name {name}",
            "```",
        ]
    )


def written(
    name: str, said: Sequence[str], facts: Mapping[str, Any], code: Sequence[str], remark: str
) -> dict[str, str]:
    """A sheet as Markdown and as JSON, by file name.

    Args:
        name: An identifier.
        said: Paragraphs before the table.
        facts: What the table has; facts of facts are rows of their own.
        code: Lines of the operator.
        remark: A paragraph behind it.
    """
    rows = [f"| {key} | {value} |" for key, value in _flat(facts)]
    parts = [f"# {name}", *said, "\n".join(["| | |", "|---|---|", *rows])]
    parts += ["\n".join(["```", *code, "```"]), remark]
    told = {"name": name, "said": list(said), **facts, "code": list(code), "remark": remark}
    return {
        f"{name}.md": "\n\n".join(parts) + "\n",
        f"{name}.json": json.dumps(told, indent=1) + "\n",
    }


def _flat(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in facts.items():
        told = key.replace("_", " ")
        if isinstance(value, Mapping):
            rows += [(f"{told}: {inner}", inside) for inner, inside in _flat(value)]
        elif isinstance(value, bool):
            rows.append((told, "yes" if value else "no"))
        else:
            rows.append((told, value))
    return rows
