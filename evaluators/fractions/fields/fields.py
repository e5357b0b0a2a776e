"""The matrix fields that a fraction lies in, as far as two kinds of them are tried."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from elitemap.evaluators.fractions.contiguous.directions import Along, along, step
from elitemap.evaluators.fractions.contiguous.matrices import Matrix, fraction_of
from elitemap.evaluators.fractions.contiguous.relatives import relative
from elitemap.evaluators.fractions.fields.trajectories import Trajectory, simplest, trajectory
from elitemap.evaluators.fractions.labels.mechanisms import MOST, gauged
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction


@dataclass(frozen=True)
class Field:
    """A field around a place.

    Attributes:
        name: Which.
        dimensions: Of its lattice.
        step: The matrix of v(n+1) from v(n) along a direction, but for a factor.
    """

    name: str
    dimensions: int
    step: Callable[..., Matrix]

    def fraction(self, direction: tuple[int, ...]) -> ContinuedFraction | None:
        """The canonical fraction along a direction; None if it degenerates."""
        return fraction_of(self.step(*direction))


def around(fraction: ContinuedFraction) -> tuple[Field, ...]:
    """The fields that a fraction lies in, up to a gauge: of a 2F1, and of conjugate polynomials.

    Args:
        fraction: Of any period, not terminating.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    home = canonical(fraction)
    candidates = ((one, one.fraction) for one in itertools.islice(along(home), MOST))
    first = next((one for one, _, _ in gauged(home, candidates)), None)
    near, exact = relative(home, simplest()), trajectory(home)
    conjugate = near.formula if near is not None else exact
    found = [] if first is None else [_gauss(first)]
    return tuple(found if conjugate is None else [*found, _conjugate(conjugate)])


def _gauss(one: Along) -> Field:
    def along_direction(k: int, l: int, m: int) -> Matrix:  # noqa: E741
        return step(one.parameters, (k, l, m), one.z)

    return Field(f"2F1 around {one}", 3, along_direction)


def _conjugate(one: Trajectory) -> Field:
    return Field(str(one.field), 2, lambda x, y: one.field.step(one.start, (x, y)))
