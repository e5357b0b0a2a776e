"""What an integer operator is worth: its errors over all inputs, at a cost in operations."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Objective, Scores, Screen, Screened
from elitemap.evaluators.quantizers.evaluator import table_cost
from elitemap.evaluators.quantizers.operators.measuring import Effort, Errors, measure
from elitemap.searchspaces.quantizers.operators.reductions import menu
from elitemap.searchspaces.quantizers.operators.space import (
    COSTS,
    PRODUCT,
    Reduced,
    reduce_amounts,
)
from elitemap.searchspaces.quantizers.operators.targets import Operator

Floats = NDArray[np.float64]

#: A quick fit, the fit of those that are promising, and the one of elites.
QUICK, FULL = Effort(64, 1, judged=128), Effort(256, 2)
THOROUGH = Effort(1024, 2, thorough=True)

#: What the quick fit costs, in evaluations.
PRICE = 0.1

#: A candidate goes on if its quality, so much better, would do.
MARGIN = 0.1


def objectives(relative: bool) -> tuple[Objective, ...]:
    """What is said of an operator, by the kind of its errors."""
    kind = "relative" if relative else "absolute"
    return (
        Objective("cost", -1, "proved", steers=True),
        Objective(
            f"max_{kind}_error", -1, "proved", "scientific", label="largest error", steers=True
        ),
        Objective(f"mean_{kind}_error", -1, "proved", "scientific", label="mean error"),
        Objective("bias", 0, "proved", "scientific"),
        Objective("products", -1, "proved", "count"),
    )


def costs(batch: Reduced, reductions: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """float64[n] twice, operations with the table, and products.

    Args:
        batch: The operators.
        reductions: int64[m], what each reduction costs.
    """
    used = np.arange(batch.opcode.shape[1]) < batch.size[:, None]
    cost = (COSTS[batch.opcode] * used).sum(axis=1) + table_cost(batch.entries)
    products = ((batch.opcode == PRODUCT) & used).sum(axis=1)
    return cost + reductions[batch.reduction], products.astype(np.float64)


class OperatorEvaluator:
    """Fits constants and tables and measures the errors over all inputs.

    Quality is -log10 of the largest error. The map's axes are the cost, the entries of the table,
    and the products.
    """

    noise = None
    tolerance = 1e-6
    depth = 4
    floor = -3.0

    def __init__(self, operator: Operator, max_ops: int, room: int, products: int) -> None:
        """Bind the evaluator.

        Args:
            operator: What words mean.
            max_ops: Most operations of a candidate.
            room: Most entries of a table, 0 for none.
            products: Most products of two values.
        """
        self.operator = operator
        self.reductions = np.array([one.cost for one in menu(operator, room)])
        self.objectives = objectives(operator.relative)
        most = max_ops + float(table_cost(np.array([room], np.int16))[0])
        steps = tuple(n + 0.5 for n in (1, 2, 4, 8, 16, 32) if n < room)
        self.axes = (
            Axis("cost", tuple(np.arange(1.5, most))),
            Axis("entries", steps),
            Axis("products", tuple(np.arange(0.5, products))),
        )
        self.screens: tuple[Screen[Reduced], ...] = (Screen("fit", PRICE, self._screen),)

    def _screen(self, batch: Reduced, hurdle: Callable[[Floats], Floats]) -> Screened[Reduced]:
        """A quick fit."""
        found = measure(batch, self.operator, QUICK)
        quality, places = _quality(found), self._places(batch)
        with np.errstate(invalid="ignore"):
            promising = quality + MARGIN > hurdle(places)
        keys = np.zeros(len(batch), np.uint64)
        work = np.full(len(batch), PRICE)
        return Screened(batch, quality, places, promising, keys, work)

    def evaluate(self, batch: Reduced, hurdle: Callable[[Floats], Floats]) -> Scores[Reduced]:
        """Fit and measure every row; see :class:`elitemap.engine.protocols.Evaluator`."""
        return self._scores(batch, measure(batch, self.operator, FULL))

    def refine(self, batch: Reduced) -> Scores[Reduced]:
        """The same with a longer fit to more inputs."""
        return self._scores(batch, measure(batch, self.operator, THOROUGH))

    def _places(self, batch: Reduced) -> Floats:
        cost, products = costs(batch, self.reductions)
        return np.stack([cost, batch.entries.astype(float), products], axis=1)

    def _scores(self, batch: Reduced, found: Errors) -> Scores[Reduced]:
        reduce_amounts(batch)
        places = self._places(batch)
        kind = "relative" if self.operator.relative else "absolute"
        return Scores(
            batch=batch,
            quality=_quality(found),
            objectives={
                "cost": places[:, 0],
                f"max_{kind}_error": found.largest,
                f"mean_{kind}_error": found.mean,
                "bias": found.bias,
                "products": places[:, 2],
            },
            measures=places,
            fingerprints=found.functions,
            work=np.ones(len(batch)),
        )


def _quality(found: Errors) -> Floats:
    return np.asarray(-np.log10(np.maximum(found.badness, 1e-16)))
