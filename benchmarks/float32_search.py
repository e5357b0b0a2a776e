"""Whole float32 functions found from random cores, beside the libraries that are installed.

`python -m benchmarks.float32_search` searches for the cheapest program of at most one unit in the
last place for each function, with certificates over all float32, then measures it with the peers in
one process and prints a table. `--record` writes `benchmarks/data/float32.json`.
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
    "The cheapest program of at most one unit in the last place, for every float32, from random "
    "cores of + - * and fused multiply-adds, one search of 60 s for each function; proved by "
    "comparing the compiled export with the true value at every argument. *ns*: of an element, "
    "arrays of 4,096 in the first cache, in one process with the peers; *fastest peer*: of those "
    "with at most one unit at 16,000 arguments among those that `elitemap bench` found installed; "
    "a miss found nothing within the bound in its time."
)

FUNCTIONS = ("exp2", "exp", "log", "tanh", "sigmoid")


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
        row: dict[str, Any] = {"function": name, "seconds": round(found["seconds"])}
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
    rivals = [o for o in others if (o["objectives"]["ulp"] or 1e9) <= 1.0]
    peer = min(rivals, key=lambda o: o["objectives"]["ns"], default=None)
    if peer is not None:
        theirs = peer["objectives"]["ns"]
        row |= {"fastest peer": f"{peer['name']} ({peer['version']})", "its ns": round(theirs, 3)}
        row |= {
            "times faster": round(theirs / ns, 2),
            "core": "; ".join(answer["source"].splitlines()),
        }
    return row


def cut(ulp: float) -> float:
    """A bound in three decimals, never less than it is."""
    return math.ceil(ulp * 1000) / 1000


def main() -> None:
    """Search, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("functions", nargs="*", default=FUNCTIONS)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bound", default="max_ulp<=1")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    rows = []
    for name in given.functions:
        rows.append(measured(name, given.seconds, given.seed, given.bound))
        print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    names = list(dict.fromkeys(key for row in rows for key in row if key != "core"))
    print(markdown(names, [[str(row.get(key, "")) for key in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
