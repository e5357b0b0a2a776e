"""Errors of quantizers on weights, by the compiled kernel, which fits their levels first."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.inputs import Products
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.interpret import batch_arguments, values_of
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL, Scratch
from elitemap.searchspaces.quantizers.formats.quantizers import Quantizers

Floats = NDArray[np.float64]

_SINGLE = FLOAT32.opcodes["single"]

#: Codes times choices, for which the kernel returns levels.
_LEVELS = 512


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of one or several tensors.

    Attributes:
        values: float32[n], finite.
        first: int64[tensors + 1], where each tensor begins, and n.
        importance: float32[n], what a squared error of each weight counts, from 0 to 1, the
            largest of each tensor 1; None where all count alike.
        products: What rows are multiplied with, where that is known.
    """

    values: NDArray[np.float32]
    first: NDArray[np.int64]
    importance: NDArray[np.float32] | None = None
    products: Products | None = None

    @staticmethod
    def of(
        *tensors: NDArray[np.float32],
        importance: Sequence[NDArray[np.float32]] | None = None,
        products: Products | None = None,
    ) -> "Weights":
        """The weights of the given tensors, and what errors of them count, in any unit."""
        ends = np.cumsum([0, *(t.size for t in tensors)], dtype=np.int64)
        values = np.concatenate([t.reshape(-1) for t in tensors]).astype(np.float32)
        counted = None
        if importance is not None:
            shares = [u / u.max() if u.any() else u for u in importance]
            counted = np.concatenate(shares).astype(np.float32)
        return Weights(np.ascontiguousarray(values), ends, counted, products)

    @cached_property
    def longest(self) -> int:
        """Of the longest tensor."""
        return int(np.diff(self.first).max())


@dataclass(frozen=True)
class Measured:
    """What came of n quantizers.

    Attributes:
        error: float64[n], squared error over that of zero; NaN for what is no quantizer.
        counted: float64[n], the same by importance, the mean over tensors; the error itself where
            all weights count alike.
        cosine: float64[n], of weights and what they become, each tensor at its own size.
        product: float64[n], squared error of products over that of zero, the mean over tensors; of
            tensors without activations the error of weights.
        levels: float32[n, 2, 256], what codes stand for.
    """

    error: Floats
    counted: Floats
    cosine: Floats
    product: Floats
    levels: NDArray[np.float32]


def rules_of(batch: Quantizers) -> NDArray[np.int32]:
    """int32[n, 11], layouts, where levels come from, and whether they are whole."""
    columns = batch.rule, batch.shape[:, None], batch.whole[:, None]
    return np.ascontiguousarray(np.concatenate(columns, axis=1), np.int32)


def measure(batch: Quantizers, judged: Weights, fitted: Weights, turns: int) -> Measured:
    """Fit levels in place, then measure errors.

    Args:
        batch: Canonical quantizers; constants and tables are changed.
        judged: What errors are measured on.
        fitted: What levels are fitted to.
        turns: How often weights choose levels and levels follow; 0 leaves them as they are.
    """
    n = max(judged.longest, fitted.longest)
    errors, products = np.empty((len(batch), 4)), judged.products
    levels = np.zeros((len(batch), 2, _LEVELS // 2), np.float32)
    scratch = Scratch(n, 16, n + 16)
    load(KERNEL / "quantize.c", FLOAT32).quantizers(
        *batch_arguments(batch.programs),
        pointer(rules_of(batch)),
        pointer(batch.table),
        pointer(fitted.values),
        None if fitted.importance is None else pointer(fitted.importance),
        pointer(fitted.first),
        ctypes.c_int(len(fitted.first) - 1),
        ctypes.c_int(turns),
        pointer(judged.values),
        None if judged.importance is None else pointer(judged.importance),
        pointer(judged.first),
        ctypes.c_int(len(judged.first) - 1),
        None if products is None else pointer(products.inputs),
        None if products is None else pointer(products.moments),
        None if products is None else pointer(products.power),
        ctypes.c_int(_SINGLE),
        pointer(values_of(batch.programs, _LEVELS)),
        scratch.pointers(),
        pointer(errors),
        pointer(levels),
    )
    error, counted, cosine, product = errors.T.copy()
    return Measured(error, counted, cosine, product, levels)
