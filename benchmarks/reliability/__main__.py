"""Try what elitemap promises to survive, and keep what came of it.

``python -m benchmarks.reliability NAME`` tries one of ``kills``, ``faults``, ``soak``, ``fuzz`` and
``guided`` and writes ``benchmarks/data/reliability/NAME.json``; ``report`` makes of all of them and
of ``notes.md`` beside this file, ``docs/reliability.md``.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from benchmarks.reliability.faults import SCENARIOS, Unavailable
from benchmarks.reliability.fuzz import fuzz, together
from benchmarks.reliability.guided import guided
from benchmarks.reliability.kills import kills
from benchmarks.reliability.report import DATA, write
from benchmarks.reliability.soak import soak

Rows = list[dict[str, Any]]


def faults(folder: Path, arguments: argparse.Namespace) -> Rows:
    """One row for each fault."""
    rows = []
    for scenario in SCENARIOS:
        place = folder / scenario.__name__
        place.mkdir()
        try:
            rows.append(scenario(place, arguments.evaluations))
        except Unavailable as why:
            rows.append({"fault": scenario.__name__, "said": f"not tried: {why}"})
        print(json.dumps(rows[-1]), flush=True)
    return rows


TRIALS: dict[str, Callable[[Path, argparse.Namespace], Rows]] = {
    "kills": lambda folder, a: kills(folder, a.times, a.seed, a.seconds),
    "faults": faults,
    "soak": lambda folder, a: soak(folder, a.seconds),
    "fuzz": lambda folder, a: fuzz(folder, a.times, a.seed, a.seconds, a.reader),
    "guided": lambda folder, a: guided(folder, a.times, a.seconds),
}


def main() -> None:
    """Try and record, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=[*TRIALS, "report"])
    parser.add_argument("--times", type=int, default=200, help="signals, or inputs of each kind")
    parser.add_argument("--seconds", type=float, default=3600.0, help="no longer than this")
    parser.add_argument("--evaluations", type=int, default=60_000, help="of a search under faults")
    parser.add_argument("--reader", help="fuzz this one alone, and keep what is told of the others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--more", action="store_true", help="add to what this reader has had")
    arguments = parser.parse_args()
    if arguments.name == "report":
        write()
        return
    with tempfile.TemporaryDirectory(prefix="elitemap-") as folder:
        rows = TRIALS[arguments.name](Path(folder), arguments)
    path = DATA / f"{arguments.name}.json"
    if arguments.reader is not None:
        known = {row["reads"]: row for row in json.loads(path.read_text())["rows"]}
        if arguments.more:
            rows = [together(known[row["reads"]], row) for row in rows]
        rows = list((known | {row["reads"]: row for row in rows}).values())
    options = {"soak": ["seconds"], "faults": ["evaluations"]}
    used = options.get(arguments.name, ["times", "seconds"])
    told = " ".join(
        [arguments.name, *(f"--{name} {getattr(arguments, name):.0f}" for name in used)]
    )
    if arguments.reader is not None:
        told += f" --reader {arguments.reader!r} --seed {arguments.seed}"
        told += " --more" * arguments.more
    document = {"provenance": provenance(f"python -m benchmarks.reliability {told}"), "rows": rows}
    DATA.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
