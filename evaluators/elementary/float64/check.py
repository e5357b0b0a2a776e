"""What a certificate says of the float64 evaluation: finite or not, mended, measured."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from elitemap.evaluators.elementary.float64.mending import mend, words
from elitemap.evaluators.elementary.float64.points import PLACES
from elitemap.evaluators.elementary.float64.removable import Run, Trouble, find_trouble
from elitemap.evaluators.elementary.float64.rounding import Measured, measure_rounding
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.emission.float64 import Float64
from elitemap.searchspaces.programs.program import Program


@dataclass(frozen=True)
class Float64Check:
    """What was found.

    Attributes:
        code: Whether the code is finite, and how it is mended.
        measured: Its error.
    """

    code: Float64
    measured: Measured

    @property
    def finite(self) -> bool:
        """Whether the code, perhaps mended, is finite wherever it was looked at."""
        return self.code.finite

    @property
    def failure(self) -> str:
        """Why the code cannot have the program's digits; empty if it can."""
        return "" if self.finite else f"the float64 evaluation is not finite at {self.code.where}"

    def to_json(self) -> dict[str, Any]:
        """The entry ``float64`` of a certificate."""
        return {
            "finite": self.code.finite,
            "proved": self.code.proved,
            "where": self.code.where,
            "mends": [mend.to_json() for mend in self.code.mends],
            "arguments": self.measured.arguments,
            "worst_at": self.measured.worst,
            "approached": list(self.code.places),
        }


def check_float64(program: Program, target: Target, bound: float) -> Float64Check:
    """Examine the code of a program.

    Args:
        program: One input, one output.
        target: What it approximates, and where.
        bound: Error that mended code may have.
    """
    program = without_dead_code(program)
    trouble = find_trouble(program, *target.inner)
    code = _mended(trouble, target, bound)
    measured = measure_rounding(program, target, trouble.places, code.mends)
    if measured.error is None and code.finite:
        # Only where the search for trouble was given up undecided.
        code = replace(code, finite=False, where=words((Run(measured.worst, measured.worst),)))
    return Float64Check(code, measured)


@lru_cache(maxsize=4)
def examine(program: Program, target: Target, bound: float) -> Float64:
    """Whether code is finite and how it is mended, without measuring its error."""
    program = without_dead_code(program)
    return _mended(find_trouble(program, *target.inner), target, bound)


def _mended(trouble: Trouble, target: Target, bound: float) -> Float64:
    places = tuple(run.low for run in trouble.places[:PLACES])
    return replace(mend(trouble, target, bound), places=places)
