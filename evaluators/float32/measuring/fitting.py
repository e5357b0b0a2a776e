"""The model of costs that fits measured programs best."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import spearmanr

from elitemap.evaluators.float32.measuring.model import UNITS, Fitted
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX512, Table
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: What a fused multiply-add costs in every model: as in the static one, half a cycle.
_FMA = 0.5

#: How strongly figures are drawn to those of the static model, where programs say little of them.
_PULL = 0.02

_LEAST, _LATENCY = 1.0, 0.03


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
    shared = [name for unit in UNITS for name in unit if name in names]
    free = np.array([static[n] * (0.2 if n in shared else 0.6) for n in names])
    start = np.concatenate([[static[n] for n in shared], free, [_LEAST, _LATENCY]])
    # Nanoseconds of a cycle, to begin with.
    scale = float(np.median(np.array(ns) / _made(start, names, shared, cpu).costs(batch)))

    def miss(point: Floats) -> Floats:
        made = _made(point, names, shared, cpu).costs(batch)
        found: Floats = np.concatenate(
            [np.log(made * scale / np.array(ns)), _PULL * (point - start) / (start + 0.2)]
        )
        return found

    best = least_squares(miss, start, bounds=(0.0, np.inf), max_nfev=100).x
    whole = _made(best, names, shared, cpu)
    unit = _FMA / (whole.busy["fma"] + whole.more["fma"])
    # Choices and the like, of which programs say nothing, cost what they did beside the others.
    others = {name: cost for name, cost in static.items() if name not in names}
    return Fitted(
        cpu,
        {name: value * unit for name, value in whole.busy.items()},
        {name: value * unit for name, value in whole.more.items()} | others,
        whole.least * unit,
        whole.latency * unit,
    )


def rank_correlation(made: Fitted, programs: Sequence[Program], ns: Sequence[float]) -> float:
    """Spearman's between a model and what programs take."""
    return float(spearmanr(made.costs(batch_of(programs)), ns).statistic)


def _made(point: Floats, names: Sequence[str], shared: Sequence[str], cpu: str) -> Fitted:
    busy = dict(zip(shared, point.tolist(), strict=False))
    more = dict(zip(names, point[len(shared) :].tolist(), strict=False))
    return Fitted(cpu, busy, more, float(point[-2]), float(point[-1]))


def batch_of(programs: Sequence[Program]) -> Batch:
    """Programs as one batch."""
    length = max(len(program.instructions) for program in programs)
    return Batch.from_programs(programs, length, programs[0].signature, programs[0].dialect)
