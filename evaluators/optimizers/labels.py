"""Which known rule a rule is: by what it does, not by how it is written.

The updates of a known rule on canonical gradients are brought as near as possible to those of the
rule by a search over its constants; only the direction of all updates together counts, because the
learning rate takes up what is left. Two rules whose updates differ by less than :data:`EQUAL` of
their size are equal up to constants.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from elitemap.evaluators.optimizers.behaviour import canonical_updates, remembered
from elitemap.searchspaces.optimizers.rules import RuleSpace, uses_matrices
from elitemap.searchspaces.optimizers.zoo import VARIANTS, ZOO, Known
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: Relative differences below which rules are equal up to constants, or near each other.
EQUAL, NEAR = 0.02, 0.2

#: Differences below it are those of rounding and of the search.
_SAME = 2e-3

#: Settings of constants that are tried first, as factors of the usual ones, and rules that are
#: fitted from the best of them.
_FIRST, _FITTED = 64, 3

#: So many times as many settings where updates have steps.
_FINER = 16

#: Starts of such a rule.
_STARTS = 2

#: A difference from which on no constants are worth a search of their own.
_HOPELESS = 0.7

#: Widths of sweeps of one constant, in its logarithm, and settings of each.
_WIDTHS, _SWEEP = (4.0, 2.0, 1.0, 0.3), 17

#: Factors of the search are within this of the usual constants.
_MOST = 300.0

_SPACE = RuleSpace(4, 1000, "random")


@dataclass(frozen=True)
class Label:
    """The nearest known rule.

    Attributes:
        name: Of the rule.
        difference: Size of the difference of all updates, relative to their size.
        constants: Of the known rule where it is nearest.
    """

    name: str
    difference: float
    constants: dict[str, float]

    @property
    def text(self) -> str:
        """What it is called: the name, ``near NAME``, or ``new``."""
        if self.difference < EQUAL:
            return self.name
        return f"near {self.name}" if self.difference < NEAR else f"new (next {self.name})"


def label(program: Program) -> Label:
    """The known rule that comes nearest, of those with no more slots; the simplest of equals.

    Args:
        program: An update rule of any number of slots.
    """
    batch = _SPACE.batch([widened(program)]).programs
    wanted = _updates([batch.program(0)])[0]
    slots = remembered(batch)[0]
    shaped = uses_matrices(program)
    fitting = [
        one
        for one in (*ZOO.values(), *VARIANTS)
        if one.slots <= slots and (shaped or not one.matrices)
    ]
    tried = [_best_first(one, wanted) for one in fitting]
    tried.sort(key=lambda each: each[1])
    fitted = [_fit(one, wanted, start) for one, _, start in tried[:_FITTED]]
    least = min(each.difference for each in fitted)
    near = [each for each in fitted if each.difference <= max(3.0 * least, _SAME)]
    return min(near, key=lambda each: (_complexity(each.name), each.difference))


def _complexity(name: str) -> int:
    return list(ZOO).index(name)


def widened(program: Program) -> Program:
    """A rule with room for four slots, those that are new unused."""
    known = len(program.states)
    shift = _SPACE.slots - known

    def moved(value: int) -> int:
        return value + shift if value >= len(program.inputs) + known else value

    instructions = tuple(
        type(i)(i.opcode, tuple(map(moved, i.operands)), i.constant) for i in program.instructions
    )
    first = len(program.inputs) + known
    results = (*map(moved, program.results), *range(first, first + shift))
    return Program.of(_SPACE.signature, instructions, results, program.dialect)


def _updates(programs: list[Program]) -> Floats:
    """float64[n, steps * entries], each of length 1; zeros where they are not finite."""
    hashes, updates = canonical_updates(_SPACE.batch(programs).programs)
    flat = updates.reshape(len(programs), -1).astype(np.float64)
    flat[hashes == 0] = 0.0
    size = np.linalg.norm(flat, axis=1, keepdims=True)
    made: Floats = np.divide(flat, size, out=np.zeros_like(flat), where=size > 0)
    return made


def _difference(updates: Floats, wanted: Floats) -> Floats:
    """Sines of the angles between updates: the best factor is taken out; opposite is far."""
    cosine = np.clip(updates @ wanted, 0.0, 1.0)
    # Of near rules a cosine has no digits left; a difference has.
    exact = np.linalg.norm(updates - wanted, axis=-1)
    return np.where(exact < 0.1, exact, np.sqrt(1.0 - cosine**2))


def _programs(one: Known, factors: Floats) -> list[Program]:
    """The rule with its constants times factors, [n, constants]; shares stay below one."""
    return [one.program(_SPACE.slots, _constants(one, row)) for row in factors]


def _constants(one: Known, factors: Floats) -> dict[str, float]:
    """The usual constants times factors; of the shares ``a`` and ``b`` the odds grow."""
    values = {}
    for (name, usual), factor in zip(one.constants.items(), factors, strict=True):
        share = name in "ab"
        value = float(factor) * (usual / (1.0 - usual) if share else usual)
        values[name] = value / (1.0 + value) if share else value
    return values


def _best_first(one: Known, wanted: Floats) -> tuple[Known, float, Floats]:
    """A first look at settings that are the same for every rule."""
    tried, updates = _settings(one)
    found = _difference(updates, wanted)
    best = int(np.argmin(found))
    return one, float(found[best]), tried[best]


@cache
def _settings(one: Known) -> tuple[Floats, Floats]:
    """Logarithms of factors, the usual constants among them, and the updates there."""
    rng = np.random.default_rng(len(one.constants))
    count = _FIRST * (_FINER if _has_steps(one) else 1)
    spread = rng.uniform(np.log(1 / 60), np.log(60), (count, len(one.constants)))
    spread[0] = 0.0
    tried = spread if one.constants else spread[:1]
    return tried, _updates(_programs(one, np.exp(tried)))


def _has_steps(one: Known) -> bool:
    """Whether updates depend on constants by signs of averages: no descent sees beyond those."""
    return bool(one.constants) and "sign(interp" in one.text


def _bounded(x: Floats) -> Floats:
    factors: Floats = np.exp(np.clip(x, -np.log(_MOST), np.log(_MOST)))
    return factors


def _swept(one: Known, wanted: Floats, start: Floats) -> Floats:
    """One constant after the other at its best, then all shares together."""
    best = start.copy()
    shares = np.array([float(name in "ab") for name in one.constants])
    for width in _WIDTHS:
        for direction in (*np.eye(len(best)), shares):
            tried = best + np.linspace(-width, width, _SWEEP)[:, None] * direction
            found = _difference(_updates(_programs(one, _bounded(tried))), wanted)
            best = tried[int(np.argmin(found))]
    return best


def _fit(one: Known, wanted: Floats, start: Floats) -> Label:
    """The rule as near as its constants allow; where updates have steps, from several starts."""
    starts = [start]
    if _has_steps(one):
        tried, updates = _settings(one)
        order = np.argsort(_difference(updates, wanted), kind="stable")[:_STARTS]
        starts = [_swept(one, wanted, tried[k]) for k in order]
    best = start
    found = np.inf
    for begun in starts:
        x, difference = _descended(one, wanted, begun)
        if difference < found:
            best, found = x, difference
        if found < _SAME:
            break
    return Label(one.name, float(found), _constants(one, _bounded(best)))


def _descended(one: Known, wanted: Floats, start: Floats) -> tuple[Floats, float]:
    """The nearest constants by the simplex method of Nelder and Mead."""

    def objective(x: Floats) -> float:
        return float(_difference(_updates(_programs(one, _bounded(x)[None, :])), wanted)[0])

    found = objective(start)
    if not one.constants or found > _HOPELESS:
        return start, found
    corners = np.vstack([start, start + 0.4 * np.eye(len(start))])
    options = {"maxfev": 120 * len(start), "xatol": 1e-4, "fatol": 1e-6, "initial_simplex": corners}
    done = minimize(objective, start, method="Nelder-Mead", options=options)
    return (done.x, float(done.fun)) if done.fun < found else (start, found)
