"""What a program is worth as an approximation: digits at a cost, by kind of structure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import (
    Axis,
    Goal,
    Objective,
    Scores,
    Screen,
    Screened,
    Vouched,
)
from elitemap.evaluators.elementary.costs import Costs
from elitemap.evaluators.elementary.fitting.fit import CHECKS, NODES, Samples, fit, screen
from elitemap.evaluators.elementary.rational.solver import Solver
from elitemap.evaluators.elementary.rational.unfolding import refit
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.real import REAL

Floats = NDArray[np.float64]

#: Digits below its cell's threshold at which a screened program still counts as promising.
REACH = 1.0

#: Digits above a goal that still count: bounds that are proved are a little worse than estimates,
#: and what is next better is to be told too.
SURPLUS = 1.0

#: What a screening costs, in full fits.
SCREEN_PRICE = 0.2

#: Digits closer than this belong to the same function.
RESOLUTION = 0.03

_ODD = np.uint64(0x9E3779B97F4A7C15)


def sampled(target: Target, n: int) -> Samples:
    """A target at n points dense towards the ends of its domain.

    Weights turn P - f into errors. Where their mean square counts, they have the share of the
    domain that a point stands for as well: the mean over the points is that over the domain.
    """
    points = target.chebyshev(n)
    high, low = target.sample(points)
    weight = target.units(points, high)
    if target.mean:
        weight *= np.sqrt(n * _shares(points))
    return Samples(points, high, low, weight, target.mean)


def _shares(points: Floats) -> Floats:
    """float64[n], the part of the domain that each point stands for, by the trapezoidal rule."""
    steps = np.diff(points)
    wide = np.append(steps, 0.0) + np.append(0.0, steps)
    shares: Floats = wide / wide.sum()
    return shares


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of a target while programs are fitted.

    Attributes:
        nodes: Where constants are fitted.
        check: Where the error is measured then.
        solver: Gives the constants of whole families; None where only points are known.
    """

    nodes: Samples
    check: Samples
    solver: Solver | None


def evidence_of(target: Target) -> Evidence:
    """A function sampled, and solved for."""
    return Evidence(sampled(target, NODES), sampled(target, CHECKS), Solver(target))


class ElementaryEvaluator:
    """Fits constants and measures the error.

    Quality is the estimated digits, -log10 of the largest error seen. The map's axes are the cost
    and two measures of structure, the number of constants and of divisions: with the cost alone a
    search settles on one kind of program and stalls.
    """

    noise = None
    tolerance = 0.05
    depth = 8
    floor = 0.0

    def __init__(
        self,
        target: Target | Evidence,
        max_ops: int,
        dialect: Dialect = REAL,
        goal: Goal | None = None,
        costs: Costs | None = None,
        vouched: Vouched = "proved",
        around: Sequence[int] = (),
    ) -> None:
        """Sample the target.

        Args:
            target: What to approximate, or what is known of it.
            max_ops: Most operations of a candidate.
            dialect: ``real``, perhaps with more primitives.
            goal: What is to be reached; more than that, and a little, is worth nothing.
            costs: What is to be cheap; None for few operations.
            vouched: What vouches for digits in the end.
            around: Opcodes of what stands around every candidate and is not in its row.
        """
        evidence = target if isinstance(target, Evidence) else evidence_of(target)
        self.objectives = objectives(costs, vouched)
        self.costs = costs
        self.dialect = dialect
        self.most = math.inf if goal is None else goal.least + SURPLUS
        self.screens = (Screen("screen", SCREEN_PRICE, self.screen),)
        table = dialect.primitives
        self.counted = np.array(
            [[p.cost, p.literal is not None, p.divisor is not None] for p in table]
        )
        self.around = list(around)
        self.solver = evidence.solver
        self.nodes, self.check = evidence.nodes, evidence.check
        self.axes = (
            Axis("ops", tuple(np.arange(1.5, max_ops))),
            Axis("constants", tuple(np.arange(0.5, min(max_ops, 12))), frugal=True),
            Axis("divisions", tuple(np.arange(0.5, min(max_ops, 6)))),
        )

    @cached_property
    def _prices(self) -> Floats:
        """float64[opcodes], of a table that may have to be read."""
        assert self.costs is not None
        return self.costs.by_opcode(self.dialect)

    def _costs_of(self, batch: Batch) -> Floats:
        found: Floats = totals(batch, self._prices) + self._prices[self.around].sum()
        return found

    def measures(self, batch: Batch) -> Floats:
        """float64[n, 3]: operations, constants, divisions."""
        counts: Floats = totals(batch, self.counted) + self.counted[self.around].sum(axis=0)
        return counts

    def screen(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Screened[Batch]:
        """A few steps of the fit; who is out of its cell's reach then goes no further."""
        measures = self.measures(batch)
        bars = hurdle(measures)
        fitted = screen(batch, self.nodes)
        if self.solver is not None:
            self.solver.solve(batch, bars, fitted.digits, fitted.signature)
            refit(batch, bars, fitted, self.nodes, self.check)
        reached = fitted.digits > bars - REACH
        cells = measures.astype(np.uint64) @ np.array([1 << 16, 1 << 8, 1], np.uint64)
        return Screened(
            batch=batch,
            quality=np.where(np.isfinite(fitted.digits), fitted.digits, np.nan),
            measures=measures,
            promising=reached,
            keys=np.where(fitted.signature == 0, 0, fitted.signature ^ (cells * _ODD)),
            work=fitted.evaluated,
        )

    def evaluate(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Scores[Batch]:
        """Fit every program; see :class:`elitemap.engine.protocols.Evaluator`."""
        return self._score(batch, hurdle)

    def refine(self, batch: Batch) -> Scores[Batch]:
        """Fit with full effort whatever the cell asks for."""
        return self._score(batch, lambda measures: np.full(len(measures), -np.inf))

    def _score(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Scores[Batch]:
        measures = self.measures(batch)
        fitted = fit(batch, hurdle(measures), self.nodes, self.check)
        digits = np.minimum(fitted.digits, self.most)
        with np.errstate(over="ignore"):
            error = 10.0**-fitted.digits
        prices = {} if self.costs is None else {"cost": self._costs_of(batch)}
        return Scores(
            batch=batch,
            quality=np.where(np.isfinite(digits), digits, np.nan),
            objectives={
                **prices,
                "ops": measures[:, 0],
                "digits": np.full(len(batch), np.nan),
                "error": error,
            },
            measures=measures,
            fingerprints=binned(digits),
            work=fitted.evaluated,
        )


def objectives(costs: Costs | None, vouched: Vouched) -> tuple[Objective, ...]:
    """What a program is worth: digits, at a cost or at a number of operations."""
    label = "digits ≥" if vouched == "proved" else ""
    digits = Objective("digits", +1, vouched, "cut", label=label)
    error = Objective("error", -1, "estimated", "scientific", label="est. error", steers=True)
    if costs is None:
        return Objective("ops", -1, "proved", "count", steers=True), digits, error
    cost = Objective("cost", -1, "proved", "number", steers=True)
    return cost, Objective("ops", 0, "proved", "count"), digits, error


def totals(batch: Batch, table: Floats) -> Floats:
    """Sums over the instructions of each program of what a table (float64[opcodes, ...]) has."""
    used = np.arange(batch.length) < batch.size[:, None]
    rows = np.where(used.reshape(used.shape + (1,) * (table.ndim - 1)), table[batch.opcode], 0)
    summed: Floats = rows.sum(axis=1, dtype=float)
    return summed


def binned(digits: Floats) -> NDArray[np.uint64]:
    """Functional hash of fitted programs: their error in steps of :data:`RESOLUTION` digits.

    Fits of one function end within a hundredth of a digit of each other, so finer hashes (of the
    error curve, say) fill a cell with copies of its best function.
    """
    steps = np.floor(np.clip(np.nan_to_num(digits, nan=-99.0), -99.0, 99.0) / RESOLUTION)
    binned: NDArray[np.uint64] = (steps + 10_000).astype(np.uint64) * _ODD
    return binned
