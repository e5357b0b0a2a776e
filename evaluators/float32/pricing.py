"""What whole programs cost, for batches: by a static model, or by one that was measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.float32.measuring.model import MEASURED, Fitted, read
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX2, AVX512, Instruction

#: The static models by name.
MODELS = {"avx2": AVX2, "avx512": AVX512}

Model = Mapping[str, tuple[Instruction, ...]] | Fitted

#: What a cycle of latency costs beside one of throughput: loops overlap most of it.
LATENCY = 0.25


@dataclass(frozen=True)
class Chosen:
    """The model that the option ``cpu`` names.

    Attributes:
        name: For people, and for the problem: costs by different models are not comparable.
        model: The model.
        doubt: Why it is not the one that was asked for; empty if it is.
    """

    name: str
    model: Model
    doubt: str = ""


def chosen(text: str) -> Chosen:
    """The model of a value of the option ``cpu``: a name, a measured model, or a name and a reason.

    Raises:
        UsageError: For anything else.
    """
    if text.startswith(f"{MEASURED} "):
        fitted = read(text)
        return Chosen(fitted.short, fitted)
    name, _, doubt = text.partition(": ")
    if name not in MODELS:
        raise UsageError(f"expected cpu as {MEASURED}, {' or '.join(MODELS)}, got {text[:40]!r}")
    return Chosen(name, MODELS[name], doubt)


def costs(batch: Batch, table: Model) -> NDArray[np.float64]:
    """float64[n], cycles for one vector.

    Args:
        batch: n programs in ``float32`` without dead code, of one output.
        table: A static model, by which it is throughput and a quarter of the latency, or one that
            was measured.
    """
    if isinstance(table, Fitted):
        return table.costs(batch)
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
