"""What is known, found again: ``python -m benchmarks.quantizers_again``.

Searches begin with random programs and tables and go on for so many evaluations, with a seed, so
the list repeats. Levels for scales by absolute maximum are fitted from random tables under the
layout that is asked for, because searched scales take their cells in a map.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines.table import DATA
from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.quantizers.formats.closed import measure_closed
from elitemap.evaluators.quantizers.formats.confirming import DRAWN, SEED, confirm
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.peers.measuring import measured
from elitemap.evaluators.quantizers.formats.peers.scaled import microscaled
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.quantizers.formats.elements import PLAIN
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read, written
from elitemap.searchspaces.quantizers.formats.rule import CODECS, Rule

NORMAL = SOURCES["normal"]

#: Errors of 16 levels for a whole tensor, normal distribution: uniform at its best scale (two's
#: complement), and Lloyd and Max's. The latter is the least of all.
UNIFORM, LLOYD = 0.011864, 0.00950101

#: L-Mul's l(m): the offset is 2^-l (arXiv 2410.00907).
L_MUL = {2: 2, 3: 3, 4: 3}

#: Random tables that fits begin with, and turns of a fit.
TABLES, TURNS = 200, 24

Line = dict[str, Any]


def _line(what: str, aim: str, found: str, reached: bool) -> Line:
    return {"what": what, "aim": aim, "found": found, "": "reached" if reached else "missed"}


def _searched(target: str, options: dict[str, str], evaluations: int) -> list[Any]:
    """Elites of a search on one worker."""
    config = SearchConfig(seed=1, evaluations=evaluations, workers=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "again.db")
        outcome = search(path, TaskSpec.of("quantizers", target, options), config)
        with ArchiveReader.open(path) as reader:
            return list(reader.elites(ElitesQuery(run=outcome.run)))


def one_scale(evaluations: int) -> list[Line]:
    """Quantizers with one scale for a tensor: uniform levels, and the best there are."""
    elites = _searched("normal", {"bits": "4"}, evaluations)
    space = QuantizerSpace(np.array([Rule(4, 0, 0, 0, 0, 0, 1, 0, 0).row()], np.int32), 12, 32)
    whole = [
        one.program
        for one in elites
        if one.program["block"] == 0
        and one.program["code_bits"] == 4
        and one.program["scale"]["found"] == "search"
    ]
    errors: dict[bool, list[float]] = {True: [], False: []}
    for document in whole:
        rule, element = read(document)
        error = float(measure_closed(space.from_json([document]), NORMAL, 0).error[0])
        steps = np.diff(element.levels(rule)[0].astype(float))
        errors[bool(np.ptp(steps) == 0)].append(error)
    even, best = min(errors[True], default=math.inf), min(errors[False], default=math.inf)
    return [
        _line(
            "uniform levels with the best clip",
            f"{UNIFORM}",
            f"{even:.6f}",
            even < UNIFORM * 1.001,
        ),
        _line(
            "levels of Lloyd and Max, 4 bits",
            f"{LLOYD} to three digits",
            f"{best:.6f}",
            best < LLOYD * 1.001,
        ),
    ]


def by_maximum(name: str) -> Line:
    """Levels for blocks of 64 in units of their maximum, from random tables."""
    signed = name.startswith("BOF4-S")
    rule = Rule(4, 64, CODECS.index("fp16"), 0, int(signed), 0, 0, 0, 0)
    space = QuantizerSpace(np.array([rule.row()], np.int32), 12, 32)
    batch = space.random(TABLES, np.random.default_rng(1))
    batch.shape[:], batch.whole[:] = PLAIN, 0
    batch, valid = space.canonical(batch)
    batch = batch.take(np.flatnonzero(valid))
    weights = Weights.of(NORMAL.even(1 << 15, 1))
    errors = measure(batch, weights, weights, TURNS).error
    best = confirm(space.to_json(batch, int(np.nanargmin(errors))), space, NORMAL)
    known_error = confirm(written(*known()[name]), space, NORMAL)
    if best is None or known_error is None:
        raise SystemExit("expected levels that are numbers")
    found, aim = best["mse"], known_error["mse"]
    return _line(
        f"{'signed ' if signed else ''}absolute maximum: at or below {name}",
        f"{aim:.5f}",
        f"{found:.5f}",
        found <= aim * 1.001,
    )


def exponents() -> Line:
    """The constant that is added before an exponent of MXFP4 is rounded down."""
    weights = NORMAL.fresh(DRAWN, SEED)
    rule, element = known()["MXFP4's bytes, best exponents"]
    space = QuantizerSpace(np.array([rule.row()], np.int32), 12, 32)
    bound = confirm(written(rule, element), space, NORMAL)
    if bound is None:
        raise SystemExit("expected levels that are numbers")

    def error(add: float) -> float:
        peer = microscaled(add)
        back = peer.decode(peer.encode(weights), DRAWN)
        return float(((back.astype(np.float64) - weights) ** 2).mean())

    best = min((error(add), add) for add in np.arange(0.0, 0.5, 0.01).tolist())
    behind = 10.0 * math.log10(best[0] / bound["mse"])
    plain = 10.0 * math.log10(measured(microscaled(), NORMAL)["mse"] / bound["mse"])
    return _line(
        "a constant for exponents of MXFP4",
        "within 0.01 dB of the best exponents",
        f"{best[1]:.2f}: {behind:.3f} dB (without one {plain:.2f} dB)",
        behind <= 0.01,
    )


def l_mul(bits: int, evaluations: int) -> Line:
    """L-Mul's offset: the best program of two operations on truncated operands."""
    options = {"mantissa": str(bits), "rounding": "truncate", "guard": "0", "table": "2"}
    cheap = [
        one
        for one in _searched("multiplier", options, evaluations)
        if one.objectives["cost"] <= 2 and len(one.program["table"]) <= 1
    ]
    if not cheap:
        return _line(f"L-Mul's l({bits})", f"{L_MUL[bits]}", "no program of two operations", False)
    best = min(cheap, key=lambda one: one.objectives["mean_relative_error"])
    offset = sum(best.program["table"])
    found = bits - math.log2(offset) if offset > 0 else math.inf
    error = 100.0 * best.objectives["mean_relative_error"]
    return _line(
        f"L-Mul's l({bits}), operands truncated, sums carried",
        f"{L_MUL[bits]}",
        f"{found:g}, mean error {error:.2f} %",
        found == L_MUL[bits],
    )


def found_again(evaluations: int, say: Callable[[str], None]) -> list[Line]:
    """The list."""
    rows = []
    for make in (
        lambda: one_scale(evaluations),
        lambda: [by_maximum("NF4, blocks of 64")],
        lambda: [by_maximum("BOF4-S, blocks of 64")],
        lambda: [exponents()],
        *(lambda bits=bits: [l_mul(bits, 2 * evaluations)] for bits in L_MUL),
    ):
        for line in make():
            say(" | ".join(map(str, line.values())))
            rows.append(line)
    return rows


def main() -> None:
    """Search, print and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=6000, help="of each search")
    evaluations = parser.parse_args().evaluations
    rows = found_again(evaluations, print)
    document = {
        "title": "Quantizers and multipliers found again",
        "text": "From random programs and tables, normal distribution; errors are mean squared "
        "ones, in closed form for one scale a tensor, on fresh draws else.",
        "provenance": provenance("python -m benchmarks.quantizers_again"),
        "rows": rows,
    }
    (DATA / "quantizers_again.json").write_text(json.dumps(document, indent=1) + "\n")
    print(markdown(list(rows[0]), [list(map(str, row.values())) for row in rows]))


if __name__ == "__main__":
    main()
