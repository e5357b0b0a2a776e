"""SOAP (Vyas et al., arXiv 2409.11321): Adam in the slowly turning eigenbasis of Shampoo.

It is no rule of the space, which has no eigenvectors, so it is trained step by step in NumPy. The
moments of a matrix are those of its gradient in the basis; vectors are left to Adam. As in its
authors' code the first step only begins the basis, and one step of orthogonal iteration refreshes
it every so often.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.compiled import CompiledRuns
from elitemap.evaluators.optimizers.jobs import MOST

Singles = NDArray[np.float32]

#: Steps from one refreshed basis to the next.
FREQUENCY = 10


@dataclass
class Moments:
    """What is remembered of one tensor.

    Attributes:
        shape: Of the tensor.
        sides: For a matrix, averages of g g' and g' g; else empty.
        bases: Their eigenvectors as columns.
        first: Average of gradients.
        second: Average of their squares, in the basis.
    """

    shape: tuple[int, ...]
    sides: list[Singles] = field(default_factory=list)
    bases: list[Singles] = field(default_factory=list)
    first: Singles = field(init=False)
    second: Singles = field(init=False)

    def __post_init__(self) -> None:
        """Zeros."""
        self.first, self.second = np.zeros((2, *self.shape), np.float32)

    def begin(self, g: Singles) -> None:
        """The basis of a first gradient."""
        if g.ndim == 2:
            self.sides = [g @ g.T, g.T @ g]
            self.bases = [np.linalg.eigh(side)[1][:, ::-1] for side in self.sides]

    def turned(self, x: Singles) -> Singles:
        """A tensor in the basis."""
        return np.asarray(self.bases[0].T @ x @ self.bases[1], np.float32) if self.bases else x

    def back(self, x: Singles) -> Singles:
        """A tensor out of the basis."""
        return np.asarray(self.bases[0] @ x @ self.bases[1].T, np.float32) if self.bases else x

    def update(self, g: Singles, step: int, values: Mapping[str, float]) -> Singles:
        """The update for a gradient at a step, from 1 on behind the one that began the basis."""
        a, b = np.float32(values["a"]), np.float32(values["b"])
        self.first += a * (g - self.first)
        self.second += b * (np.square(self.turned(g)) - self.second)
        root = np.sqrt(self.second / np.float32(1.0 - (1.0 - values["b"]) ** step))
        mean = self.turned(self.first) / np.float32(1.0 - (1.0 - values["a"]) ** step)
        made = self.back(mean / (root + np.float32(values["e"])))
        for side, square in zip(self.sides, _squares(g) if self.sides else (), strict=True):
            side += b * (square - side)
        if self.sides and step % FREQUENCY == 0:
            self._refresh()
        return made

    def _refresh(self) -> None:
        """One step of orthogonal iteration; the second moment follows the order of the basis."""
        for axis, (side, basis) in enumerate(zip(self.sides, self.bases, strict=True)):
            order = np.argsort(-np.einsum("ij,jk,ki->i", basis.T, side, basis), kind="stable")
            self.second = np.take(self.second, order, axis)
            self.bases[axis] = np.linalg.qr(side @ basis[:, order])[0]


def _squares(g: Singles) -> tuple[Singles, Singles]:
    return g @ g.T, g.T @ g


def soap_loss(
    of: CompiledRuns, place: int, rate: float, steps: int, values: Mapping[str, float]
) -> float:
    """The final loss of one run; NaN if it is given up.

    Args:
        of: A workload with compiled gradients.
        place: Which of its runs.
        rate: At the first step; it falls linearly to zero.
        steps: Of the run.
        values: ``a`` and ``b``, shares of what is new in the averages; ``e``, what is added to a
            divisor; ``k``, decay.
    """
    probe, w = of.prober(), of.begin(place).copy()
    tensors, first = [Moments(shape) for shape in of.workload.tensors], 0.0
    for step in range(steps):
        loss, gradient = probe.slope(place, step, w)
        first = first if step else loss
        if not loss <= MOST * first:
            return float("nan")
        now = np.float32(rate * (1.0 - step / steps))
        parts = np.split(gradient, of.workload.first[1:-1])
        with np.errstate(all="ignore"):
            pairs = zip(tensors, parts, strict=True)
            made = [_stepped(m, g.reshape(m.shape), step, values) for m, g in pairs]
            w -= now * (np.concatenate(made) + np.float32(values["k"]) * w)
        if not np.isfinite(w).all():
            return float("nan")
    loss = probe.final(w)
    return loss if loss <= MOST * first else float("nan")


def _stepped(moments: Moments, g: Singles, step: int, values: Mapping[str, float]) -> Singles:
    """The update of one tensor, flat; none at the first step of all."""
    if step == 0:
        moments.begin(g)
        return np.zeros(g.size, np.float32)
    return moments.update(g, step, values).ravel()
