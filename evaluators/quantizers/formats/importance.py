"""What errors of weights count: a number for each weight or each column, as users bring them.

The diagonal that quantizers of language models use is the mean square of what each column is
multiplied with. Only its proportions within a tensor matter, so sums do as well.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.quantizers.formats.naming import by_name
from elitemap.evaluators.quantizers.formats.readers import singles
from elitemap.evaluators.quantizers.formats.tensors import PIECE, Tensor

Arrays = Mapping[str, NDArray[Any]]


def with_importance(found: Mapping[str, Tensor], arrays: Arrays) -> dict[str, Tensor]:
    """The same tensors with what errors of them count; those without an array count all alike.

    Args:
        found: By name.
        arrays: By the same names, or with ``.in_sum2`` behind them; where there is one tensor and
            one array, whatever they are called.

    Raises:
        UsageError: If no array belongs to a tensor, one has another shape, or a number is not
            finite, negative, or all of an array are 0.
    """
    chosen = by_name(found, arrays, "importance")
    return {
        name: tensor if array is None else replace(tensor, importance=_fitting(name, tensor, array))
        for (name, tensor), array in zip(found.items(), chosen.values(), strict=True)
    }


def _fitting(name: str, tensor: Tensor, array: NDArray[Any]) -> NDArray[Any]:
    """The numbers of an array, [columns] or [n]."""
    shape = array.shape
    while len(shape) > 1 and shape[0] == 1 and shape != tensor.shape:
        shape = shape[1:]
    if shape not in (tensor.shape, (tensor.columns,)):
        raise UsageError(
            f"expected importance of the shape {tensor.shape} or ({tensor.columns},) for "
            f"{name[:60]!r}, got {array.shape}: one number for each weight, or for each column"
        )
    if array.dtype.kind not in "fiu":
        raise UsageError(f"expected importance of {name[:60]!r} as numbers, got {array.dtype}")
    flat, largest = array.reshape(-1), 0.0
    for start in range(0, flat.size, PIECE):
        with np.errstate(over="ignore"):
            part = singles(flat[start : start + PIECE])
        if not np.isfinite(part).all() or part.min() < 0:
            raise UsageError(
                f"expected importance of {name[:60]!r} that is finite in float32 and not negative, "
                f"got {float(part[~(np.isfinite(part) & (part >= 0))][0]):g}"
            )
        largest = max(largest, float(part.max()))
    if not largest:
        raise UsageError(f"expected importance of {name[:60]!r} that is not all 0: leave it out")
    return flat
