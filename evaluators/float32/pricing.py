"""What whole programs cost by the static model, for batches."""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX2, AVX512, Table

#: The models by name.
MODELS = {"avx2": AVX2, "avx512": AVX512}

#: What a cycle of latency costs beside one of throughput: loops overlap most of it.
LATENCY = 0.25


def costs(batch: Batch, table: Table) -> NDArray[np.float64]:
    """float64[n], cycles for one vector: throughput, and a quarter of the latency.

    Args:
        batch: n programs in ``float32`` without dead code, of one output.
        table: :data:`~elitemap.searchspaces.programs.float32.cycles.AVX2` or ``AVX512``.
    """
    used = [table.get(p.name, ()) for p in batch.dialect.primitives]
    latency = np.array([sum(u.latency for u in row) for row in used])
    throughput = np.array([sum(u.throughput for u in row) for row in used])
    every = np.arange(len(batch))
    ready = np.zeros((len(batch), batch.length + 1))
    total = np.zeros(len(batch))
    for k in range(batch.length):
        code, inside = batch.opcode[:, k], k < batch.size
        # Operands beyond an operation's own are 0, the argument, which is ready at once.
        start = ready[every[:, None], batch.operand[:, k]].max(axis=1)
        ready[:, k + 1] = start + latency[code]
        total += np.where(inside, throughput[code], 0.0)
    found: NDArray[np.float64] = total + LATENCY * ready[every, batch.output[:, 0]]
    return found
