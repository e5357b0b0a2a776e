"""Quantizers confirmed on a user's tensors: their weights go to bytes and come back.

Tensors longer than a piece are encoded piece by piece, each as a tensor of its own; of files with
more weights than a user allows, evenly spaced pieces.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.confirming import beside
from elitemap.evaluators.quantizers.formats.cost import cost_of
from elitemap.evaluators.quantizers.formats.counting import PRODUCT, WEIGHTED
from elitemap.evaluators.quantizers.formats.inputs import whole_rows
from elitemap.evaluators.quantizers.formats.properties import properties, through
from elitemap.evaluators.quantizers.formats.taking import taking
from elitemap.evaluators.quantizers.formats.tensors import Singles, Tensor
from elitemap.searchspaces.quantizers.formats.elements import sound
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read

METHOD = "all weights, encoded to bytes, decoded from them"
METHOD_OF_PIECES = "evenly spaced pieces of the weights, encoded to bytes, decoded from them"


#: A way through bytes: weights and what they count (None: all alike) to what comes back,
#: float32[n], and the bytes.
Way = Callable[[Singles, Singles | None], tuple[Singles, bytes]]

#: Sums over weights: squared errors and squares, all alike, by importance, and of products; then
#: products of weights with what came back, and squares of that.
_SUMS = 8


@dataclass(frozen=True)
class Sent:
    """What came of tensors that went through bytes.

    Attributes:
        weights: How many went; less than all of a very large file.
        bytes: What they took.
        sha256: Of those bytes.
        mse: The mean over weights of squared errors, relative to the mean square of each tensor.
        cosine: Of all weights and what came back, each tensor at unit mean square.
        more: ``weighted_mse``, the same of errors and squares that count by importance, and
            ``product_error``, the root of the same of products with activations, where there are
            such.
    """

    weights: int
    bytes: int
    sha256: str
    mse: float
    cosine: float
    more: Mapping[str, float]


def sent(tensors: Mapping[str, Tensor], most: int, way: Way) -> Sent:
    """Send weights through bytes.

    Args:
        tensors: By name.
        most: About so many weights go at most.
        way: How.
    """
    whole = sum(tensor.size for tensor in tensors.values())
    weights, size, digest = 0, 0, hashlib.sha256()
    found = np.zeros(5)
    for tensor in tensors.values():
        sums, count = np.zeros(_SUMS), 0
        for span in tensor.spans(most / whole):
            part, importance = tensor.part(span)
            back, data = way(
                part, importance if importance is not None and importance.any() else None
            )
            sums += _sums(tensor, span[0], (part, back), importance)
            count += part.size
            size += len(data)
            digest.update(data)
        weights += count
        found += tensor.size * _relative(sums, tensor)
    mse, counted, product, alike, square = (found / whole).tolist()
    more = {}
    if any(tensor.importance is not None for tensor in tensors.values()):
        more[WEIGHTED] = counted
    if any(tensor.inputs is not None for tensor in tensors.values()):
        more[PRODUCT] = math.sqrt(product)
    cosine = alike / math.sqrt(square) if square > 0.0 else 0.0
    return Sent(weights, size, digest.hexdigest(), mse, cosine, more)


def _sums(
    tensor: Tensor, start: int, parts: tuple[Singles, Singles], importance: Singles | None
) -> NDArray[np.float64]:
    """float64[_SUMS] of a part that begins at a place of the tensor, and what it came back as."""
    x, y = (part.astype(np.float64) for part in parts)
    squares, power = (y - x) ** 2, x**2
    u = np.ones(1) if importance is None else importance.astype(np.float64)
    return np.array(
        [
            *(squares.sum(), power.sum(), (u * squares).sum(), (u * power).sum()),
            *_products(tensor, start, (y - x, x)),
            *((x * y).sum(), (y * y).sum()),
        ]
    )


def _products(tensor: Tensor, start: int, parts: tuple[NDArray[np.float64], ...]) -> list[float]:
    """Squares of products with rows that lie whole in parts which begin at a place."""
    if tensor.inputs is None:
        return [0.0 for _ in parts]
    rows = [whole_rows(part, tensor.columns, tensor.before_row(start)) for part in parts]
    return [0.0 if one is None else tensor.inputs.squares(one) for one in rows]


def _relative(sums: NDArray[np.float64], tensor: Tensor) -> NDArray[np.float64]:
    """Sums over those of squares, or 0 where there are none.

    Returns:
        float64[5], of errors, of those by importance and of products, of products of weights with
        what came back, and of its squares.
    """
    error, power, counted, mass, product, of_weights, alike, square = sums
    if tensor.inputs is None:
        product, of_weights = error, power
    above = np.array([error, counted, product, alike, square])
    below = np.array([power, mass, of_weights, power, power])
    made: NDArray[np.float64] = np.divide(above, below, out=np.zeros(5), where=below > 0)
    return made


def confirm_weights(
    document: Mapping[str, Any],
    space: QuantizerSpace,
    tensors: Mapping[str, Tensor],
    most: int,
) -> dict[str, Any] | None:
    """The certificate of a quantizer for tensors; None if its levels are none.

    The error of a tensor is relative to its mean square, and tensors count by their weights. With
    importance, ``weighted_mse`` is the same of errors and squares that count by it; with
    activations, ``product_error`` is the error of products with them in Frobenius's norm, relative
    to the products, as the root of the mean over weights of its squares.

    Args:
        document: The quantizer.
        space: That it is of.
        tensors: By name.
        most: About so many weights are encoded at most.

    Raises:
        FormatError: If the document is no quantizer.
    """
    rule, element = read(document)
    levels = element.levels(rule)
    if not sound(levels):
        return None
    found = sent(tensors, most, partial(through, rule, levels))
    whole = sum(tensor.size for tensor in tensors.values())
    size = found.bytes * (whole / found.weights) + element.bytes
    part = {} if found.weights == whole else {"weights_of_file": whole}
    return {
        "method": METHOD_OF_PIECES if part else METHOD,
        "weights": found.weights,
        **part,
        "tensors": len(tensors),
        "bytes": found.bytes + element.bytes,
        "sha256": found.sha256,
        **found.more,
        "mse": found.mse,
        "sqnr_db": decibels(found.mse),
        "cosine": found.cosine,
        "bits_per_weight": 8.0 * size / whole,
        "decode_cost": cost_of(space.from_json([document])),
        "mse_beside": beside(rule, levels),
        **_samples(tensors),
        **taking(rule, element),
        **properties(rule, element),
    }


def error_on(document: Mapping[str, Any], tensors: Mapping[str, Tensor], most: int) -> float:
    """The mean squared error of a quantizer on tensors that it was not searched for.

    Args:
        document: The quantizer.
        tensors: By name.
        most: About so many weights are encoded at most.
    """
    rule, element = read(document)
    return sent(tensors, most, partial(through, rule, element.levels(rule))).mse


def decibels(mse: float) -> float:
    """The same as a ratio of signal and noise; finite where there is no error."""
    return -10.0 * math.log10(max(mse, 1e-300))


def _samples(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """How many samples of activations errors of products are means of, by tensor."""
    used = {name: t.inputs.samples for name, t in tensors.items() if t.inputs is not None}
    return {"samples": used} if used else {}
