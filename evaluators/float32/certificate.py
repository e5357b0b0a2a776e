"""What is proved of a program in float32: its error at every argument, through its exported C."""

import math
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elitemap.evaluators.float32 import beyond
from elitemap.evaluators.float32.compiled import FLAGS, NAME, compiled
from elitemap.evaluators.float32.functions import Function, Singles, exported
from elitemap.evaluators.float32.sweep import Progress, Sweep, sweep
from elitemap.evaluators.float32.timing import ELEMENTS, Timing, timings
from elitemap.native.toolchain import compiler_name
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.programs.program import Program

METHOD = "every float32 argument through the compiled C; near-ties by ball arithmetic"

#: The share of the time after which it is estimated how long the rest takes, the most seconds of
#: it, and by how much that may be wrong.
_PATIENCE, _LONGEST, _HOPE = 0.3, 10.0, 1.5


@dataclass(frozen=True)
class Judged:
    """A function at all its arguments.

    Attributes:
        inside: On the domain.
        outside: Beyond it, and special values.
    """

    inside: Sweep
    outside: beyond.Beyond

    @property
    def max_ulp(self) -> float:
        """The largest error, in units of the last place of the true value."""
        return max(self.inside.max_ulp, self.outside.ulp)

    @property
    def witness(self) -> float:
        """An argument of it."""
        inside = self.inside.max_ulp >= self.outside.ulp
        return self.inside.witness if inside else self.outside.witness

    @property
    def max_absolute_error(self) -> float:
        """The largest difference to the true value."""
        return max(self.inside.max_absolute_error, self.outside.absolute)

    @property
    def absolute_witness(self) -> float:
        """An argument of it."""
        inside = self.inside.max_absolute_error >= self.outside.absolute
        return self.inside.absolute_witness if inside else self.outside.absolute_witness


def judge(
    function: Function, single: Single, workers: int | None, progress: Progress
) -> Judged | None:
    """Compare a function with the true one at every float32 that it is asked for.

    Args:
        function: What is judged.
        single: What it shall be.
        workers: Threads; as many as there are cores if None.
        progress: Told arguments done and their number; False stops.

    Returns:
        What was found; None if it was stopped.

    Raises:
        SearchError: If the true function cannot be described; see
            :func:`elitemap.evaluators.float32.sweep.sweep`.
    """
    more = beyond.count(single)
    inside = sweep(
        function,
        single.expression,
        single.domain,
        workers=workers,
        progress=lambda done, arguments: progress(done, arguments + more),
    )
    if not inside.complete:
        return None
    every = inside.arguments + more
    outside = beyond.compare(
        function, single, lambda done: progress(inside.arguments + done, every)
    )
    return Judged(inside, outside) if outside.done == more else None


@dataclass(frozen=True)
class Proof:
    """A judgement and a timing, and what they are of."""

    single: Single
    judged: Judged
    timing: Timing
    compiler: str
    seconds: float

    @property
    def objectives(self) -> dict[str, float]:
        """What elites are told they are worth."""
        found = {
            "max_ulp": self.judged.max_ulp,
            "max_relative_error": self.judged.inside.max_relative_error,
            "max_absolute_error": self.judged.max_absolute_error,
        }
        if not self.timing.noisy:
            found |= {"ns": self.timing.ns, "ratio": self.timing.ratio}
        return found

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON object."""
        inside = self.judged.inside
        return {
            "method": METHOD,
            "target": str(self.single.expression),
            "domain": "every float32" if self.single.complete else list(self.single.domain),
            "arguments": inside.arguments + self.judged.outside.done,
            "max_ulp": self.judged.max_ulp,
            "witness": self.judged.witness,
            "max_relative_error": inside.max_relative_error,
            "relative_witness": inside.relative_witness,
            "max_absolute_error": self.judged.max_absolute_error,
            "absolute_witness": self.judged.absolute_witness,
            "misrounded": inside.misrounded,
            "unsettled": inside.unsettled,
            "ns": self.timing.ns,
            "ratio": self.timing.ratio,
            "spread": self.timing.spread,
            "compiler": self.compiler,
            "flags": " ".join(FLAGS),
            "seconds": round(self.seconds, 1),
        }


@dataclass
class Pace:
    """Whether a sweep will be done in time, so that nothing is begun in vain.

    Arguments whose results are subnormal come first and take some hundred times as long as others,
    so that it is the fastest part so far that tells what the rest takes. Time is that of the
    processor: other work on the machine makes a proof later and is no reason to give it up.

    Attributes:
        seconds: For everything, of each thread.
        threads: Of this process that run at a time.
        clock: Seconds of processors that this process has used.
    """

    seconds: float
    threads: int = 1
    clock: Callable[[], float] = time.process_time
    _begun: float = field(init=False)
    _swept: float | None = None
    _last: tuple[float, int] = (0.0, 0)
    _least: float = math.inf

    def __post_init__(self) -> None:
        """Time begins."""
        self._begun = self.clock()

    @property
    def used(self) -> float:
        """Seconds so far."""
        return (self.clock() - self._begun) / self.threads

    def going(self, done: int, arguments: int) -> bool:
        """Whether to go on with so many of the arguments done."""
        now = self.used
        before, fewer = self._last
        if self._swept is None:
            self._swept = now
        elif done > fewer:
            self._least = min(self._least, (now - before) / (done - fewer))
        self._last = now, done
        if now > self.seconds:
            return False
        rest = 0.0 if self._least == math.inf else self._least * (arguments - done)
        patience = min(_PATIENCE * (self.seconds - self._swept), _LONGEST)
        return now - self._swept < patience or rest < _HOPE * (self.seconds - now)


def certify(
    program: Program, single: Single, seconds: float, workers: int | None = 1
) -> Proof | None:
    """Judge a program's exported C at every argument, and time it.

    Args:
        program: In ``float32``.
        single: What it shall be.
        seconds: For everything, of the processor (see :class:`Pace`).
        workers: Threads, as many as there are cores if None; one where other processes do the same.

    Returns:
        The proof; None if there was not enough time.

    Raises:
        SearchError: If there is no C compiler, or the function cannot be described.
    """
    begun = time.monotonic()
    pace = Pace(seconds, workers or os.cpu_count() or 1)
    with ExitStack() as stack:
        library = stack.enter_context(compiled(program, single))
        function = exported(library, NAME)
        if single.fast is not None:
            other = stack.enter_context(compiled(program, single, "-DELITEMAP_COMPLETE=1"))
            function = _agreed(function, exported(other, NAME))
        judged = judge(function, single, workers, pace.going)
        if judged is None:
            return None
        (timing,) = timings([getattr(library, f"{NAME}_n")], [arguments_of(single)])
    return Proof(single, judged, timing, compiler_name(), time.monotonic() - begun)


def _agreed(fast: Function, complete: Function) -> Function:
    """The function that both are, NaN where their bits differ."""

    def run(x: Singles) -> Singles:
        one, two = fast(x), complete(x)
        same = one.view(np.uint32) == two.view(np.uint32)
        if same.all():
            return one
        same |= np.isnan(one) & np.isnan(two)
        return np.where(same, one, np.float32(np.nan))

    return run


def arguments_of(single: Single) -> np.ndarray[Any, np.dtype[np.float32]]:
    """float32[ELEMENTS] for a timing: uniform in the domain, or in what of it people use."""
    low, high = (float(np.clip(end, -80.0, 80.0)) for end in single.domain)
    if low == high:
        low, high = single.domain
    return np.random.default_rng(0).uniform(low, high, ELEMENTS).astype(np.float32)
