"""Whole float32 functions found from random cores, beside the libraries that are installed.

`python -m benchmarks.float32_search` searches for the cheapest program of at most one unit in the
last place for each function, with certificates over all float32, then measures it with the peers in
one process and prints a table. `--record` writes `benchmarks/data/float32.json`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance

DATA = Path(__file__).parent / "data" / "float32.json"

COMMAND = "python -m benchmarks.float32_search --record"

FUNCTIONS = ("exp2", "exp", "log2", "log")


def elitemap(*arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [str(Path(sys.executable).with_name("elitemap")), *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def measured(name: str, seconds: float, seed: int, bound: str) -> dict[str, Any]:
    """One search and its comparison."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder, "a.db"))
        found = elitemap(
            "search", "elementary", name, "--set", "arithmetic=float32", "--set", f"bound={bound}",
            "--seconds", f"{seconds:g}", "--seed", str(seed), "--archive", archive, "--quiet",
        )  # fmt: skip
        limit = float(bound.partition("<=")[2])
        best = [e for e in found["best"] if (e["objectives"]["max_ulp"] or 1e9) <= limit]
        row: dict[str, Any] = {"function": name, "seed": seed, "seconds": found["seconds"]}
        if not best:
            return row
        answer = min(best, key=lambda e: e["objectives"]["cost"])
        row |= {"objectives": answer["objectives"], "source": answer["source"]}
        return row | {"bench": elitemap("bench", answer["id"], "--archive", archive)}


def table(rows: list[dict[str, Any]]) -> str:
    """The table in Markdown."""
    lines = [
        "| function | found, ULP ≤ | ns | fastest peer of at most 1 ULP seen | ns | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if "bench" not in row:
            lines.append(f"| {row['function']} | missed | | | | |")
            continue
        ours, *others = row["bench"]["rows"]
        rivals = [o for o in others if (o["objectives"]["ulp"] or 1e9) <= 1.0]
        peer = min(rivals, key=lambda o: o["objectives"]["ns"], default=None)
        ulp, ns = row["objectives"]["max_ulp"], ours["objectives"]["ns"]
        line = f"| {row['function']} | {ulp:.3f} | {ns:.3f} |"
        if peer is not None:
            theirs = peer["objectives"]["ns"]
            line += f" {peer['name']} ({peer['version']}) | {theirs:.3f} | {theirs / ns:.2f} |"
        lines.append(line)
    return "\n".join(lines)


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
        print(json.dumps({k: v for k, v in rows[-1].items() if k != "bench"}), file=sys.stderr)
    print(table(rows))
    if given.record:
        DATA.write_text(json.dumps(dict(provenance(COMMAND)) | {"rows": rows}, indent=1) + "\n")
        print(f"recorded in {os.path.relpath(DATA)}", file=sys.stderr)


if __name__ == "__main__":
    main()
