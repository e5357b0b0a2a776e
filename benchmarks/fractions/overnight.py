"""What an hour of evolution left unexplained: ``python -m benchmarks.fractions.overnight``.

Two searches of half an hour each from random fractions, with default options and with larger
degrees, for several constants at once. Every class whose value was recognised is certified. The
rows are the classes that the program of that day labelled *unexplained*: in no row of the table of
known fractions or contiguous to one within the solver's bounds, no Euler form, no ratio of
hypergeometric functions. Today's labels explain all of them, by mechanisms that know nothing of
these rows (a test). What a label says is about this program, not about mathematics: *what it is*
says what each of them was found to be; a test checks it on the first terms, gauges exactly.
*Proved to* says to how many digits both sides were shown to agree; *rigorous* whether the bound of
the fraction's side is a theorem's or an estimate.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.fractions.classes import CLASSES
from benchmarks.provenance import provenance

TITLE = "What an hour of evolution left unexplained, and what it is"
DATA = Path(__file__).resolve().parents[1] / "data"

#: Constants and options of the two searches.
SEARCHES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("zeta(3),catalan,zeta(2),log(2),pi", {}),
    ("zeta(3),zeta(5),catalan,zeta(2),pi**3,log(2)", {"degrees": "4,8"}),
)


def evolve(target: str, settings: Mapping[str, str], seconds: float, keep: Path) -> dict[str, Any]:
    """One search; what ``elitemap search --json`` prints."""
    command = [str(Path(sys.executable).with_name("elitemap")), "search", "fractions", target]
    command += ["--seconds", str(seconds), "--seed", "1", "--archive", str(keep), "--json"]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(target: str, elite: Mapping[str, Any]) -> dict[str, Any]:
    """One class with this label."""
    certificate = elite["certificate"]
    return {
        "search": target,
        "formula": elite["source"],
        "what it is": CLASSES.get(elite["source"], "not looked into"),
        "proved to": certificate["digits"],
        "rigorous": "yes" if certificate["rigorous"] else "no",
        "digits a term": round(certificate["digits_per_term"], 3),
        "delta": certificate["irrationality"]["delta"],
        "significance": certificate["significance"],
    }


def main() -> None:
    """Search and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--archive", type=Path, help="keeps the elites")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    tallies = []
    with tempfile.TemporaryDirectory() as folder:
        archive = given.archive or Path(folder) / "overnight.db"
        for target, settings in SEARCHES:
            found = evolve(target, settings, 60 * given.minutes / len(SEARCHES), archive)
            labels = Counter(elite["objectives"].get("label") for elite in found["best"])
            tally = ", ".join(f"{n} {label}" for label, n in sorted(labels.items(), key=str))
            tallies.append(f"{target}: {found['evaluations']:,} fractions, {tally}.")
            print(tallies[-1], file=sys.stderr, flush=True)
            rows += [
                row(target, elite)
                for elite in found["best"]
                if elite["objectives"].get("label") == "unexplained"
            ]
    document = {
        "title": TITLE,
        "text": (__doc__ or "").split("\n\n", 1)[1].strip() + "\n\n" + " ".join(tallies),
        "provenance": provenance("python -m benchmarks.fractions.overnight"),
        "rows": rows,
    }
    (DATA / "fractions_overnight.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
