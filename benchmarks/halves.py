"""Functions of bfloat16 found from random cores, beside the float32 way through vector libraries.

`python -m benchmarks.halves` searches for the cheapest correctly rounded program for each function,
proves it at all 65,536 arguments, measures it with the peers in one process and prints a table.
`--record` writes `benchmarks/data/halves.json`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.float32_search import elitemap
from benchmarks.provenance import provenance
from benchmarks.tables import markdown

DATA = Path(__file__).parent / "data" / "halves.json"

COMMAND = "python -m benchmarks.halves --record"

TITLE = "Functions of bfloat16"

TEXT = (
    "The cheapest correctly rounded program for every bfloat16, from random cores, one search for "
    "each function; where a search found none, the one with the fewest misrounded results. Proved "
    "at all 65,536 arguments through the compiled export. *ns*: of an element, arrays of 4,096 in "
    "the first cache, in one process with the peers. *library*: the fastest of libmvec and SLEEF, "
    "between conversions that are the processor's own (they flush subnormal numbers, which are "
    "among its misrounded results). *table*: all 65,536 results, looked up. Other work shared the "
    "machine."
)

#: Operations of cores, most of them, and seconds of a search.
SEARCHES = {
    "exp2": ("mul,fma", 5, 45),
    "exp": ("mul,fma", 5, 45),
    "log2": ("mul,fma", 6, 45),
    "tanh": ("mul,fma", 9, 90),
    "sigmoid": ("mul,fma", 5, 45),
    "silu": ("mul,fma", 5, 45),
    "gelu": ("mul,fma", 9, 150),
    "softplus": ("mul,fma", 8, 60),
}


def measured(name: str, number: str, seed: int) -> dict[str, Any]:
    """One search and its comparison, as a row of the table."""
    ops, most, seconds = SEARCHES[name]
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder, "a.db"))
        found = elitemap(
            "search", "elementary", name, "--set", f"arithmetic={number}", "--set", f"ops={ops}",
            "--set", f"max_ops={most}", "--set", "bound=misrounded<=0",
            "--seconds", str(seconds), "--seed", str(seed), "--archive", archive, "--quiet",
        )  # fmt: skip
        proved = [e for e in found["best"] if e["objectives"]["misrounded"] is not None]
        row: dict[str, Any] = {"function": name, "seconds": round(found["seconds"])}
        if not proved:
            return row | {"misrounded": "nothing proved"}
        worth = [(e["objectives"]["misrounded"], e["objectives"]["cost"]) for e in proved]
        answer = proved[worth.index(min(worth))]
        bench = elitemap("bench", answer["id"], "--archive", archive)
    ours, *others = (r["objectives"] | {"name": r["name"]} for r in bench["rows"])
    row |= {"misrounded": int(ours["misrounded"]), "ns": round(ours["ns"], 3)}
    libraries = [o for o in others if o["name"].startswith(("libmvec", "SLEEF"))]
    peer = min(libraries, key=lambda o: o["ns"], default=None)
    if peer is not None:
        row |= {
            "library": f"`{peer['name']}`",
            "its ns": round(peer["ns"], 3),
            "its misrounded": int(peer["misrounded"]),
            "times faster": round(peer["ns"] / ours["ns"], 2),
        }
    tables = [o["ns"] for o in others if o["name"].startswith("table")]
    row |= {"table ns": round(tables[0], 3)} if tables else {}
    return row | {"core": "; ".join(answer["source"].splitlines())}


def main() -> None:
    """Search, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("functions", nargs="*", default=list(SEARCHES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--arithmetic", default="bfloat16")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    rows = []
    for name in given.functions:
        rows.append(measured(name, given.arithmetic, given.seed))
        print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    names = list(dict.fromkeys(key for row in rows for key in row if key != "core"))
    print(markdown(names, [[str(row.get(key, "")) for key in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
