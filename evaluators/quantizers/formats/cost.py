"""What decoding a weight costs, in operations.

A program costs its operations, and one to make a number of the code if it reads that number. A
table costs a look-up and an eighth for each entry (which sit in registers or in a cache), one more
for a sign and one for what a choice adds; sums cost another look-up and the sum. Then there is the
product with the scale and the sum with an offset. What a block has once is shared by its weights: a
scale is converted in one operation, and multiplied by its unit in another. A rotation of 2^k
weights costs a sum for each in each of k rounds, and a product; a weight that is stored apart an
address and a store, shared by its span.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.quantizers.formats.elements import (
    MIRRORED,
    PROGRAM,
    SHIFTED,
    SUMS,
    entries_of,
)
from elitemap.searchspaces.quantizers.formats.quantizers import Quantizers
from elitemap.searchspaces.quantizers.formats.rule import E4M3, FP32, SPAN

#: A table: the look-up, and each entry.
LOOKUP, ENTRY = 1.0, 0.125

#: A weight that is stored apart.
_APART = 2.0

_COST = np.array([p.cost for p in FLOAT32.primitives])
_ARITY = np.array([len(p.operands) for p in FLOAT32.primitives])
_WORDS = np.array(
    [p.result == "word" or p.name in ("fromint", "single") for p in FLOAT32.primitives]
)
_FROM_INT = FLOAT32.opcodes["fromint"]


def costs(batch: Quantizers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Operations of each row, and which rows have levels by whole numbers alone.

    Returns:
        float64[n] and bool[n].
    """
    slots = np.arange(batch.opcode.shape[1])
    used = slots < batch.size[:, None]
    program = (_COST[batch.opcode] * used).sum(axis=1)
    reading = used[..., None] & (np.arange(3) < _ARITY[batch.opcode][..., None])
    reads = (reading & (batch.operand == 0)).any(axis=(1, 2)) | (batch.output[:, 0] == 0)
    bits = batch.rule[:, 0]
    entries = np.array(
        [entries_of(s, b) for s, b in zip(batch.shape.tolist(), bits.tolist(), strict=True)]
    )
    once = np.isin(batch.shape, (MIRRORED, SHIFTED))
    table = LOOKUP + ENTRY * entries + once + (2 + LOOKUP) * (batch.shape == SUMS)
    levels = np.where(batch.shape == PROGRAM, program + reads, table)
    return np.asarray(levels + _frame(batch.rule)), _whole(batch, used, reads)


def _frame(rule: NDArray[np.int32]) -> NDArray[np.float64]:
    """What is beside the levels."""
    codec, block = rule[:, 2], rule[:, 1].astype(np.float64)
    offset, choice = rule[:, 7] > 0, rule[:, 8]
    each = (codec != FP32) * 1.0 + (codec >= E4M3)
    once = each * (1 + offset) + choice
    shared = np.divide(once, block, out=np.zeros(len(rule)), where=block > 0)
    rotated = rule[:, 10].astype(np.float64)
    rounds = np.log2(np.maximum(rotated, 1.0)) + (rotated > 0)
    return np.asarray(1.0 + offset + shared + rounds + _APART * rule[:, 9] / SPAN)


def _whole(
    batch: Quantizers, used: NDArray[np.bool_], reads: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rows whose levels are whole numbers: by operations on words, or in a table."""
    last = np.take_along_axis(batch.opcode, np.maximum(batch.size - 1, 0)[:, None].astype(int), 1)
    made = np.where(used, batch.opcode == _FROM_INT, False).sum(axis=1)
    words = (_WORDS[batch.opcode] | ~used).all(axis=1)
    uniform = (batch.size == 0) & (batch.output[:, 0] == 0)
    whole = words & ~reads & (made == 1) & (last[:, 0] == _FROM_INT) | uniform
    return np.asarray(np.where(batch.shape == PROGRAM, whole, batch.whole == 1))


def cost_of(batch: Quantizers) -> float:
    """Operations of the only row."""
    return float(costs(batch)[0][0])
