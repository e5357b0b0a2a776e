"""Where whole programs stand on the map, and which cores are worth a fit: in all formats alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Screened
from elitemap.evaluators.elementary.fitting.fit import Samples, screen
from elitemap.evaluators.float32.pricing import Model, costs
from elitemap.searchspaces.elementary.float32.batches import priced
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical, fuse

Floats = NDArray[np.float64]

#: Batches of cores, with tables or without.
Cores = TypeVar("Cores", bound=Batch)

#: What a screening costs, in evaluations.
SCREEN_PRICE = 0.1

#: Digits by which a program may be better than the fit over the reals, which its roundings follow.
FAVOUR = 0.05

#: Digits below its cell's threshold at which a screened core still counts as promising.
_REACH = 1.0

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Placing:
    """Costs and counts of the programs around cores.

    Attributes:
        reduction: What surrounds the cores.
        max_ops: Most operations of a core.
        table: The model of costs.
        most: The largest cost that the map tells apart.
        fuses: Whether products go into sums, as in whole spaces where they may.
        tabled: Whether constants are entries of tables, which may be anything.
    """

    reduction: Reduction
    max_ops: int
    table: Model
    most: float
    fuses: bool = False
    tabled: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The cost of the whole program, and of its core the constants and the divisions."""
        least = costs(priced(Batch(1, 1), self.reduction), self.table)[0]
        return (
            Axis("cost", tuple(np.arange(np.floor(least) + 1.0, self.most))),
            Axis("constants", tuple(np.arange(0.5, min(self.max_ops, 12)))),
            Axis("divisions", tuple(np.arange(0.5, min(self.max_ops, 4)))),
        )

    def measures(self, cores: Batch) -> Floats:
        """float64[n, 3]: cost, constants, divisions."""
        used = np.arange(cores.length) < cores.size[:, None]
        table = cores.dialect.primitives
        counted = np.array([[p.literal is not None, p.divisor is not None] for p in table])
        counts = (counted[cores.opcode] * used[..., None]).sum(axis=1, dtype=float)
        return np.column_stack([costs(priced(cores, self.reduction), self.table), counts])

    def screened(
        self, batch: Cores, nodes: Samples, hurdle: Callable[[Floats], Floats]
    ) -> Screened[Cores]:
        """A few steps of the fit over the reals.

        Args:
            batch: n cores.
            nodes: What they are fitted to.
            hurdle: The quality that measures ask for.
        """
        measures = self.measures(batch)
        bars = hurdle(measures)
        fitted = screen(batch, nodes)
        cells = np.ascontiguousarray(measures).view(np.uint64) @ np.array([3, 1 << 8, 1], np.uint64)
        return Screened(
            batch=batch,
            quality=np.where(np.isfinite(fitted.digits), fitted.digits, np.nan),
            measures=measures,
            promising=fitted.digits + FAVOUR > bars - _REACH,
            keys=np.where(fitted.signature == 0, 0, fitted.signature ^ (cells * _ODD)),
            work=fitted.evaluated,
        )

    def simplest(self, batch: Batch) -> NDArray[np.bool_]:
        """Whether constants that became 0, 1 or equal, or no longer 0, leave no simpler core."""
        if self.tabled:
            return np.ones(len(batch), np.bool_)
        again = batch.take(np.arange(len(batch)))
        kept = canonical(again, self.max_ops) > 0
        if self.fuses:
            kept &= ~fuse(again)
        for name, array in batch.arrays().items():
            same = again.arrays()[name] == array
            kept &= same.all(axis=tuple(range(1, same.ndim)))
        return kept
