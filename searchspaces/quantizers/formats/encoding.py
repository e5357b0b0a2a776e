"""One tensor to codes and scales, by the compiled kernel."""

import ctypes
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.formats.rule import OUTLIERS, SPAN, FormatError, Rule

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"


#: Blocks that the kernel looks at together.
_LANES = 16

#: The seed where no other is wanted, as in the kernel.
FIRST_SEED = 1


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
        places: uint8[spans, outliers], of weights that are stored apart, in their spans.
        values: uint16[spans, outliers], the bits of those weights as bfloat16.
        seed: Of lots, where rounding is stochastic.
    """

    codes: NDArray[np.uint8]
    scales: NDArray[np.uint32]
    negative: NDArray[np.uint8]
    offsets: NDArray[np.uint32]
    below: NDArray[np.uint8]
    choices: NDArray[np.uint8]
    units: NDArray[np.float32]
    places: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 0), np.uint8))
    values: NDArray[np.uint16] = field(default_factory=lambda: np.empty((0, 0), np.uint16))
    seed: int = FIRST_SEED


_HEADER = np.dtype(
    [("scale", "u4"), ("offset", "u4"), ("negative", "u1"), ("below", "u1"), ("choice", "u1")],
    align=True,
)


class Scratch:
    """Memory of the kernels that encode tensors of up to n weights in blocks of up to ``block``.

    Attributes:
        codes: uint8[n].
        headers: [n / least], of blocks.
        units: float32[n / least, 2].
        places: uint8[spans, most outliers].
        values: uint16[spans, most outliers].
    """

    def __init__(self, n: int, least: int, block: int) -> None:
        """Memory for blocks of ``least`` to ``block`` weights."""
        blocks, spans = -(-n // least), -(-n // SPAN)
        self.codes = np.empty(n, np.uint8)
        self.headers = np.zeros(blocks, _HEADER)
        self.units = np.zeros((blocks, 2), np.float32)
        self.places = np.zeros((spans, OUTLIERS[-1]), np.uint8)
        self.values = np.zeros((spans, OUTLIERS[-1]), np.uint16)
        self._arrays = [
            *(self.codes, self.headers, self.units, self.places, self.values),
            np.empty((blocks // _LANES + 1, 4, _LANES), np.float32),
            np.empty(2 * _LANES * min(block, SPAN) + 2 * (block + _LANES), np.float32),
            *(np.empty(n, np.float32) for _ in range(3)),
        ]

    def pointers(self) -> ctypes.Array[ctypes.c_void_p]:
        """The addresses, in the order of the kernel's struct."""
        return (ctypes.c_void_p * len(self._arrays))(*(a.ctypes.data for a in self._arrays))


def encode(
    rule: Rule,
    levels: NDArray[np.float32],
    weights: NDArray[np.float32],
    importance: NDArray[np.float32] | None = None,
    seed: int = FIRST_SEED,
) -> Encoded:
    """Encode a tensor.

    Args:
        rule: The layout.
        levels: float32[choices, codes], what codes stand for.
        weights: float32[n], n > 0, finite.
        importance: float32[n], what a squared error of each weight counts, finite, not negative
            and not all 0; None where all count alike.
        seed: From 0 to 2^32 - 1, for lots where rounding is stochastic.

    Raises:
        FormatError: If there are no weights, one is not finite, or levels are not.
    """
    n = weights.size
    if not n or not np.isfinite(weights).all():
        raise FormatError(
            f"expected finite weights, got {'none' if not n else 'NaN or infinity'}: replace them"
        )
    flat = np.ascontiguousarray(weights.reshape(-1), np.float32)
    counted = None if importance is None else importance / importance.max()
    scratch = Scratch(n, rule.block or n, rule.block or n + _LANES)
    done = load(KERNEL / "quantize.c", FLOAT32).encoded(
        pointer(np.array(rule.row(), np.int32)),
        pointer(np.ascontiguousarray(levels, np.float32)),
        pointer(flat),
        None if counted is None else pointer(np.ascontiguousarray(counted, np.float32)),
        ctypes.c_size_t(n),
        ctypes.c_uint32(seed),
        scratch.pointers(),
    )
    if not done:
        raise FormatError("expected levels that are finite and not all zero")
    names = "scale", "negative", "offset", "below", "choice"
    scales, negative, offsets, below, choices = (scratch.headers[name].copy() for name in names)
    apart = rule.apart(n)
    shape = -1, max(rule.outliers, 1)
    return Encoded(
        scratch.codes,
        scales,
        negative,
        offsets,
        below,
        choices,
        scratch.units[: rule.groups(n)],
        scratch.places.reshape(-1)[:apart].reshape(shape),
        scratch.values.reshape(-1)[:apart].reshape(shape),
        seed,
    )


def kinds(levels: NDArray[np.float32]) -> int:
    """``KINDS`` of the kernel: a bit for each way that these levels may be looked for.

    It is the same on every machine.

    Args:
        levels: float32[choices, codes], finite, not all zero in any row.
    """
    made = 0
    for row in np.ascontiguousarray(levels, np.float32):
        of = load(KERNEL / "quantize.c", FLOAT32).kinds_of(pointer(row), ctypes.c_int(row.size))
        made |= int(of)
    return made
