"""Training runs in the compiled kernel, which has the gradients of its workloads by hand."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.jobs import MOST, Jobs, Trained
from elitemap.evaluators.optimizers.workloads import HELD, LONGEST, Workload, digits, luck, matrix
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, workspace
from elitemap.searchspaces.programs.tensors.machine import load

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: Jobs of one call: what a user who interrupts has to wait for.
_CALL = 64

_FAMILIES = {"network": 0, "quadratic": 1, "rosenbrock": 2}

_TILE = 16


class _Workload(ctypes.Structure):
    """``workload`` of ``kernel/trainer.c``."""

    _fields_ = (
        *((n, ctypes.c_int) for n in "family tensors layers examples held batch steps dim".split()),
        *((n, ctypes.c_void_p) for n in "first columns width label batches".split()),
        *((n, ctypes.c_void_p) for n in "input matrix optimum noise begin".split()),
    )


@dataclass(frozen=True, eq=False)
class CompiledRuns:
    """A workload with the luck of several runs, as the kernel takes it.

    Attributes:
        workload: What is trained.
        structure: The C structure.
        arrays: What it points into.
    """

    workload: Workload
    structure: _Workload
    arrays: tuple[NDArray[Any], ...]

    def begin(self, place: int) -> NDArray[np.float32]:
        """float32[entries], first parameters of a run."""
        first: NDArray[np.float32] = self.arrays[-1][place]
        return first

    def train(self, programs: Batch, jobs: Jobs, steps: int, keep: bool) -> Trained:
        """See :func:`elitemap.evaluators.optimizers.training.traced`."""
        return _train(programs, self, jobs, steps, keep)

    def gradients(self, place: int, steps: int) -> NDArray[np.float32]:
        """float32[steps, entries]: gradients at the first parameters, on the first batches."""
        kernel = _kernel()
        out = np.empty((steps, self.workload.entries), np.float32)
        floats = kernel.bench_floats(ctypes.byref(self.structure), 0)
        kernel.gradients(
            ctypes.byref(self.structure),
            ctypes.c_int64(place),
            ctypes.c_int(steps),
            pointer(workspace(floats, np.float32)),
            pointer(out),
        )
        return out

    def prober(self) -> "Prober":
        """Losses and gradients at any parameters, for what is no rule."""
        kernel = _kernel()
        floats = kernel.bench_floats(ctypes.byref(self.structure), 0)
        return Prober(self, workspace(floats, np.float32))


@dataclass(frozen=True, eq=False)
class Prober:
    """A workload at parameters of the caller's.

    Attributes:
        of: The runs.
        memory: What the kernel works in.
    """

    of: CompiledRuns
    memory: NDArray[np.float32]

    def slope(
        self, place: int, step: int, w: NDArray[np.float32]
    ) -> tuple[float, NDArray[np.float32]]:
        """Loss and gradient, float32[entries], on the batch of a step (from 0 on) of a run."""
        gradient = np.empty_like(w)
        return self._asked(place, step, w, pointer(gradient)), gradient

    def final(self, w: NDArray[np.float32]) -> float:
        """The loss that counts at the end."""
        return self._asked(0, 0, w, None)

    def _asked(self, place: int, step: int, w: NDArray[np.float32], gradient: Any) -> float:
        kernel = _kernel()
        kernel.probe.restype = ctypes.c_double
        return float(
            kernel.probe(
                ctypes.byref(self.of.structure),
                ctypes.c_int64(place),
                ctypes.c_int(step),
                pointer(self.memory),
                pointer(w),
                gradient,
            )
        )


def compiled_runs(workload: Workload, purpose: str, numbers: Sequence[int]) -> CompiledRuns:
    """Runs of the given numbers; jobs name them by their places."""
    chances = [luck(workload, purpose, number) for number in numbers]
    network = workload.family == "network"
    images, labels = digits() if network else (np.empty((0, 1), np.float32), np.empty(0, np.int32))
    padded = np.pad(images, ((0, 0), (0, -images.shape[1] % _TILE))) if network else images
    whole, optimum = (np.empty(0), np.empty(0)) if network else matrix(workload)
    arrays: dict[str, NDArray[Any]] = {
        "first": workload.first,
        "columns": workload.columns,
        "width": np.array(workload.shape, np.int32),
        "label": labels,
        "batches": np.stack([c.batches for c in chances]),
        "input": np.ascontiguousarray(padded, np.float32),
        "matrix": np.ascontiguousarray(whole, np.float32),
        "optimum": np.ascontiguousarray(optimum, np.float32),
        "noise": np.stack([c.noise for c in chances]),
        "begin": np.stack([c.begin for c in chances]),
    }
    structure = _Workload(
        family=_FAMILIES[workload.family],
        tensors=len(workload.tensors),
        layers=len(workload.shape) - 1 if network else 0,
        examples=len(labels),
        held=HELD if network else 0,
        batch=workload.batch,
        steps=LONGEST * workload.steps,
        dim=workload.entries,
        **{name: array.ctypes.data for name, array in arrays.items()},
    )
    return CompiledRuns(workload, structure, tuple(arrays.values()))


def _train(programs: Batch, of: CompiledRuns, jobs: Jobs, steps: int, keep: bool) -> Trained:
    kernel, states = _kernel(), len(programs.signature.states)
    m, entries = len(jobs.row), of.workload.entries
    loss = np.empty(m)
    trace = np.full((m if keep else 0, steps), np.nan)
    finals = np.empty((m if keep else 0, entries), np.float32)
    row, place = (np.ascontiguousarray(a, np.int64) for a in (jobs.row, jobs.place))
    rate = np.ascontiguousarray(jobs.rate)
    floats = kernel.bench_floats(ctypes.byref(of.structure), states)
    for at in range(0, m, _CALL):
        part = slice(at, min(at + _CALL, m))
        kernel.train(
            *batch_arguments(programs),
            ctypes.byref(of.structure),
            ctypes.c_size_t(part.stop - at),
            pointer(row[part]),
            pointer(place[part]),
            pointer(rate[part]),
            ctypes.c_int(steps),
            ctypes.c_double(MOST),
            pointer(workspace(floats, np.float32)),
            pointer(loss[part]),
            pointer(trace[part]) if keep else None,
            pointer(finals[part]) if keep else None,
        )
    return loss, trace, finals


def _kernel() -> ctypes.CDLL:
    kernel = load(KERNEL / "trainer.c")
    kernel.bench_floats.restype = ctypes.c_size_t
    return kernel
