"""A user's tensors: which are weights, and parts of them, read as they are needed.

Files may be larger than memory, and then arrays are windows on them. Nothing here looks at more
than :data:`PIECE` numbers of a tensor at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.quantizers.formats.inputs import Inputs, Products
from elitemap.evaluators.quantizers.formats.measuring import Weights
from elitemap.evaluators.quantizers.formats.readers import Brain, singles

#: Tensors with fewer weights stay as they are: biases, norms.
LEAST = 256

#: Numbers of a tensor that are in memory at a time; longer tensors are encoded in pieces of about
#: so many weights, each as a tensor of its own.
PIECE = 1 << 21

#: Weights that are taken together: a super-block.
_RUN = 256

Singles = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Tensor:
    """Weights of a tensor, and what errors of them count.

    Attributes:
        values: [n], of a floating-point type, or bits of bfloat16.
        power: The mean of their squares.
        shape: Of the tensor.
        importance: [n], of each weight, or [columns], of each column; None where all count alike.
        inputs: What rows are multiplied with, where that is known.
    """

    values: NDArray[Any]
    power: float
    shape: tuple[int, ...]
    importance: NDArray[Any] | None = None
    inputs: Inputs | None = None

    @property
    def size(self) -> int:
        """How many weights there are."""
        return self.values.size

    @property
    def columns(self) -> int:
        """Length of the last axis, along which weights follow one another."""
        return self.shape[-1]

    def spans(self, share: float = 1.0) -> list[Span]:
        """Where pieces begin and end: all of them, or about a share, evenly spaced.

        Pieces are about as long as one another, and whole super-blocks but for the last.
        """
        count = -(-self.size // PIECE)
        length = -(-self.size // (count * _RUN)) * _RUN
        wanted = max(1, round(count * min(1.0, share)))
        chosen = np.linspace(0, count - 1, wanted).astype(np.intp).tolist()
        spans = ((k * length, min(self.size, (k + 1) * length)) for k in chosen)
        return [(start, end) for start, end in spans if start < end]

    def part(self, span: Span) -> tuple[Singles, Singles | None]:
        """float32 weights of a span, and what they count."""
        start, end = span
        return singles(self.values[start:end]), self.counted(np.arange(start, end))

    def before_row(self, start: int) -> int:
        """Weights from a place on that belong to a row which began before it."""
        return -start % self.columns

    def counted(self, places: NDArray[np.intp]) -> Singles | None:
        """What weights at given places count, float32."""
        if self.importance is None:
            return None
        if self.importance.size != self.size:
            places = places % self.columns
        return singles(self.importance[places])


def tensors(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """The arrays to be quantized, by name.

    Raises:
        UsageError: If one of them is of no floating-point type, a number is beyond float32, or
            none has as many as :data:`LEAST` weights.
    """
    found = {}
    for name in sorted(arrays):
        array = arrays[name]
        if array.size < LEAST:
            continue
        if array.dtype.kind != "f" and not isinstance(array, Brain):
            raise UsageError(
                f"expected weights of a floating-point type as {name[:60]!r}, got {array.dtype}: "
                "leave it out or convert it"
            )
        flat = array.reshape(-1)
        power = _power(name, flat)
        if power > 0.0:
            found[name] = Tensor(flat, power, array.shape)
    if not found:
        raise UsageError(
            f"expected a tensor of at least {LEAST} weights that are not all 0, got none"
        )
    return found


def _power(name: str, flat: NDArray[Any]) -> float:
    """The mean square of finite numbers.

    Raises:
        UsageError: If one is not finite in float32.
    """
    total = 0.0
    for start in range(0, flat.size, PIECE):
        with np.errstate(over="ignore"):
            part = singles(flat[start : start + PIECE])
        if not np.isfinite(part).all():
            raise UsageError(
                f"expected finite weights within float32 as {name[:60]!r}, got larger ones or NaN"
            )
        total += float((part.astype(np.float64) ** 2).sum())
    return total / flat.size


def sampled(found: Mapping[str, Tensor], most: int) -> Weights:
    """About so many weights at most, in runs from all tensors, each tensor at unit mean square."""
    total = sum(t.size for t in found.values())
    weighted = any(t.importance is not None for t in found.values())
    parts, counts = [], []
    for tensor in found.values():
        places = _evenly(tensor, most / total)
        part = singles(tensor.values[places])
        if not part.any():
            places = _somewhere(tensor)
            part = singles(tensor.values[places])
        counted = tensor.counted(places)
        parts.append((part / np.sqrt(tensor.power)).astype(np.float32))
        counts.append(np.ones(part.size, np.float32) if counted is None else counted)
    segments = zip(parts, found.values(), strict=True)
    products = _products([(part, t, 0) for part, t in segments])
    return Weights.of(*parts, importance=counts if weighted else None, products=products)


def _evenly(tensor: Tensor, share: float) -> NDArray[np.intp]:
    """Places of runs of weights, evenly spaced; whole rows where they are multiplied."""
    columns = tensor.columns if tensor.inputs else 1
    length = columns * -(-_RUN // columns)
    if length >= tensor.size:
        length = max(1, tensor.size // columns) * columns
    runs = tensor.size // length
    wanted = max(1, round(runs * min(1.0, share)))
    chosen = np.linspace(0, runs - 1, wanted).astype(np.intp)
    return np.asarray((chosen[:, None] * length + np.arange(length)).reshape(-1))


def _products(segments: list[tuple[Singles, Tensor, int]]) -> Products | None:
    """What segments are multiplied with: weights, their tensor and where the first row begins."""
    if all(tensor.inputs is None for _, tensor, _ in segments):
        return None
    return Products.of([(part, tensor.inputs, skip) for part, tensor, skip in segments])


def _somewhere(tensor: Tensor) -> NDArray[np.intp]:
    """Places of a run of weights of which one is not zero, where nearly all are."""
    columns = tensor.columns if tensor.inputs else 1
    length = min(tensor.size, columns * -(-_RUN // columns))
    for start in range(0, tensor.size, PIECE):
        part = singles(tensor.values[start : start + PIECE])
        if part.any():
            first = start + int(part.argmax() if part.max() > 0 else part.argmin())
            return min(first // columns * columns, tensor.size - length) + np.arange(length)
    return np.arange(length)


def taken(tensor: Tensor, most: int) -> Weights:
    """The weights of a tensor; of a longer one evenly spaced pieces of about so many weights."""
    parts = list(_parts(tensor, most))
    counts = [counted for _, _, counted in parts if counted is not None]
    products = _products([(part, tensor, tensor.before_row(at)) for at, part, _ in parts])
    return Weights.of(*(part for _, part, _ in parts), importance=counts or None, products=products)


def _parts(tensor: Tensor, most: int) -> Iterator[tuple[int, Singles, Singles | None]]:
    for span in tensor.spans(most / tensor.size):
        part, counted = tensor.part(span)
        if part.any():
            yield span[0], part, counted
