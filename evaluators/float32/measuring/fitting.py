"""The model of costs that fits measured programs best."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import spearmanr

from elitemap.evaluators.float32.measuring.model import NARROW, Counted, Fitted
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX512, Table
from elitemap.searchspaces.programs.float32.tables import LOOKED, looked
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: What a fused multiply-add costs in every model: as in the static one, half a cycle.
_FMA = 0.5

#: How strongly figures are drawn to those of the static model, where programs say little of them.
_PULL = 0.02

#: With what a fit begins: see :class:`.model.Fitted`.
_LEAST, _AROUND, _WINDOW = 1.5, 1.5, 60.0


def fit(
    programs: Sequence[Program], ns: Sequence[float], cpu: str, prior: Table = AVX512
) -> Fitted:
    """Fit a model; the error that counts is relative.

    Args:
        programs: In ``float32``.
        ns: What they take for one element.
        cpu: Whose model it is.
        prior: The static model, which has the last word of entries that no program has.
    """
    batch = batch_of(programs)
    static = {name: sum(u.throughput for u in row) for name, row in prior.items()}
    used = [batch.dialect.primitives[c].name for c in np.unique(batch.opcode).tolist()]
    names = [name for name in used if static.get(name, 0.0) > 0.0]
    few = [name for group in NARROW for name in group if name in names]
    busy = [min(static[name], 2 * _FMA if name in few else np.inf) for name in names]
    start = np.array([*busy, *(static[name] for name in few), _LEAST, _AROUND, _WINDOW])
    # Nanoseconds of a cycle, to begin with.
    counted = Counted.of(batch)
    scale = float(np.median(np.array(ns) / _made(start, names, few, cpu).of(counted)))

    def miss(point: Floats) -> Floats:
        made = _made(point, names, few, cpu).of(counted)
        found: Floats = np.concatenate(
            [np.log(made * scale / np.array(ns)), _PULL * (point - start) / (start + 0.2)]
        )
        return found

    low = np.zeros(len(start))
    low[-1] = 1.0
    best = least_squares(miss, start, bounds=(low, np.inf), max_nfev=100).x
    whole = _made(best, names, few, cpu)
    unit = _FMA / whole.busy["fma"]
    # Choices and the like, of which programs may say nothing, cost what they did.
    others = {name: cost for name, cost in static.items() if name not in names}
    return Fitted(
        cpu,
        {name: value * unit for name, value in whole.busy.items()} | others,
        {name: value * unit for name, value in whole.narrow.items()},
        whole.least * unit,
        whole.around * unit,
        whole.window,
    )


def rank_correlation(made: Fitted, programs: Sequence[Program], ns: Sequence[float]) -> float:
    """Spearman's between a model and what programs take."""
    return float(spearmanr(made.costs(batch_of(programs)), ns).statistic)


def _made(point: Floats, names: Sequence[str], few: Sequence[str], cpu: str) -> Fitted:
    *values, least, around, window = point.tolist()
    busy = dict(zip(names, values, strict=False))
    narrow = dict(zip(few, values[len(names) :], strict=True))
    return Fitted(cpu, busy, narrow, least, around, window)


def batch_of(programs: Sequence[Program]) -> Batch:
    """Programs as one batch, with look-ups for tables."""
    short = [replace(looked(program), dialect=LOOKED) for program in programs]
    length = max(len(program.instructions) for program in short)
    return Batch.from_programs(short, length, short[0].signature, LOOKED)
