"""One tensor to codes and scales, by the compiled kernel."""

import ctypes
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.formats.rule import FormatError, Rule

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"


@dataclass(frozen=True, eq=False)
class Encoded:
    """A tensor of n weights as whole numbers, in their order.

    Attributes:
        codes: uint8[n].
        scales: uint32[blocks], code of the magnitude.
        negative: uint8[blocks], 1 where a scale is negative.
        offsets: uint32[blocks], code of the magnitude.
        below: uint8[blocks], 1 where an offset is negative.
        choices: uint8[blocks].
        units: float32[groups, 2], of scales and offsets; without rows where scales need none.
    """

    codes: NDArray[np.uint8]
    scales: NDArray[np.uint32]
    negative: NDArray[np.uint8]
    offsets: NDArray[np.uint32]
    below: NDArray[np.uint8]
    choices: NDArray[np.uint8]
    units: NDArray[np.float32]


_HEADER = np.dtype(
    [("scale", "u4"), ("offset", "u4"), ("negative", "u1"), ("below", "u1"), ("choice", "u1")],
    align=True,
)


def encode(
    rule: Rule,
    levels: NDArray[np.float32],
    weights: NDArray[np.float32],
    importance: NDArray[np.float32] | None = None,
) -> Encoded:
    """Encode a tensor.

    Args:
        rule: The layout.
        levels: float32[choices, codes], what codes stand for.
        weights: float32[n], n > 0, finite.
        importance: float32[n], what a squared error of each weight counts, finite, not negative
            and not all 0; None where all count alike.

    Raises:
        FormatError: If there are no weights, one is not finite, or levels are not.
    """
    n = weights.size
    if not n or not np.isfinite(weights).all():
        raise FormatError(
            f"expected finite weights, got {'none' if not n else 'NaN or infinity'}: replace them"
        )
    flat = np.ascontiguousarray(weights.reshape(-1), np.float32)
    block = rule.block or n + 8
    counted = None if importance is None else importance / importance.max()
    codes, headers = np.empty(n, np.uint8), np.zeros(rule.blocks(n), _HEADER)
    units = np.zeros((max(rule.groups(n), 1), 2), np.float32)
    done = load(KERNEL / "quantize.c", FLOAT32).encoded(
        pointer(np.array(rule.row(), np.int32)),
        pointer(np.ascontiguousarray(levels, np.float32)),
        pointer(flat),
        None if counted is None else pointer(np.ascontiguousarray(counted, np.float32)),
        ctypes.c_size_t(n),
        pointer(codes),
        pointer(headers),
        pointer(units),
        pointer(np.empty((len(headers), 5), np.float32)),
        pointer(np.empty((2, block), np.float32)),
    )
    if not done:
        raise FormatError("expected levels that are finite and not all zero")
    names = "scale", "negative", "offset", "below", "choice"
    scales, negative, offsets, below, choices = (headers[name].copy() for name in names)
    used = units[: rule.groups(n)]
    return Encoded(codes, scales, negative, offsets, below, choices, used)
