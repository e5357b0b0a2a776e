"""Write ``docs/benchmarks.md`` and its plots: ``python -m benchmarks.report``.

Every file in ``benchmarks/data`` is an object with ``provenance`` (command, date, machine) and
``rows``. Searches leave ``search_<target>.json``; what is absent is left out. Other files are
printed as they are, under their ``title`` and after their ``text``.
"""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.baselines.table import DATA, Row, best_baseline, select
from benchmarks.plots import plot_peers, plot_target
from benchmarks.tables import (
    OPS,
    baseline_table,
    markdown,
    milestone_table,
    number,
    per_run,
    plain,
    reached,
    search_table,
)

DOCS = Path(__file__).resolve().parents[1] / "docs"

#: What the figures mean: aims reached and missed, and what was tried. Ends the document.
NOTES = Path(__file__).resolve().parent / "notes.md"
INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks.report` from `benchmarks/data`; every table names the command, the
date and the machine of its figures.

Digits are -log10 of the largest error on the domain, over the reals. One operation is one of
+ - * / (or a square root where a target says so); equal sub-expressions count once, constants cost
nothing, and every count is taken from a straight-line program by the same cost model that the
searches use. Intervals are closed; where a target vanishes at an end and the error is relative,
the error is the limit there.

## Baselines

Computed with 66-digit arithmetic: Remez exchange for minimax fits, all degrees up to 20 operations,
each in its cheapest form. The columns:

- *Taylor*, *Padé*: about 0 (or the start of the domain) and about its middle; with identities too.
- *polynomial*: minimax, by Horner's scheme or, from degree 5, with adapted coefficients
  (n + floor(n/2) + 2 operations). In x^2 for even and odd functions.
- *rational, Horner*: two Horner schemes and a division, 2n + 2m operations.
- *rational, fraction*: the same functions as continued fractions,
  3 min(n, m) + 2 |n - m| operations.
- *with identities*: minimax cores behind squaring, doubling, tripling, half-angle and reflection
  formulas. Scale factors are folded into the core wherever that saves an operation.
- *coth fraction*: the symmetric form of exponentials, `c5 + c4 / (w(x) + c2)` with an odd fraction
  w, and squarings; *centred*: the same about the middle of the domain, one operation more.
- *f10 family*: `v = x + c3 / x; (c5 + c4 / (v + c1 / v + c2))^(2^k)`, refitted; k = 3 is the
  published ten-operation program for 2^x.
- *best known*: the best of all these with at most so many operations.
- *nested*: our own repetition of the doubling `w + c / w` inside those forms with every constant
  fitted. Not published as far as we know, so no part of *best known*; it shows what is left to
  find.
"""


def report(data: Path = DATA, docs: Path = DOCS) -> None:
    """Write the document and the plots.

    Args:
        data: Folder of the data files.
        docs: Folder of ``benchmarks.md``; plots go into its folder ``plots``.
    """
    documents = {path.stem: json.loads(path.read_text()) for path in sorted(data.glob("*.json"))}
    parts = [INTRODUCTION]
    baselines = documents.pop("baselines", {"rows": []})
    names = [name for name in documents if name.startswith("search_")]
    searches = [documents.pop(name) for name in names]
    peers = documents.pop("peers", None)
    if baselines["rows"]:
        parts.append(source(baselines))
    for rows in by_problem(baselines["rows"]):
        parts.append(section(rows, searches, docs / "plots"))
    parts += unmatched(searches, {problem(row) for row in baselines["rows"]})
    if peers is not None:
        parts.append(
            peer_section(peers, select(baselines["rows"], "exp2"), searches, docs / "plots")
        )
    parts += [other(name, document) for name, document in documents.items()]
    parts.append(NOTES.read_text())
    docs.mkdir(exist_ok=True)
    (docs / "benchmarks.md").write_text("\n".join(part.rstrip() + "\n" for part in parts))


def source(document: Mapping[str, Any]) -> str:
    """Where the figures of a file come from, as one line."""
    p = document["provenance"]
    return f"*`{p['command']}`, {p['date']}, {p['machine']}.*\n"


def problem(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a row is about: target, domain and error mode, without spaces."""
    target, domain, error = (
        str(row[key]).replace(" ", "") for key in ("target", "domain", "error")
    )
    return target, domain, error


def by_problem(rows: Iterable[Any]) -> list[list[Any]]:
    """Rows grouped by problem, in order of appearance."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        groups.setdefault(problem(row), []).append(row)
    return list(groups.values())


def section(rows: Sequence[Row], searches: Iterable[Mapping[str, Any]], plots: Path) -> str:
    """One problem: baselines, searches, plot."""
    target, domain, error = problem(rows[0])
    text = f"### {target} on [{domain}], {error} error\n\n" + baseline_table(rows)
    searched: list[Mapping[str, Any]] = []
    for document in searches:
        own = [row for row in document["rows"] if problem(row) == (target, domain, error)]
        if own:
            searched += own
            text += "\n" + source(document) + "\n" + search_table(own, rows) + milestone_table(own)
    figure = plot_target(target, error, rows, searched, plots)
    return text + f"\n![{target}, {error} error](plots/{figure})\n"


def unmatched(searches: Iterable[Mapping[str, Any]], known: set[tuple[str, str, str]]) -> list[str]:
    """Sections for searches on problems that have no baselines."""
    sections = []
    for document in searches:
        for rows in by_problem(row for row in document["rows"] if problem(row) not in known):
            target, domain, error = problem(rows[0])
            title = f"### {target} on [{domain}], {error} error\n\n"
            sections.append(
                title + source(document) + "\n" + search_table(rows, []) + milestone_table(rows)
            )
    return sections


def peer_section(
    peers: Mapping[str, Any],
    known: Sequence[Row],
    searches: Iterable[Mapping[str, Any]],
    plots: Path,
) -> str:
    """Other systems on 2^x, the same points and time."""
    runs = per_run(peers["rows"])
    systems = sorted({key[0] for key in runs})
    lines = []
    for ops in OPS:
        cells: list[float | None] = []
        for system in systems:
            values = [reached(run, ops) for key, run in runs.items() if key[0] == system]
            present = [v for v in values if v is not None]
            cells += [statistics.median(present), max(present)] if present else [None, None]
        envelope = best_baseline("exp2", ops, None, known)
        lines.append([str(ops), *map(number, cells), number(envelope and envelope["digits"])])
    header = ["ops", *(f"{s}, {what}" for s in systems for what in ("median", "best"))]
    ours = [row for document in searches for row in document["rows"]]
    ours = [row for row in ours if row["target"] == "exp2"]
    figure = plot_peers(peers["rows"], known, ours, plots)
    return (
        "## Other systems on 2^x\n\nGenetic programming with + - * / and constants on (0, 1], 64 "
        "points, one thread; digits are measured on 4,000 points in float64. Operations on "
        "constants and repeated sub-expressions are not counted, chains of constants are merged. "
        "pyoperon computes in float32.\n\n"
        + source(peers)
        + "\n"
        + markdown([*header, "best known"], lines)
        + f"\n![Other systems on 2^x](plots/{figure})\n"
    )


def other(name: str, document: Mapping[str, Any]) -> str:
    """Any other data file: its rows as they are."""
    title, text = document.get("title", name.replace("_", " ").capitalize()), document.get("text")
    rows = document["rows"]
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = [[plain(row.get(key)) for key in header] for row in rows]
    parts = [
        f"## {title}\n",
        text + "\n" if text else "",
        source(document),
        markdown(header, lines),
    ]
    return "\n".join(part for part in parts if part)


if __name__ == "__main__":
    report()
