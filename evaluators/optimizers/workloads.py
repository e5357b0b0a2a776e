"""What rules are judged on: small models and functions, all of them without a network.

Everything random (first parameters, order of examples, noise of gradients) is drawn from the number
of a run and never from the rule, so that rules are compared on the same luck.

The digits are the 1,797 images of 8 by 8 pixels of the test set of "Optical Recognition of
Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
doi:10.24432/C50P49, licence CC BY 4.0). ``digits.csv`` has a line for each: the digit, and its 64
pixels, of 0 to 16, as one letter each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.models.source import Source
from elitemap.evaluators.optimizers.models.trainer import model_shape

Floats = NDArray[np.float32]

Family = Literal["network", "quadratic", "rosenbrock", "model"]

#: Runs may have so many times the usual steps.
LONGEST = 2

_DIGITS = Path(__file__).with_name("digits.csv")

#: Images of digits on which trained models are judged; the others train them.
HELD = 597


@dataclass(frozen=True)
class Workload:
    """Something to be trained.

    Attributes:
        name: As users call it.
        summary: One line about it.
        family: What kind of gradient it has.
        shape: Of networks the widths of all layers, inputs first; of functions the sizes of their
            tensors; of models empty.
        steps: Steps of a full run.
        batch: Examples of a step; of functions 0.
        noise: Standard deviation of what is added to gradients of functions.
        usual: Size of a step, as root mean square of what changes in a parameter, about which
            learning rates are searched.
        learns: A short run must end below this part of the first loss to be followed further.
        source: Of models, which JAX differentiates, where they come from.
    """

    name: str
    summary: str
    family: Family
    shape: tuple[int, ...]
    steps: int
    batch: int = 0
    noise: float = 0.0
    usual: float = 3e-3
    learns: float = 0.8
    source: Source | None = None

    @property
    def tensors(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the parameter tensors, in the order in which they lie in flat arrays."""
        if self.source is not None:
            return model_shape(self.source, LONGEST * self.steps).tensors
        if self.family != "network":
            return tuple((size,) for size in self.shape)
        pairs = zip(self.shape, self.shape[1:], strict=False)
        return tuple(shape for i, o in pairs for shape in ((i, o), (o,)))

    @property
    def first(self) -> NDArray[np.int32]:
        """int32[tensors + 1], where each tensor begins."""
        return np.cumsum([0, *(int(np.prod(s)) for s in self.tensors)], dtype=np.int32)

    @property
    def columns(self) -> NDArray[np.int32]:
        """int32[tensors], last axes of those that are matrices, 0 of the others."""
        return columns_of(self.tensors)

    @property
    def entries(self) -> int:
        """Parameters in all."""
        return int(self.first[-1])


def columns_of(shapes: Sequence[tuple[int, ...]]) -> NDArray[np.int32]:
    """int32[tensors], last axes of those with two or more, 0 of the others."""
    return np.array([shape[-1] if len(shape) > 1 else 0 for shape in shapes], np.int32)


@cache
def digits() -> tuple[Floats, NDArray[np.int32]]:
    """Images float32[1797, 64] from 0 to 1, and digits int32[1797], in the order of the file."""
    lines = _DIGITS.read_text("ascii").split()[1:]
    labels, pixels = zip(*(line.split(",") for line in lines), strict=True)
    values = [[int(letter, 17) for letter in row] for row in pixels]
    return np.array(values, np.float32) / np.float32(16), np.array(labels, np.int32)


@dataclass(frozen=True, eq=False)
class Luck:
    """All that is random in one run.

    Attributes:
        begin: float32[entries], first parameters.
        batches: int32[LONGEST * steps, batch], numbers of examples; empty for functions.
        noise: float32[LONGEST * steps, entries], added to gradients; empty for networks.
    """

    begin: Floats
    batches: NDArray[np.int32]
    noise: Floats


@lru_cache(maxsize=512)
def luck(workload: Workload, purpose: str, number: int) -> Luck:
    """The luck of run ``number`` of a purpose; those of different purposes are independent."""
    words = [int.from_bytes(purpose.encode()), number]
    rng = np.random.default_rng(words)
    if workload.family == "network":
        examples = len(digits()[1]) - HELD
        first = _batches(workload, examples, workload.steps, rng)
        parts = [_weights(shape, rng) for shape in workload.tensors]
        begin = np.concatenate([np.ravel(part) for part in parts])
        empty = np.empty((0, 0), np.float32)
        # What longer runs need is drawn last, so that those of the usual length stay as they are.
        later = _batches(workload, examples, (LONGEST - 1) * workload.steps, rng)
        batches = np.concatenate([first, later])
        return Luck(begin.astype(np.float32), batches.astype(np.int32), empty)
    begin = matrix(workload)[1] + _START[workload.family](workload.entries, rng)
    noise = workload.noise * rng.standard_normal((LONGEST * workload.steps, workload.entries))
    none = np.empty((0, 0), np.int32)
    return Luck(begin.astype(np.float32), none, noise.astype(np.float32))


def _batches(
    workload: Workload, examples: int, steps: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """int64[steps, batch]: whole epochs in random order, cut."""
    epochs = -(-steps * workload.batch // examples)
    order = np.concatenate([rng.permutation(examples) for _ in range(epochs)])
    return order[: steps * workload.batch].reshape(steps, -1)


def _weights(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights of variance 2 / inputs (He et al., 2015), biases of zero."""
    if len(shape) == 1:
        return np.zeros(shape)
    weights: NDArray[np.float64] = rng.standard_normal(shape) * np.sqrt(2.0 / shape[0])
    return weights


_START: dict[str, Callable[[int, np.random.Generator], NDArray[np.float64]]] = {
    "quadratic": lambda n, rng: rng.standard_normal(n),
    "rosenbrock": lambda n, rng: -2.0 + 0.2 * rng.standard_normal(n),
}


@cache
def matrix(workload: Workload) -> tuple[Floats, Floats]:
    """float32[n, n] of a quadratic, and the optimum float32[n] of any function.

    Eigenvalues are spaced evenly in their logarithms from 0.03 to 30, their vectors are random. The
    optimum is not zero: decay of the parameters alone must not find it.
    """
    n = workload.entries
    rng = np.random.default_rng(int.from_bytes(workload.name.encode()))
    basis = np.linalg.qr(rng.standard_normal((n, n)))[0]
    values = np.geomspace(0.03, 30.0, n)
    whole = (basis * values) @ basis.T
    return whole.astype(np.float32), rng.standard_normal(n).astype(np.float32)
