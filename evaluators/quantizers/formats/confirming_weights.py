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

from elitemap.evaluators.quantizers.formats.confirming import beside, properties, squares_of
from elitemap.evaluators.quantizers.formats.cost import cost_of
from elitemap.evaluators.quantizers.formats.tensors import Singles, Tensor
from elitemap.searchspaces.quantizers.formats.elements import sound
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read

METHOD = "all weights, encoded to bytes, decoded from them"
METHOD_OF_PIECES = "evenly spaced pieces of the weights, encoded to bytes, decoded from them"


#: A way through bytes: weights and what they count (None: all alike) to squared errors, float64[n],
#: and the bytes.
Way = Callable[[Singles, Singles | None], tuple[NDArray[np.float64], bytes]]


@dataclass(frozen=True)
class Sent:
    """What came of tensors that went through bytes.

    Attributes:
        weights: How many went; less than all of a very large file.
        bytes: What they took.
        sha256: Of those bytes.
        mse: The mean over weights of squared errors, relative to the mean square of each tensor.
        weighted_mse: The same of errors and squares that count by importance; None without.
    """

    weights: int
    bytes: int
    sha256: str
    mse: float
    weighted_mse: float | None


def sent(tensors: Mapping[str, Tensor], most: int, way: Way) -> Sent:
    """Send weights through bytes.

    Args:
        tensors: By name.
        most: About so many weights go at most.
        way: How.
    """
    whole = sum(tensor.size for tensor in tensors.values())
    weights, size, digest = 0, 0, hashlib.sha256()
    errors = np.zeros(2)
    for tensor in tensors.values():
        sums, count = np.zeros((2, 2)), 0
        for span in tensor.spans(most / whole):
            part, importance = tensor.part(span)
            squares, data = way(
                part, importance if importance is not None and importance.any() else None
            )
            sums += _sums(part, importance, squares)
            count += part.size
            size += len(data)
            digest.update(data)
        weights += count
        errors += tensor.size / count * _relative(sums, count)
    mse, counted = (float(error) / whole for error in errors)
    weighted = any(tensor.importance is not None for tensor in tensors.values())
    return Sent(weights, size, digest.hexdigest(), mse, counted if weighted else None)


def _sums(
    part: Singles, importance: Singles | None, squares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sums of squared errors and of squares, all alike, and by importance: float64[2, 2]."""
    power = part.astype(np.float64) ** 2
    u = np.ones(1) if importance is None else importance.astype(np.float64)
    return np.array(
        [[squares.sum(), power.sum()], [(u * squares).sum(), (u * power).sum()]], np.float64
    )


def _relative(sums: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """float64[2], sums of errors over the means of squares; 0 where there is none."""
    means = sums[:, 1] / count
    return np.divide(sums[:, 0], means, out=np.zeros(2), where=means > 0)


def confirm_weights(
    document: Mapping[str, Any],
    space: QuantizerSpace,
    tensors: Mapping[str, Tensor],
    most: int,
) -> dict[str, Any] | None:
    """The certificate of a quantizer for tensors; None if its levels are none.

    The error of a tensor is relative to its mean square, and tensors count by their weights. With
    importance, ``weighted_mse`` is the same of errors and squares that count by it.

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
    found = sent(tensors, most, partial(squares_of, rule, levels))
    whole = sum(tensor.size for tensor in tensors.values())
    size = found.bytes * (whole / found.weights) + element.bytes
    part = {} if found.weights == whole else {"weights_of_file": whole}
    counted = {} if found.weighted_mse is None else {"weighted_mse": found.weighted_mse}
    return {
        "method": METHOD_OF_PIECES if part else METHOD,
        "weights": found.weights,
        **part,
        "tensors": len(tensors),
        "bytes": found.bytes + element.bytes,
        "sha256": found.sha256,
        **counted,
        "mse": found.mse,
        "sqnr_db": -10.0 * math.log10(max(found.mse, 1e-300)),
        "bits_per_weight": 8.0 * size / whole,
        "decode_cost": cost_of(space.from_json([document])),
        "mse_beside": beside(rule, levels),
        **properties(rule, element),
    }
