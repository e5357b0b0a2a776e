"""Whole float32 functions found from random cores, beside the libraries that are installed.

`python -m benchmarks.float32_search` searches for the cheapest program of at most one unit in the
last place for each function, with certificates over all float32, then measures it with the peers in
one process and prints a table. Names of functions ask for some rows. `--record` writes each row to
`benchmarks/data/float32.json` as soon as it is there; rows of other functions stay.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from benchmarks.tables import markdown

DATA = Path(__file__).parent / "data" / "float32.json"

COMMAND = "python -m benchmarks.float32_search --record"

TITLE = "Whole functions in float32"

TEXT = (
    "The cheapest program of at most one unit in the last place (or of another bound, where a row "
    "tells it), for every float32, from random "
    "cores of + - * and fused multiply-adds, one search for each function; proved by "
    "comparing the compiled export with the true value at every argument. *seconds*: with proofs, "
    "which go on when the budget is spent; *measured*: when and where; *cycles*: by the static "
    "model for AVX-512 before 2026-11-30, by a model of that CPU since; *ns*: of an element, "
    "arrays of 4,096 in the first cache, in one process with the peers; *fastest library*: of "
    "those with at most one unit at 16,000 arguments among those that `elitemap bench` found "
    "installed; *its time*, *SLEEF u10*, *SVML HA*, *MKL HA*: times of these over ours, whatever "
    "their errors, and *Sollya* for the fastest of its polynomials within one unit, in our range "
    "reduction; *bare*: our time over that of the polynomial of degree 6 without special cases; "
    "a miss found nothing within the bound in its time."
)

FUNCTIONS = ("exp2", "exp", "log2", "log", "sin", "cos", "tanh", "erf", "sigmoid")

#: What is asked for; rows of other bounds tell theirs beside the function.
BOUND = "max_ulp<=1"

#: In the name of what is right for arguments without special cases only.
BARE = "degree 6 without special cases"

#: Libraries that have columns of their own.
LIBRARIES = ("SLEEF u10", "SVML HA", "MKL HA")


def elitemap(*arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [str(Path(sys.executable).with_name("elitemap")), *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def measured(name: str, seconds: float, seed: int, bound: str) -> dict[str, Any]:
    """One search and its comparison, as a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder, "a.db"))
        found = elitemap(
            "search", "elementary", name, "--set", "arithmetic=float32", "--set", f"bound={bound}",
            "--seconds", f"{seconds:g}", "--seed", str(seed), "--archive", archive, "--quiet",
        )  # fmt: skip
        limit = float(bound.partition("<=")[2])
        best = [e for e in found["best"] if (e["objectives"]["max_ulp"] or 1e9) <= limit]
        made = provenance(COMMAND)
        row: dict[str, Any] = {
            "function": name if bound == BOUND else f"{name}, {bound}",
            "seconds": round(found["seconds"]),
            "measured": f"{made['date']}, {made['machine'].split(', ')[1]}",
        }
        if not best:
            return row | {"ULP ≤": "missed"}
        answer = min(best, key=lambda e: e["objectives"]["cost"])
        bench = elitemap("bench", answer["id"], "--archive", archive)
    ours, *others = bench["rows"]
    ns = ours["objectives"]["ns"]
    row |= {
        "ULP ≤": cut(answer["objectives"]["max_ulp"]),
        "cycles": round(answer["objectives"]["cost"], 2),
    }
    row |= {"ns": round(ns, 3)}
    return row | compared(ns, others) | {"core": "; ".join(answer["source"].splitlines())}


def compared(ns: float, others: list[dict[str, Any]]) -> dict[str, Any]:
    """What peers take over what ours does, as columns of the table."""
    times = {str(o["name"]): o["objectives"]["ns"] / ns for o in others}
    within = {str(o["name"]): o for o in others if (o["objectives"]["ulp"] or 1e9) <= 1.0}
    polynomials = [n for n in within if n.startswith("Sollya")]
    libraries = [n for n in within if n not in polynomials]
    row: dict[str, Any] = {}
    if libraries:
        fastest = min(libraries, key=times.__getitem__)
        row["fastest library"] = f"{fastest} ({within[fastest]['version']})"
        row["its time"] = round(times[fastest], 2)
    for name in times:
        row |= {one: round(times[name], 2) for one in LIBRARIES if name.startswith(f"{one} ")}
    if polynomials:
        row["Sollya"] = round(min(times[n] for n in polynomials), 2)
    for name in (n for n in times if BARE in n):
        row["bare"] = round(1.0 / times[name], 2)
    return row


def cut(ulp: float) -> float:
    """A bound in three decimals, never less than it is."""
    return math.ceil(ulp * 1000) / 1000


def recorded() -> list[dict[str, Any]]:
    """The rows that were recorded last."""
    found: list[dict[str, Any]] = json.loads(DATA.read_text())["rows"]
    return found


def record(row: dict[str, Any]) -> None:
    """Put one row in the place of an earlier one; whatever comes next loses nothing of it."""
    rows = [row, *(r for r in recorded() if r["function"] != row["function"])]
    rows.sort(key=lambda row: (FUNCTIONS.index(row["function"].split(",")[0]), row["function"]))
    document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
    made = DATA.with_suffix(".new")
    made.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    made.replace(DATA)


def main() -> None:
    """Search, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("functions", nargs="*", default=FUNCTIONS)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bound", default=BOUND)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.functions) - set(FUNCTIONS):
        parser.error(f"expected some of {', '.join(FUNCTIONS)}, got {', '.join(sorted(unknown))}")
    rows = []
    for name in given.functions:
        rows.append(measured(name, given.seconds, given.seed, given.bound))
        print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
        if given.record:
            record(rows[-1])
    names = list(dict.fromkeys(key for row in rows for key in row if key != "core"))
    print(markdown(names, [[str(row.get(key, "")) for key in names] for row in rows]))


if __name__ == "__main__":
    main()
