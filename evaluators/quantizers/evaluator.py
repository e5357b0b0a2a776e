"""What an approximate multiplier is worth: its errors over all operands, at a cost."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Objective, Scores
from elitemap.evaluators.quantizers.exhaustion import fit
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.tabled import Tabled

Floats = NDArray[np.float64]

#: What a table costs, in operations: each entry, and the look-up with the sum that follows it.
ENTRY, LOOKUP = 0.25, 2.0

#: Primitives that choose between values, a measure of structure.
CHOICES = ("min", "max", "less", "select")


def table_cost(entries: NDArray[np.int16]) -> Floats:
    """float64[n], what tables cost in operations; an only entry is a constant: one sum."""
    cost: Floats = np.where(entries > 1, LOOKUP + ENTRY * entries, entries).astype(np.float64)
    return cost


class MultiplierEvaluator:
    """Fits tables and measures the errors over all pairs of operands.

    Quality is -log10 of the mean relative error and the magnitudes of two biases together: that of
    uniform mantissas, and that of sums of products of normal numbers, where large products count
    more. What is biased is of no use in sums, and a bias far below the error counts for nothing.
    The map's axes are the cost, the entries of the table (with at most one it is table-free) and
    the choices.
    """

    objectives = (
        Objective("cost", -1, "proved", steers=True),
        Objective(
            "mean_relative_error", -1, "proved", "scientific", label="mean error", steers=True
        ),
        Objective("max_relative_error", -1, "proved", "scientific", label="largest"),
        Objective("bias", 0, "proved", "scientific"),
        Objective("sum_bias", 0, "proved", "scientific", label="bias of sums"),
    )
    screens = ()
    noise = None
    tolerance = 0.0
    depth = 4
    floor = 0.0

    def __init__(self, mantissas: Mantissas, max_ops: int, room: int) -> None:
        """Bind the evaluator.

        Args:
            mantissas: What fields mean.
            max_ops: Most operations of a candidate.
            room: Most entries of a table, 0 for none.
        """
        self.mantissas = mantissas
        table = WORDS.primitives
        self.counted = np.array([[p.cost, p.name in CHOICES] for p in table])
        most = max_ops + float(table_cost(np.array([room], np.int16))[0])
        steps = tuple(n + 0.5 for n in (1, 2, 4, 8, 16, 32) if n < room)
        self.axes = (
            Axis("cost", tuple(np.arange(1.5, most))),
            Axis("entries", steps),
            Axis("choices", (0.5, 1.5)),
        )

    def evaluate(self, batch: Tabled, hurdle: Callable[[Floats], Floats]) -> Scores[Tabled]:
        """Fit and measure every row; see :class:`elitemap.engine.protocols.Evaluator`."""
        errors = fit(batch, self.mantissas)
        used = np.arange(batch.opcode.shape[1]) < batch.size[:, None]
        counts = (self.counted[batch.opcode] * used[..., None]).sum(axis=1, dtype=float)
        cost = counts[:, 0] + table_cost(batch.entries)
        total = errors.mean + np.abs(errors.bias) + np.abs(errors.sums)
        return Scores(
            batch=batch,
            quality=-np.log10(np.maximum(total, 1e-16)),
            objectives={
                "cost": cost,
                "mean_relative_error": errors.mean,
                "max_relative_error": errors.largest,
                "bias": errors.bias,
                "sum_bias": errors.sums,
            },
            measures=np.stack([cost, batch.entries.astype(float), counts[:, 1]], axis=1),
            fingerprints=errors.functions,
            work=np.ones(len(batch)),
        )

    def refine(self, batch: Tabled) -> Scores[Tabled]:
        """The same: there is nothing more thorough than all operands."""
        return self.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))
