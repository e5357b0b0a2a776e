"""Activations that a user brings: what the rows of each tensor are multiplied with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.quantizers.formats.inputs import Inputs
from elitemap.evaluators.quantizers.formats.naming import by_name
from elitemap.evaluators.quantizers.formats.readers import Brain, singles
from elitemap.evaluators.quantizers.formats.tensors import PIECE, Tensor

#: Samples that are looked at; of more, evenly spaced ones.
MOST_SAMPLES = 1024

Arrays = Mapping[str, NDArray[Any]]


def with_activations(
    found: Mapping[str, Tensor], arrays: Arrays, counting: bool
) -> dict[str, Tensor]:
    """The same tensors with what their rows are multiplied with, those that have an array.

    Args:
        found: By name.
        arrays: [samples, columns] by the same names, more axes in front being samples too; where
            there is one tensor and one array, whatever they are called.
        counting: Whether errors of weights are to count by the mean squares of their columns, of
            tensors without an importance of their own.

    Raises:
        UsageError: If no array belongs to a tensor, or one has another width, no samples, no
            floating-point type, a number that is not finite, or nothing but zeros.
    """
    chosen = by_name(found, arrays, "activations")
    return {
        name: tensor if array is None else _multiplied(name, tensor, array, counting)
        for (name, tensor), array in zip(found.items(), chosen.values(), strict=True)
    }


def _multiplied(name: str, tensor: Tensor, array: NDArray[Any], counting: bool) -> Tensor:
    inputs = _inputs(name, tensor, array)
    counted = tensor.importance
    if counting and counted is None:
        counted = inputs.mean_squares
    return replace(tensor, inputs=inputs, importance=counted)


def _inputs(name: str, tensor: Tensor, array: NDArray[Any]) -> Inputs:
    columns, known = tensor.columns, name[:60]
    if array.ndim < 2 or array.shape[-1] != columns:
        raise UsageError(
            f"expected activations of the shape (samples, {columns}) for {known!r}, whose rows "
            f"have {columns} weights, got {array.shape}"
        )
    if array.dtype.kind != "f" and not isinstance(array, Brain):
        raise UsageError(
            f"expected activations of {known!r} of a floating-point type, got {array.dtype}: "
            "convert them"
        )
    rows = array.reshape(-1, columns)
    if not len(rows):
        raise UsageError(f"expected activations of {known!r}, got no samples")
    places = np.linspace(0, len(rows) - 1, min(len(rows), MOST_SAMPLES)).astype(np.intp)
    if not _finite(rows.reshape(-1)):
        raise UsageError(
            f"expected finite activations within float32 of {known!r}, got larger ones or NaN"
        )
    taken = singles(rows[places])
    if not taken.any():
        raise UsageError(f"expected activations of {known!r} that are not all 0: leave them out")
    return Inputs.of(taken.astype(np.float64), len(rows))


def _finite(flat: NDArray[Any]) -> bool:
    """Whether all numbers are finite in float32, looked at in pieces."""
    with np.errstate(over="ignore"):
        return all(
            bool(np.isfinite(singles(flat[start : start + PIECE])).all())
            for start in range(0, flat.size, PIECE)
        )
