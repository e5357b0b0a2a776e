"""Errors of quantizers with one scale for a whole tensor, in closed form: no sample, no noise."""

import ctypes
from functools import cache

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.distributions import DISTRIBUTIONS
from elitemap.evaluators.quantizers.formats.measuring import (
    Measured,
    Weights,
    measure,
    rules_of,
)
from elitemap.evaluators.quantizers.formats.sources import Source
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.interpret import batch_arguments, values_of
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL
from elitemap.searchspaces.quantizers.formats.quantizers import Quantizers

#: Nodes of a distribution, as the kernel has them: from 0 to 64 in steps of 1/64.
NODES, PER_UNIT = 4097, 64

_SINGLE = FLOAT32.opcodes["single"]

#: Codes times choices, for which the kernel returns levels.
_LEVELS = 512


@cache
def _nodes(name: str) -> NDArray[np.float64]:
    """float64[nodes, 3], probability and partial mean below, and density."""
    x, source = np.arange(NODES) / PER_UNIT, DISTRIBUTIONS[name]
    columns = source.below(x), source.mean(x), source.density(x)
    return np.ascontiguousarray(np.stack(columns, axis=1))


def closed(batch: Quantizers) -> NDArray[np.bool_]:
    """bool[n], which rows have a closed form: one scale, searched, and the nearest levels."""
    rule = batch.rule
    return np.asarray((rule[:, 1] == 0) & (rule[:, 6] == 1) & (rule[:, 11] == 0))


def measure_closed(batch: Quantizers, source: Source, turns: int) -> Measured:
    """Fit levels in place, then give errors on an endless tensor.

    Args:
        batch: Canonical quantizers, all of them :func:`closed`; constants and tables are changed.
        source: The distribution.
        turns: As of samples; each stands for several here.
    """
    made, levels = np.empty((len(batch), 2)), np.zeros((len(batch), 2, _LEVELS // 2), np.float32)
    load(KERNEL / "closed.c", FLOAT32).scalars(
        *batch_arguments(batch.programs),
        pointer(rules_of(batch)),
        pointer(batch.table),
        pointer(_nodes(source.name)),
        ctypes.c_int(turns),
        ctypes.c_int(_SINGLE),
        pointer(values_of(batch.programs, _LEVELS)),
        pointer(made),
        pointer(levels),
    )
    errors, cosines = made.T.copy()
    return Measured(errors, errors, cosines, errors, levels)


def measure_either(
    batch: Quantizers, weights: Weights, source: Source | None, turns: int
) -> Measured:
    """Fit levels in place, then give errors: in closed form where there is one, else on weights.

    Args:
        batch: Canonical quantizers; constants and tables are changed.
        weights: What levels are fitted to and errors measured on.
        source: What the weights were drawn from, if that is known.
        turns: As of :func:`.measuring.measure`.
    """
    if source is None:
        return measure(batch, weights, weights, turns)
    own = closed(batch)
    errors, cosines = np.empty((2, len(batch)))
    levels = np.zeros((len(batch), 2, _LEVELS // 2), np.float32)
    for rows in (np.flatnonzero(own), np.flatnonzero(~own)):
        if not len(rows):
            continue
        part = batch.take(rows)
        found = (
            measure_closed(part, source, turns)
            if own[rows[0]]
            else measure(part, weights, weights, turns)
        )
        batch.put(rows, part)
        errors[rows], cosines[rows], levels[rows] = found.error, found.cosine, found.levels
    return Measured(errors, errors, cosines, errors, levels)
