"""Numbers that should have no formula: ``python -m benchmarks.fractions.controls``.

A sweep of twelve million fractions against random decimals of 1,100 digits, Champernowne's number,
sqrt(2) + 1/pi and Khinchin's constant, and signed searches for some of them and for pi, whose
signed expansions are not known to follow any rule. Whatever is found here would be a false
conjecture.
"""

import json
import sys
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.provenance import provenance
from elitemap.engine.protocols import Enumeration
from elitemap.evaluators.fractions.signed.search import SignedSearch
from elitemap.evaluators.fractions.sweep.sweep import Sweep
from elitemap.formulas.expression import number
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.constants import Constant, constant

DATA = Path(__file__).resolve().parents[1] / "data"

#: Digits of the decimals: more than a certificate asks for.
DIGITS = 1100

BOX = ("1..16,-15..15", "-14..14,-14..14,-14..14")


def decimal(name: str, digits: str) -> Constant:
    """The number 0.digits under a name."""
    return Constant(name, number(Fraction(int(digits), 10 ** len(digits))))


def numbers() -> Mapping[str, Constant]:
    """The controls by name."""
    rng = np.random.default_rng(20260101)
    made = {
        f"random {k}": decimal(f"random {k}", "".join(map(str, rng.integers(0, 10, DIGITS))))
        for k in (1, 2, 3)
    }
    champernowne = "".join(map(str, range(1, DIGITS)))[:DIGITS]
    return made | {
        "Champernowne": decimal("Champernowne", champernowne),
        "sqrt(2) + 1/pi": constant("sqrt(2) + 1/pi"),
        "Khinchin": constant("khinchin"),
    }


def row(name: str, what: str, search: Enumeration) -> dict[str, Any]:
    """Go through one search in this process."""
    started = time.perf_counter()
    scanned = [search.scan(block) for block in range(search.blocks)]
    return {
        "number": name,
        "search": what,
        "candidates": sum(s.candidates for s in scanned),
        "found": sum(len(s.finds) for s in scanned),
        "seconds": round(time.perf_counter() - started, 1),
    }


def main() -> None:
    """Measure and write the data file."""
    controls = numbers()
    searches = [(n, "sweep", Sweep(Box.parse(*BOX), (c,), 20)) for n, c in controls.items()]
    signed = {**controls, "pi": constant("pi")}
    searches += [(n, "signed", SignedSearch((c,), 3, (1, 3))) for n, c in signed.items()]
    rows = []
    for name, what, search in searches:
        rows.append(row(name, what, search))
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    document = {
        "title": "Numbers without formulas",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.fractions.controls"),
        "rows": rows,
    }
    (DATA / "fractions_controls.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
