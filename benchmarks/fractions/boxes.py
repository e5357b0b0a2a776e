"""Published example boxes of the Ramanujan Machine: ``python -m benchmarks.fractions.boxes``.

Whole commands from the start of the process to its end, certificates of every class to at least
1,000 digits and labels included; the median of the runs. *MB* is the memory of all processes
together, shared pages counted once. Formulas are counted as the published tool counts them (every
disguise), classes after inflations and shifts are recognised; slowly convergent fractions, which
that tool cannot see, are counted apart. The peer's figures were measured on a machine of the same
kind (two cores, one used) and are quoted, not measured here: its public code does not run on
current libraries and has no licence.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fractions.watched import Watched, search
from benchmarks.provenance import provenance

DATA = Path(__file__).resolve().parents[1] / "data"

SLOW = ("algebraic", "alternating algebraic", "root", "alternating root")


@dataclass(frozen=True)
class Example:
    """One box.

    Attributes:
        target: The constants.
        settings: Options of the sweep.
        peer: What the Ramanujan Machine needs for it: seconds, formulas, memory.
    """

    target: str
    settings: Mapping[str, str]
    peer: str


BOXES: Mapping[str, Example] = {
    "e": Example("e", {"a": "1..5,-5..5", "b": "-5..5,-5..5", "moebius": "5"}, "0.12-0.20 s, 20"),
    "pi": Example(
        "pi",
        {"a": "1..13,-13..13", "b": "-11..11,-11..11,-11..11", "moebius": "20"},
        "31-84 s, 46, 678 MB",
    ),
    "zeta(3)": Example(
        "zeta(3)",
        {
            "a": "(2*n+1)*([-50..50]*n*(n+1)+[-50..50])",
            "b": "[-10..-1]*n**6",
            "moebius": "20",
        },
        "9-21 s, 8",
    ),
    "Catalan": Example(
        "catalan",
        {
            "a": "1..14,-14..14,-14..14",
            "b": "[-5..5]*(2*n-1)**4+[-5..5]*(2*n-1)**3",
            "moebius": "20",
        },
        "40 s, 0",
    ),
    "Catalan, pi arccosh 2": Example(
        "catalan,pi*acosh(2)",
        {
            "a": "1..14,-14..14,-14..14",
            "b": "[-5..5]*(2*n-1)**4+[-5..5]*(2*n-1)**3",
            "moebius": "8",
            "joint": "yes",
        },
        "256 s, 1, 5.0 GB",
    ),
    "slow, pi and log 2": Example(
        "pi,log(2)",
        {"a": "1..13", "b": "1..9,-9..10,-9..10", "moebius": "20"},
        "cannot see them",
    ),
}


def row(name: str, example: Example, runs: int) -> dict[str, Any]:
    """Sweep one box so many times."""
    flags = ["--set", "mode=sweep"]
    for key, value in example.settings.items():
        flags += ["--set", f"{key}={value}"]
    watched = [search("fractions", example.target, flags) for _ in range(runs)]
    summary = watched[0].run["summary"]
    fast, slow = _members(watched[0])
    return {
        "box": name,
        "fractions": summary["candidates"],
        "seconds": round(statistics.median(w.seconds for w in watched), 2),
        "MB": round(max(w.megabytes for w in watched)),
        "formulas": fast,
        "slow ones": slow,
        "classes": len(watched[0].result["best"]),
        "unexplained": sum(
            elite["objectives"]["label"] == "unexplained" for elite in watched[0].result["best"]
        ),
        "least digits": min(
            (e["objectives"]["digits"] or 0 for e in watched[0].result["best"]), default=None
        ),
        "Ramanujan Machine": example.peer,
    }


def _members(watched: Watched) -> tuple[int, int]:
    """Formulas of quickly and of slowly convergent classes."""
    counts = [0, 0]
    for elite in watched.result["best"]:
        kind = (elite["certificate"] or {}).get("convergence", {}).get("kind")
        counts[kind in SLOW] += elite["family"]["size"]
    return counts[0], counts[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boxes", nargs="*", default=list(BOXES))
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args(arguments)
    rows = []
    for name in given.boxes:
        rows.append(row(name, BOXES[name], given.runs))
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    document = {
        "title": "Sweeps of published boxes",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.fractions.boxes"),
        "rows": rows,
    }
    (DATA / "fractions_boxes.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
