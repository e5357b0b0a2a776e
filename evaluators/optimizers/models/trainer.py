"""The other end of the process that trains models: asks, waits as long as it may, and ends it.

XLA cannot be interrupted, and a user's function may never return; a process can be killed. There is
one for each process of a search, with all its models; it begins when it is first asked.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError, UsageError
from elitemap.evaluators.optimizers.models.source import Shape, Source
from elitemap.searchspaces.programs.batch import Batch

#: Seconds in which JAX must be loaded, and a model compiled beside the time of one run.
STARTING, COMPILING = 180.0, 120.0

#: How XLA runs: on this processor, with one thread. Workers are as many as there are cores.
_SETTINGS = {"JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1"}
_FLAGS = "--xla_cpu_multi_thread_eigen=false --xla_force_host_platform_device_count=1"


class LateError(Exception):
    """A run took longer than it may; the process was ended."""


class Trainer:
    """A process that trains models, begun and begun again when it is asked.

    Attributes:
        process: None before the first question, and after it was ended.
    """

    def __init__(self) -> None:
        """A trainer whose process has not begun."""
        self.process: subprocess.Popen[bytes] | None = None
        self.connection: Connection
        self.known: set[tuple[str, int]] = set()

    def shape(self, source: Source, steps: int) -> Shape:
        """Compile a model for runs of so many steps, unless that was done.

        Raises:
            UsageError: If it is no model, or takes too long.
            SearchError: If there is no JAX, or the process ends.
        """
        model = source.digest, steps
        self._begin()
        try:
            told = self._one(source, COMPILING + source.limit, "make", model, source.content())
        except LateError:
            raise UsageError(
                f"expected {source.told} to compile and return within "
                f"{COMPILING + source.limit:.0f} s, it did not; look for a loop without end, or "
                "allow more by --set limit=SECONDS"
            ) from None
        self.known.add(model)
        assert isinstance(told, Shape)
        return told

    def begin(self, source: Source, steps: int, key: NDArray[np.uint32]) -> NDArray[np.float32]:
        """float32[entries], the first parameters of a key (uint32[2])."""
        return self._array(source, steps, "begin", key)

    def slopes(
        self, source: Source, steps: int, key: NDArray[np.uint32], number: int
    ) -> NDArray[np.float32]:
        """float32[number, entries], gradients at the first parameters."""
        return self._array(source, steps, "slopes", key, number)

    def train(
        self,
        source: Source,
        steps: tuple[int, int],
        programs: Batch,
        jobs: list[tuple[int, NDArray[np.uint32], float]],
        most: float,
    ) -> Iterator[tuple[float, NDArray[np.float32], NDArray[np.float32]] | None]:
        """Runs one after the other: final loss or NaN, losses, parameters; None if it was too slow.

        Args:
            source: The model.
            steps: Those that it was compiled for, and those of these runs.
            programs: Update rules.
            jobs: Row of a rule, key of the run, learning rate.
            most: A run ends where its loss is so many times the first one.

        Raises:
            SearchError: If the process ends by itself.
        """
        left = jobs
        while left:
            model = self._made(source, steps[0])
            self._ask("train", model, programs, left, steps[1], most)
            for k in range(len(left)):
                try:
                    yield self._answer(source, source.limit)
                except LateError:
                    yield None
                    left = left[k + 1 :]
                    break
            else:
                return

    def compilations(self) -> int:
        """How often anything was compiled since the process began."""
        self._begin()
        self._ask("compilations")
        kind, told = self.connection.recv()
        return int(told)

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.connection.close()
        self.process = None
        self.known.clear()

    def _made(self, source: Source, steps: int) -> tuple[str, int]:
        """The model's name in the process, which knows it now."""
        model = source.digest, steps
        if self.process is None or model not in self.known:
            self.shape(source, steps)
        return model

    def _array(self, source: Source, steps: int, what: str, *given: Any) -> NDArray[np.float32]:
        try:
            made = self._one(source, source.limit, what, self._made(source, steps), *given)
        except LateError:
            raise UsageError(
                f"expected {source.told} to return within {source.limit:.0f} s, it did not; allow "
                "more by --set limit=SECONDS"
            ) from None
        return np.asarray(made, np.float32)

    def _one(self, source: Source, seconds: float, *request: Any) -> Any:
        self._ask(*request)
        return self._answer(source, seconds)

    def _ask(self, *request: Any) -> None:
        try:
            self.connection.send(request)
        except OSError:
            raise self._ended() from None

    def _answer(self, source: Source, seconds: float) -> Any:
        try:
            if not self.connection.poll(seconds):
                self.end()
                raise LateError
            kind, told = self.connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if kind == "wrong":
            raise UsageError(f"cannot train {source.told}: {told}")
        return told

    def _ended(self) -> SearchError:
        process = self.process
        code = None if process is None else process.wait()
        self.end()
        return SearchError(
            f"expected the process that trains models to stay, it ended with {code}; is there "
            "enough memory for the model? (0.5 GB and more for each worker; --workers 1 has one)"
        )

    def _begin(self) -> None:
        """Begin the process, if there is none.

        Raises:
            SearchError: If there is no JAX, or it cannot be loaded.
        """
        if self.process is not None:
            return
        if find_spec("jax") is None:
            raise SearchError(
                "expected JAX to train this model, found none; install elitemap[jax], or train "
                "digits-mlp, digits-logistic, quadratic or rosenbrock, which need none"
            )
        ours, theirs = socket.socketpair()
        settings = {**os.environ, **_SETTINGS}
        settings["XLA_FLAGS"] = f"{settings.get('XLA_FLAGS', '')} {_FLAGS}".strip()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.child", str(theirs.fileno())],
                env=settings,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is none of its business
            )
        self.connection = Connection(ours.detach())
        try:
            if not self.connection.poll(STARTING):
                raise EOFError
            self.connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None


@cache
def trainer() -> Trainer:
    """That of this process."""
    return Trainer()


@cache
def model_shape(source: Source, steps: int) -> Shape:
    """What a model's parameters are; compiles it for runs of so many steps."""
    return trainer().shape(source, steps)
