"""The process that trains models: it runs somebody's code, and can be ended if that takes too long.

    python -m elitemap.evaluators.optimizers.models.child DESCRIPTOR

It answers requests on a socket until that is closed. Each is a tuple, and each answer a pair:
``"is"`` and what was asked for, or ``"wrong"`` and one line.
"""

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import jax
import numpy as np

from elitemap.archive.errors import ElitemapError
from elitemap.evaluators.optimizers.models.loop import UPDATE, Loop, compiled
from elitemap.evaluators.optimizers.models.source import ModelError
from elitemap.evaluators.optimizers.workloads import columns_of
from elitemap.native import toolchain
from elitemap.native.cache import cache_base
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, workspace
from elitemap.searchspaces.programs.kernels import KERNEL as MACHINE
from elitemap.searchspaces.programs.tensors.machine import machine_header

#: Untyped, unlike the rest of JAX.
pycapsule: Any = jax.ffi.pycapsule

#: Folder of the kernel's source.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: Seconds between looks whether the process that asks is still there.
_WATCH = 1.0


class Server:
    """Models by digest, compiled, and how often anything was compiled."""

    def __init__(self) -> None:
        """A server without models."""
        self.loops: dict[tuple[str, int], Loop] = {}
        self.compilations = 0
        header = f"/* jaxlib {version('jaxlib')} */\n{machine_header()}"
        folders = MACHINE, Path(jax.ffi.include_dir())
        self.kernel = toolchain.load(KERNEL / "update.c", header, *folders)
        self.kernel.plan_bytes.restype = self.kernel.plan_floats.restype = ctypes.c_size_t
        handler = pycapsule(self.kernel.update_parameters)
        jax.ffi.register_ffi_target(UPDATE, handler, platform="cpu")
        jax.monitoring.register_event_duration_secs_listener(self._heard)

    def _heard(self, event: str, duration_secs: float, **kwargs: str | int) -> None:
        self.compilations += event.endswith("backend_compile_duration")

    def answers(self, what: str, *given: Any) -> Iterator[Any]:
        """What a request is answered with, one after the other.

        Raises:
            ModelError: If the model is none.
        """
        named: dict[str, Callable[..., Iterator[Any]]] = {
            "make": self.make,
            "begin": self.begin,
            "slopes": self.slopes,
            "train": self.train,
            "compilations": lambda: iter([self.compilations]),
        }
        yield from named[what](*given)

    def make(self, model: tuple[str, int], content: Any) -> Iterator[Any]:
        """Compile a model that is not known yet; its shape."""
        if model not in self.loops:
            self.loops[model] = compiled(content.load(), model[1])
        yield self.loops[model].shape

    def begin(self, model: tuple[str, int], key: Any) -> Iterator[Any]:
        """First parameters."""
        yield np.asarray(self.loops[model].begin(key))

    def slopes(self, model: tuple[str, int], key: Any, steps: int) -> Iterator[Any]:
        """Gradients at the first parameters on the examples of the first steps."""
        loop = self.loops[model]
        w = loop.begin(key)
        yield np.stack([np.asarray(loop.slope(w, key, np.int32(at))) for at in range(steps)])

    def train(
        self, model: tuple[str, int], programs: Batch, jobs: list[Any], steps: int, most: float
    ) -> Iterator[Any]:
        """For each job (row, key, rate): loss that counts, losses of the steps, parameters."""
        loop = self.loops[model]
        first = np.cumsum([0, *(int(np.prod(s)) for s in loop.shape.tensors)], dtype=np.int32)
        columns = columns_of(loop.shape.tensors)
        states, tensors = len(programs.signature.states), len(loop.shape.tensors)
        floats = self.kernel.plan_floats(ctypes.c_size_t(int(first[-1])), tensors, states)
        memory = workspace(floats, np.float32)
        plan = workspace(self.kernel.plan_bytes(), np.uint8)
        address = np.array([plan.ctypes.data], np.uint64).view(np.uint32)
        for row, key, rate in jobs:
            self.kernel.plan_rule(
                *batch_arguments(programs),
                ctypes.c_size_t(row),
                pointer(first),
                pointer(columns),
                ctypes.c_int(tensors),
                pointer(memory),
                pointer(plan),
            )
            begun = loop.begin(key)
            w, at_first, last, trace = loop.train(
                begun, key, address, np.float32(rate), np.int32(steps), np.float32(most)
            )
            loss, bound = float(loop.judge(w)), most * float(at_first)
            good = float(last) <= bound and loss <= bound
            yield loss if good else np.nan, np.asarray(trace)[:steps], np.asarray(w)


def serve(connection: Connection) -> None:
    """Answer until the other end is closed."""
    # Processes of one search, and the next search, compile the same.
    settings: Any = jax.config
    settings.update("jax_compilation_cache_dir", str(cache_base() / "models"))
    settings.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    server = Server()
    connection.send(("is", "ready"))
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        try:
            for answer in server.answers(*request):
                connection.send(("is", answer))
        except (ModelError, ElitemapError) as error:
            connection.send(("wrong", str(error)))


def _end_with(parent: int) -> None:
    """End when the process that asked has ended, whatever this one is doing then."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    serve(Connection(int(sys.argv[1])))
