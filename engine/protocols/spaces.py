"""What a candidate is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols.batches import B, Words

#: An operator of this name changes nothing but constants, all of a candidate together. A space has
#: one where evaluations do not fit constants, and is :class:`Tunable`; part of a search's
#: evaluations then goes to the best kinds of elites, with other constants above all.
TUNE = "tune"


class Space(Protocol[B]):
    """What a candidate is."""

    name: str
    #: Names of the variation operators; ``vary`` takes indices into this tuple. See :data:`TUNE`.
    operators: tuple[str, ...]

    def empty(self, n: int) -> B:
        """Make n rows to be overwritten."""

    def random(self, n: int, rng: np.random.Generator) -> B:
        """Make n random candidates, not yet canonical."""

    def vary(
        self, parents: B, partners: B, operators: NDArray[np.uint8], rng: np.random.Generator
    ) -> B:
        """One offspring per row; ``partners`` supplies the second parent of crossovers."""

    def canonical(self, batch: B) -> tuple[B, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates at all (too long or empty ones are not)."""

    def keys(self, batch: B) -> Words:
        """The functional-hash key of each canonical row: equal keys, equal evaluation."""

    def to_json(self, batch: B, row: int) -> dict[str, Any]:
        """One candidate as its canonical JSON document."""

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> B:
        """The inverse of :meth:`to_json`."""

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one candidate."""


class Tunable(Space[B], Protocol[B]):
    """A space that has the operator :data:`TUNE`."""

    def kinds(self, batch: B) -> Words:
        """What each canonical row is but for its constants: equal for rows that differ in these."""
