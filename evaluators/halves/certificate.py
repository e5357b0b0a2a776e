"""What is proved of a 16-bit function: its error at every argument, through its exported C."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.compiled import FLAGS, NAME
from elitemap.evaluators.float32.timing import ELEMENTS, Timing, timings
from elitemap.evaluators.halves.compiled import Function, compiled, exported
from elitemap.evaluators.halves.truth import truth
from elitemap.native.toolchain import compiler_name
from elitemap.searchspaces.elementary.halves.formats import EVERY, Words
from elitemap.searchspaces.elementary.halves.functions import Half
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Program

METHOD = "every 16-bit argument through the compiled C; true values by ball arithmetic"

#: Loops take blocks without special cases another way, so arguments go through them next to each
#: other and next to a special one.
_COMPLETE = "-DELITEMAP_COMPLETE=1"


@dataclass(frozen=True)
class Judged:
    """A function at all its arguments.

    Attributes:
        arguments: How many.
        max_ulp: The largest error, in units of the last place of the true value.
        witness: An argument of it.
        max_absolute_error: The largest difference to the true value.
        misrounded: Results that are not correctly rounded.
        unsettled: Arguments at which the right result is not known.
    """

    arguments: int
    max_ulp: float
    witness: float
    max_absolute_error: float
    misrounded: int
    unsettled: int


def judge(half: Half, *functions: Function) -> Judged:
    """Compare functions with the true one at every argument; each argument's worst result counts.

    Args:
        half: What they shall be.
        functions: Ways to compute it.

    Raises:
        SearchError: If the true function has no value somewhere.
    """
    true, number = truth(half), half.number
    results = [function(true.words) for function in functions]
    errors = np.max([true.ulp(number, r) for r in results], axis=0)
    apart = np.max([true.apart(number, r) for r in results], axis=0)
    right = np.all([true.right(number, r) for r in results], axis=0)
    worst = int(np.argmax(errors))
    return Judged(
        arguments=len(true.words),
        max_ulp=float(errors[worst]),
        witness=float(number.values(true.words)[worst]),
        max_absolute_error=float(apart.max()),
        misrounded=int(np.count_nonzero(~right)),
        unsettled=true.unsettled,
    )


def results_of(program: Program, words: Words) -> Words:
    """Results of a program by the compiled interpreter."""
    batch = Batch.from_programs([program], len(program.instructions) + 1, program.signature)
    found = evaluate(batch, words.astype(np.int32).view(np.float32))[0]
    return np.asarray(found, np.float32).view(np.int32).astype(np.uint16)


@dataclass(frozen=True)
class Proof:
    """A judgement and a timing, and what they are of."""

    half: Half
    judged: Judged
    timing: Timing
    compiler: str
    seconds: float

    @property
    def objectives(self) -> dict[str, float]:
        """What elites are told they are worth."""
        found = {
            "max_ulp": self.judged.max_ulp,
            "max_absolute_error": self.judged.max_absolute_error,
            "misrounded": float(self.judged.misrounded),
        }
        if not self.timing.noisy:
            found |= {"ns": self.timing.ns, "ratio": self.timing.ratio}
        return found

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON object."""
        half, judged = self.half, self.judged
        return {
            "method": METHOD,
            "target": str(half.expression),
            "format": half.number.name,
            "domain": f"every {half.number.name}" if half.complete else list(half.domain),
            "arguments": judged.arguments,
            "max_ulp": judged.max_ulp,
            "witness": judged.witness if np.isfinite(judged.witness) else str(judged.witness),
            "max_absolute_error": judged.max_absolute_error,
            "misrounded": judged.misrounded,
            "unsettled": judged.unsettled,
            "ns": self.timing.ns,
            "ratio": self.timing.ratio,
            "spread": self.timing.spread,
            "compiler": self.compiler,
            "flags": " ".join(FLAGS),
            "seconds": round(self.seconds, 1),
        }


def certify(program: Program, half: Half) -> Proof:
    """Judge a program's exported C at every argument, and time it; a second or a few.

    Args:
        program: Of bits of a 16-bit number.
        half: What it shall be.

    Raises:
        SearchError: If there is no C compiler, or the true function has no value somewhere.
    """
    begun = time.monotonic()
    with ExitStack() as stack:
        library = stack.enter_context(compiled(program, half))
        ways = [exported(library, NAME)]
        if half.fast is not None:
            other = stack.enter_context(compiled(program, half, _COMPLETE))
            ways = [exported(other, NAME), alone(half, ways[0])]
        judged = judge(half, *ways)
        (timing,) = timings([getattr(library, f"{NAME}_n")], [arguments_of(half)])
    return Proof(half, judged, timing, compiler_name(), time.monotonic() - begun)


def alone(half: Half, function: Function) -> Function:
    """The function on arrays in which arguments without special cases are by themselves."""

    def run(x: Words) -> Words:
        plain = half.plain(x)
        y = np.empty_like(x)
        for some in (plain, ~plain):
            y[some] = function(np.ascontiguousarray(x[some]))
        return y

    return run


def arguments_of(half: Half) -> NDArray[np.uint16]:
    """uint16[ELEMENTS] for a timing: uniform in the domain, or in what of it people use."""
    low, high = (float(np.clip(end, -10.0, 10.0)) for end in half.domain)
    every = half.number.values(EVERY)
    inside = np.sort(every[(every >= low) & (every <= high)])
    points = np.random.default_rng(0).uniform(low, high, ELEMENTS)
    near = inside[np.searchsorted(inside, points).clip(0, len(inside) - 1)]
    return half.number.words(near)
