"""Apéry's fractions from random ones: ``python -m benchmarks.fractions.evolution``.

Evolution with the default options (degrees up to 3 and 6, coefficients up to 200) and nothing but
the constant given. Each search is stopped once the archive holds the wanted fraction, in whatever
disguise; *seconds* is when it was first seen there, counted from the start of the search.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from elitemap.archive.errors import ArchiveError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

DATA = Path(__file__).resolve().parents[1] / "data"

#: Apéry, "Irrationalité de zeta(2) et zeta(3)", Astérisque 61 (1979).
WANTED: Mapping[str, ContinuedFraction] = {
    "zeta(3)": ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
    "zeta(2)": ContinuedFraction.of((11, 11, 3), (1, 0, 0, 0, 0)),
}

#: Seconds between two looks into the archive.
PAUSE = 2.0


class Watch:
    """Looks into a growing archive for one fraction; called by the search as its stop signal."""

    def __init__(self, archive: Path, wanted: ContinuedFraction) -> None:
        """Watch for a fraction."""
        self.archive, self.wanted = archive, canonical(wanted)
        self.started = self.looked = time.monotonic()
        self.seconds: float | None = None

    def __call__(self) -> bool:
        """Whether it was found."""
        now = time.monotonic()
        if self.seconds is None and now > self.looked + PAUSE:
            self.looked = now
            if self._there():
                self.seconds = round(now - self.started, 1)
        return self.seconds is not None

    def _there(self) -> bool:
        try:
            with ArchiveReader.open(self.archive) as reader:
                views = reader.elites(ElitesQuery(where="significance > 0"))
        except ArchiveError:
            return False  # not written yet
        given = (ContinuedFraction.from_json(view.program["fraction"]) for view in views)
        return any(canonical(fraction) == self.wanted for fraction in given)


def run(target: str, seed: int, seconds: float) -> dict[str, Any]:
    """One search."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "search.db"
        watch = Watch(archive, WANTED[target])
        spec = TaskSpec.of("fractions", target, {"mode": "evolve"})
        outcome = search(archive, spec, SearchConfig(seed=seed, seconds=seconds), halted=watch)
    return {
        "constant": target,
        "seed": seed,
        "seconds": watch.seconds,
        "fractions tried": outcome.summary["screened"],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the seeds and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args(arguments)
    rows = []
    for target in WANTED:
        for seed in range(1, given.seeds + 1):
            rows.append(run(target, seed, given.seconds))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    document = {
        "title": "Apéry's fractions, evolved",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.fractions.evolution"),
        "rows": rows,
    }
    (DATA / "fractions_evolution.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
