"""What a rule does on made-up gradients: its fingerprint, and how people would sort it.

The canonical gradients are those of two tensors whose coordinates have very different sizes, with a
steady part and noise, and two coordinates that never get any. A rule that is not finite there, or
does nothing, is none. Fingerprints look at updates and slots: rules that take signs agree in their
updates long before they are the same (a hash in the manner of unified functional hashing, arXiv
2302.05433). They also look at a few steps beyond, at which gradients are a hundred times as large
and the number of the step jumps ahead: bounds and counters make a difference only there.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.workloads import columns_of
from elitemap.native.pointers import pointer
from elitemap.searchspaces.optimizers.rules import used_slots
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, workspace
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.machine import load
from elitemap.searchspaces.programs.tensors.matrices import NAMES

KERNEL = Path(__file__).resolve().parent / "kernel"

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

#: Steps, and shapes of the two tensors.
STEPS, SHAPES = 30, ((8, 5), (24,))

#: Numbers of the steps beyond, and how much larger gradients are there.
_BEYOND, _LARGER = (70.0, 71.0, 250.0, 251.0, 1000.0, 1001.0), 100.0

#: Coordinates that never get a gradient.
_SILENT = (7, 50)

#: Mantissa bits of updates and slots that count.
BITS = 16

#: Factor between the gradients by which the exponent is measured; negative, so that what stays the
#: same does not look at gradients at all.
_FACTOR = -16.0

#: An update that follows neither the newest gradient nor the one before by as much of its size
#: says nothing of which counts more.
_FOLLOWS = 0.06

#: Rules of one call of the kernel: bounds the memory.
_CALL = 256


@cache
def canonical() -> tuple[Singles, Singles, Singles]:
    """Parameters and gradients, float32[steps, 64] each, and numbers of the steps."""
    rng = np.random.default_rng(20_230_213)
    n = sum(int(np.prod(shape)) for shape in SHAPES)
    sizes = rng.permutation(np.geomspace(1e-3, 10.0, n))
    steady = rng.standard_normal(n)
    steady = steady * np.where(np.arange(STEPS)[:, None] < STEPS // 2, 1.0, rng.choice([-1, 1], n))
    gradients = sizes * (steady + rng.standard_normal((STEPS, n)))
    parameters = 0.3 * (
        rng.standard_normal(n) + 0.1 * np.cumsum(rng.standard_normal((STEPS, n)), 0)
    )
    rest = len(_BEYOND)
    further = _LARGER * sizes * (steady[:rest] + rng.standard_normal((rest, n)))
    gradients = np.concatenate([gradients, further])
    gradients[:, list(_SILENT)] = 0.0
    parameters = np.concatenate([parameters, parameters[-rest:]])
    numbers = np.array([*range(1, STEPS + 1), *_BEYOND])
    return (
        parameters.astype(np.float32),
        gradients.astype(np.float32),
        numbers.astype(np.float32),
    )


def behave(
    programs: Batch,
    parameters: Singles,
    gradients: Singles,
    shapes: Sequence[tuple[int, ...]],
    numbers: Singles | None = None,
    must: int | None = None,
) -> tuple[NDArray[np.uint64], Singles]:
    """Run rules on given parameters and gradients.

    Args:
        programs: n rules.
        parameters: float32[steps, entries], at each step.
        gradients: float32[steps, entries].
        shapes: Of the tensors, which lie one behind the other.
        numbers: float32[steps], of the steps; 1, 2, 3, ... if left out.
        must: First steps at which a rule must be finite; all if left out.

    Returns:
        uint64[n], a hash of updates (next to their common size) and slots up to where they are not
        finite, 0 for rules that are not where they must be; float32[n, steps, entries], the
        updates, which end where they are not finite.
    """
    steps, entries = gradients.shape
    numbers = np.arange(1, steps + 1) if numbers is None else numbers
    first = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)], dtype=np.int32)
    kernel = load(KERNEL / "behaviour.c")
    kernel.behave_floats.restype = ctypes.c_size_t
    floats = kernel.behave_floats(
        ctypes.c_size_t(entries), len(shapes), len(programs.signature.states)
    )
    hashes = np.empty(len(programs), np.uint64)
    updates = np.zeros((len(programs), steps, entries), np.float32)
    kernel.behave(
        *batch_arguments(programs),
        pointer(np.ascontiguousarray(parameters, np.float32)),
        pointer(np.ascontiguousarray(gradients, np.float32)),
        pointer(np.ascontiguousarray(numbers, np.float32)),
        ctypes.c_int(steps),
        ctypes.c_int(steps if must is None else must),
        pointer(first),
        pointer(columns_of(shapes)),
        ctypes.c_int(len(shapes)),
        ctypes.c_int(BITS),
        pointer(workspace(floats, np.float32)),
        pointer(hashes),
        pointer(updates),
    )
    return hashes, updates


def canonical_updates(programs: Batch, factor: float = 1.0) -> tuple[NDArray[np.uint64], Singles]:
    """:func:`behave` on the canonical gradients times a factor; updates without those beyond."""
    parameters, gradients, numbers = canonical()
    scaled = gradients * np.float32(factor)
    hashes, updates = behave(programs, parameters, scaled, SHAPES, numbers, STEPS)
    return hashes, updates[:, :STEPS]


@cache
def _noise() -> tuple[Singles, Singles]:
    """Noise without a steady part, float32[steps, 64] of unit size, and that as gradients."""
    rng = np.random.default_rng(1_952)
    entries = canonical()[1].shape[1]
    noise = rng.standard_normal((STEPS, entries))
    noise[:, list(_SILENT)] = 0.0
    sizes = rng.permutation(np.geomspace(1e-3, 10.0, entries))
    return noise.astype(np.float32), (sizes * noise).astype(np.float32)


def newest(programs: Batch) -> Floats:
    """float64[n]: what the newest gradient counts in updates next to the one before, 0 to 1.

    Half where both count the same, as in an average over many steps; 1 where a rule has no memory
    of directions, near it where it looks ahead like Nesterov's or mixes the newest gradient with a
    long memory; 0 where the newest gradient comes in a step late. The gradients are noise: of a
    linear filter of noise behind whatever function of one variable the correlation with the noise
    tells the filter up to a factor (Bussgang 1952), and so signs and quotients do no harm.
    """
    noise, gradients = _noise()
    parameters, _, numbers = canonical()
    _, updates = behave(programs, parameters[:STEPS], gradients, SHAPES, numbers[:STEPS], 0)
    with np.errstate(all="ignore"):
        size = np.sqrt(np.square(updates).mean(axis=1, keepdims=True))
        scaled = np.nan_to_num(updates / size, nan=0.0, posinf=0.0, neginf=0.0)
    now = np.einsum("nti,ti->n", scaled[:, 1:], noise[1:], dtype=np.float64)
    before = np.einsum("nti,ti->n", scaled[:, 1:], noise[:-1], dtype=np.float64)
    both = np.abs(now) + np.abs(before)
    known = np.maximum(np.abs(now), np.abs(before)) > _FOLLOWS * noise[1:].size
    # Whether a rule goes up or down is for its learning rate to say.
    lead = np.where(np.abs(now) >= np.abs(before), now, before)
    share = 0.5 + 0.5 * np.sign(lead) * (now - before) / np.where(known, both, 1.0)
    return np.where(known, share, 0.5)


@dataclass(frozen=True)
class Behaviour:
    """How n rules behave.

    Attributes:
        sane: bool[n], whether updates and slots are finite, and updates follow the gradients.
        fingerprint: uint64[n].
        slots: float64[n], tensors that are remembered.
        cost: float64[n], of the program.
        exponent: float64[n], the power of the gradients' size by which updates grow: 1 for gradient
            descent, 0 for what only looks at directions.
        flatness: float64[n], mean magnitude of an update's entries over their root mean square: 1
            where all are equally large, as of a sign.
        newest: float64[n], see :func:`newest`.
        matrices: float64[n], operations that look at tensors as matrices.
    """

    sane: NDArray[np.bool_]
    fingerprint: NDArray[np.uint64]
    slots: Floats
    cost: Floats
    exponent: Floats
    flatness: Floats
    newest: Floats
    matrices: Floats

    @property
    def measures(self) -> Floats:
        """float64[n, 6], in the order slots, cost, exponent, flatness, newest, matrices."""
        columns = self.slots, self.cost, self.exponent, self.flatness, self.newest, self.matrices
        return np.stack(columns, axis=1)


def observe(programs: Batch) -> Behaviour:
    """The behaviour of canonical rules."""
    parts = [
        _observe(programs.take(np.arange(at, min(at + _CALL, len(programs)))))
        for at in range(0, max(len(programs), 1), _CALL)
    ]
    columns = (np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Behaviour))
    return Behaviour(*columns)


def _observe(programs: Batch) -> Behaviour:
    hashes, updates = canonical_updates(programs)
    turned = canonical_updates(programs, _FACTOR)[1]
    late, grown = _late(updates), _late(turned)
    with np.errstate(all="ignore"):
        size = _size(late)
        exponent = np.log(_size(grown) / size) / np.log(abs(_FACTOR))
        flatness = np.abs(late).mean(axis=1) / size
    return Behaviour(
        sane=(hashes != 0) & (size > 0) & np.isfinite(size) & _differ(updates, turned),
        fingerprint=hashes,
        slots=remembered(programs),
        cost=cost_of(programs),
        exponent=np.clip(np.nan_to_num(exponent, nan=0.0), -4.0, 4.0),
        flatness=np.clip(np.nan_to_num(flatness, nan=0.0), 0.0, 1.0),
        newest=newest(programs),
        matrices=_sum_of(programs, np.array([p.name in NAMES for p in TENSORS.primitives])),
    )


def _differ(updates: Singles, others: Singles) -> NDArray[np.bool_]:
    """bool[n], rows that are not the same."""
    differ: NDArray[np.bool_] = (updates != others).any(axis=(1, 2))
    return differ


def _late(updates: Singles) -> Floats:
    """float64[n, m]: the last third of all updates, where there are gradients."""
    kept = np.delete(updates[:, -STEPS // 3 :], _SILENT, axis=2).astype(np.float64)
    return np.ascontiguousarray(kept).reshape(len(updates), kept.shape[1] * kept.shape[2])


def _size(updates: Floats) -> Floats:
    size: Floats = np.sqrt(np.square(updates).mean(axis=1))
    return size


def remembered(programs: Batch) -> Floats:
    """float64[n], slots that reach the update and change."""
    settled = programs.take(np.arange(len(programs)))
    used = used_slots(settled)
    first = len(programs.signature.inputs)
    places = np.arange(len(programs.signature.states))
    written = settled.output[:, 1:] != first + places
    count: Floats = ((places < used[:, None]) & written).sum(axis=1).astype(np.float64)
    return count


def cost_of(programs: Batch) -> Floats:
    """float64[n], what rules cost by the dialect's cost model."""
    return _sum_of(programs, np.array([p.cost for p in TENSORS.primitives]))


def _sum_of(programs: Batch, worth: NDArray[Any]) -> Floats:
    """float64[n], the sum over all instructions of what each opcode is worth."""
    live = np.arange(programs.length) < programs.size[:, None]
    total: Floats = (worth.astype(np.float64)[programs.opcode] * live).sum(axis=1)
    return total
