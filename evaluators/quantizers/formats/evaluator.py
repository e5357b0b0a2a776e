"""What a block quantizer is worth: the error that it leaves, the bits and the decoding it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Scores, Screen, Screened
from elitemap.evaluators.quantizers.formats.bounds import check_all
from elitemap.evaluators.quantizers.formats.closed import measure_either
from elitemap.evaluators.quantizers.formats.cost import costs
from elitemap.evaluators.quantizers.formats.counting import MSE, PRODUCT, WEIGHTED, Counting
from elitemap.evaluators.quantizers.formats.measuring import Measured, Weights
from elitemap.evaluators.quantizers.formats.sources import Source
from elitemap.searchspaces.quantizers.formats.elements import PROGRAM, entries_of
from elitemap.searchspaces.quantizers.formats.menu import SLACK, rate
from elitemap.searchspaces.quantizers.formats.quantizers import Quantizers
from elitemap.searchspaces.quantizers.formats.rule import Rule

Floats = NDArray[np.float64]

#: Times that levels are fitted: by the first rung, by the last, and where it matters.
FIRST, LAST, THOROUGH = 3, 1, 8

#: What the first rung costs, in evaluations of the last.
PRICE = 0.2

#: A candidate goes on if its first error, so much smaller, would do: decibels.
MARGIN = 0.1

#: What errs more is no quantizer: it would do as well to give the same level for every code.
WORST = 0.5

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Samples:
    """What a search looks at.

    Attributes:
        small: For the first fit.
        large: What errors are measured on.
        sizes: Of the tensors whose bytes are counted.
        source: What both were drawn from, for errors in closed form; None for a user's weights.
        by_products: Whether small errors of products with activations are wanted.
    """

    small: Weights
    large: Weights
    sizes: tuple[int, ...]
    source: Source | None = None
    by_products: bool = False

    @property
    def counting(self) -> Counting:
        """Which errors are told."""
        weighted, products = self.large.importance is not None, self.large.products is not None
        return Counting(weighted, products, self.by_products)


def decibels(error: Floats) -> Floats:
    """SQNR of relative errors; NaN stays."""
    return np.asarray(-10.0 * np.log10(np.maximum(error, 1e-12)))


class QuantizerEvaluator:
    """Fits levels and measures errors on a sample that is the same for all.

    Quality is the SQNR in decibels. The map's axes are bits per weight, operations to decode a
    weight, and the kind of structure: a program, one of whole numbers, a table, one of whole
    numbers. Where errors of weights count by their importance, or those of products do, so does
    quality.

    Attributes:
        objectives: What elites are worth.
        most: Bits per weight that no elite exceeds; a table of a small tensor may.
    """

    noise = None
    tolerance = 1e-6
    depth = 4
    floor = 0.0

    def __init__(self, samples: Samples, bits: float, max_ops: int) -> None:
        """Bind the evaluator.

        Args:
            samples: What it looks at.
            bits: The budget per weight.
            max_ops: Most operations of a program.
        """
        self.samples = samples
        self.counting = samples.counting
        self.objectives = self.counting.objectives
        self.most = bits + SLACK
        below = (0.5, 0.375, 0.25, 0.125, 0.0625, 0.03)
        self.axes = (
            Axis("bits", tuple(bits + SLACK / 2 - x for x in below)),
            Axis("decode", tuple(np.arange(1.5, max_ops + 3.0))),
            Axis("kind", (0.5, 1.5, 2.5)),
        )
        self.screens: tuple[Screen[Quantizers], ...] = (Screen("fit", PRICE, self._screen),)

    def _screen(
        self, batch: Quantizers, hurdle: Callable[[Floats], Floats]
    ) -> Screened[Quantizers]:
        """A fit to few weights."""
        found = self._measured(batch, self.samples.small, FIRST)
        places = self._places(batch)
        quality = decibels(np.where(places[:, 0] <= self.most, self._steering(found), np.nan))
        with np.errstate(invalid="ignore"):
            promising = quality + MARGIN > hurdle(places)
        return Screened(
            batch=batch,
            quality=quality,
            measures=places,
            promising=promising,
            keys=np.zeros(len(batch), np.uint64),
            work=np.full(len(batch), PRICE),
        )

    def evaluate(self, batch: Quantizers, hurdle: Callable[[Floats], Floats]) -> Scores[Quantizers]:
        """Fit and measure every row; see :class:`elitemap.engine.protocols.Evaluator`."""
        return self._scores(batch, self._measured(batch, self.samples.large, LAST))

    def refine(self, batch: Quantizers) -> Scores[Quantizers]:
        """The same with levels fitted to all weights, many times."""
        return self._scores(batch, self._measured(batch, self.samples.large, THOROUGH))

    def _measured(self, batch: Quantizers, weights: Weights, turns: int) -> Measured:
        return measure_either(batch, weights, self.samples.source, turns)

    def _steering(self, found: Measured) -> Floats:
        """The squared error that is to be least."""
        return {MSE: found.error, WEIGHTED: found.counted, PRODUCT: found.product}[self.counting.by]

    def _scores(self, batch: Quantizers, found: Measured) -> Scores[Quantizers]:
        places = self._places(batch)
        steering = self._steering(found)
        sound = np.isfinite(steering) & (steering <= WORST) & (places[:, 0] <= self.most)
        error, counted, cosine, product = (
            np.where(sound, column, np.nan)
            for column in (found.error, found.counted, found.cosine, found.product)
        )
        if self.samples.source is not None:
            check_all(self.samples.source, error, places[:, 0], batch.rule)
        told = {MSE: error, WEIGHTED: counted, PRODUCT: np.sqrt(product)}
        quality = decibels(np.where(sound, steering, np.nan))
        return Scores(
            batch=batch,
            quality=quality,
            objectives={
                "bits_per_weight": places[:, 0],
                **{one.name: told[one.name] for one in self.counting.errors},
                "sqnr_db": decibels(error),
                "decode_cost": places[:, 1],
                "cosine": cosine,
            },
            measures=places,
            fingerprints=_fingerprints(batch, found.levels),
            work=np.ones(len(batch)),
        )

    def _places(self, batch: Quantizers) -> Floats:
        """float64[n, 3], bits, operations and kind of each row."""
        cost, whole = costs(batch)
        rates = [
            rate(Rule(*rule), self.samples.sizes, _table_bytes(shape, rule[0], integers))
            for rule, shape, integers in zip(
                batch.rule.tolist(), batch.shape.tolist(), batch.whole.tolist(), strict=True
            )
        ]
        kind = 2.0 * (batch.shape != PROGRAM) + whole
        return np.stack([np.array(rates).reshape(len(batch)), cost, kind], axis=1)


def _table_bytes(shape: int, bits: int, whole: int) -> int:
    return entries_of(shape, bits) * (1 if whole else 4)


def _fingerprints(batch: Quantizers, levels: NDArray[np.float32]) -> NDArray[np.uint64]:
    """uint64[n], equal for equal layouts and levels that differ by less than a three-hundredth."""
    flat = levels.reshape(len(levels), levels.shape[1] * levels.shape[2])
    largest = np.maximum(np.abs(flat).max(axis=1, initial=0.0), 1e-30)
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.rint(flat / largest[:, None] * 128)).astype(np.int64)
    mixed = np.full(len(flat), 1, np.uint64)
    columns: Sequence[NDArray[np.int64]] = (*batch.rule.T.astype(np.int64), *steps[:, :32].T,
                                            *steps[:, 256:288].T)  # fmt: skip
    for column in columns:
        mixed = (mixed ^ column.astype(np.uint64)) * _ODD
        mixed ^= mixed >> np.uint64(29)
    return mixed
