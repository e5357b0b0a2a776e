"""Rates of the stages on one core: ``python -m benchmarks.fractions.rates``.

*First stage*: float64 values of the published pi box at a depth of 32 terms, every fraction of
each tile, and the same with the depth that each class asks for and the lookup among all Möbius
images of pi. *Signed*: images of a constant with coefficients to 6 and every word of signs of
period 1 to 3, expanded to 60 quotients and searched for a recurrence, finds verified to 1,000
digits; and the counts of formulas with the settings of the prototype's runs. *Identification*:
relations of one fraction's 50 digits to one constant by lattice reduction, and limits to 50 digits.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.provenance import provenance
from elitemap.evaluators.fractions.signed.search import SignedSearch
from elitemap.evaluators.fractions.sweep.batched import crossed
from elitemap.evaluators.fractions.sweep.sweep import Sweep
from elitemap.evaluators.fractions.values.deep import limit
from elitemap.evaluators.fractions.values.identify import identify
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction

DATA = Path(__file__).resolve().parents[1] / "data"

PI_BOX = ("1..13,-13..13", "-11..11,-11..11,-11..11")


def timed(work: Callable[[], Any]) -> float:
    """The shortest of three times, in seconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def first_stage() -> list[dict[str, Any]]:
    """Fractions per second of the box of pi."""
    box = Box.parse(*PI_BOX)
    a = box.a.coefficients(np.arange(0, box.a.size, 8))
    b = box.b.coefficients(np.arange(box.b.size))
    kinds = np.zeros(len(a), np.int32), np.zeros(len(b), np.int32)
    depth = np.full((1, 1), 32, np.int32)
    fixed = timed(lambda: crossed(a, b, kinds, depth, np.zeros((1, 1))))
    sweep = Sweep(box, (constant("pi"),), 20)
    sweep.scan(0)
    whole = timed(lambda: [sweep.scan(block) for block in range(sweep.blocks)])
    return [
        {"what": "first stage, depth 32", "per second": round(len(a) * len(b) / fixed)},
        {"what": "sweep, all stages but certificates", "per second": round(box.size / whole)},
    ]


def signed() -> list[dict[str, Any]]:
    """Pairs of images and words per second, and formulas found."""
    rows = []
    for name, most in (("e", 6), ("pi", 6), ("e", 3), ("tan(1)", 2), ("e**2", 2), ("pi", 2)):
        search = SignedSearch((constant(name),), most, (1, 3))
        found = [search.scan(block) for block in range(search.blocks)]
        seconds = timed(lambda s=search: [s.scan(block) for block in range(s.blocks)])
        rows.append(
            {
                "what": f"signed, {name}, coefficients to {most}",
                "per second": round(search.size / seconds),
                "found": sum(len(one.finds) for one in found),
            }
        )
    return rows


def identification() -> list[dict[str, Any]]:
    """Limits and relations per second, of Apéry's fraction."""
    fraction = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
    targets = (constant("zeta(3)"),)
    value = limit(fraction, 50)
    assert value is not None
    limits = timed(lambda: [limit(fraction, 50) for _ in range(200)])
    relations = timed(lambda: [identify(value, targets) for _ in range(1000)])
    return [
        {"what": "limits to 50 digits", "per second": round(200 / limits)},
        {"what": "relations to one constant", "per second": round(1000 / relations)},
    ]


def main() -> None:
    """Measure and write the data file."""
    rows = [*first_stage(), *signed(), *identification()]
    for row in rows:
        print(json.dumps(row), file=sys.stderr)
    document = {
        "title": "Rates for continued fractions",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.fractions.rates"),
        "rows": [{"found": "", **row} for row in rows],
    }
    (DATA / "fractions_rates.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
