"""The space of polynomial continued fractions of period one, for evolution."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.fractions import variation
from elitemap.searchspaces.fractions.batch import FractionBatch
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.variation import OPERATORS


class FractionSpace:
    """Fractions with bounded degrees and coefficients, perhaps with their value in one constant.

    Attributes:
        name: ``fractions``.
        operators: Variation operators.
        degrees: Largest degrees of a(n) and b(n).
        most: Largest coefficient of a candidate in canonical form.
        constants: Texts of the constants that values may be in.
    """

    name = "fractions"
    operators: tuple[str, ...] = OPERATORS

    def __init__(self, degrees: tuple[int, int], most: int, constants: Sequence[str] = ()) -> None:
        """Bind the space."""
        self.degrees = degrees
        self.most = most
        self.constants = tuple(constants)

    def empty(self, n: int) -> FractionBatch:
        """Rows to be overwritten."""
        return FractionBatch(n, self.degrees)

    def random(self, n: int, rng: np.random.Generator) -> FractionBatch:
        """Random fractions, not yet canonical."""
        return variation.random_fractions(n, self.degrees, self.most, rng)

    def vary(
        self,
        parents: FractionBatch,
        partners: FractionBatch,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> FractionBatch:
        """One offspring per row by the given operators."""
        return variation.vary(parents, partners, operators, self.most, rng)

    def canonical(self, batch: FractionBatch) -> tuple[FractionBatch, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates."""
        changed = batch.take(np.arange(len(batch)))
        return changed, variation.canonical(changed, self.most)

    def keys(self, batch: FractionBatch) -> NDArray[np.uint64]:
        """The fraction up to inflations, on which its convergents depend but for a factor."""
        return variation.keys(batch)

    def to_json(self, batch: FractionBatch, row: int) -> dict[str, Any]:
        """One formula as its canonical JSON document."""
        return batch.formula(row, self.constants).to_json()

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> FractionBatch:
        """The inverse of :meth:`to_json`.

        Raises:
            FractionError: If a document is no formula, or none of this space.
        """
        formulas = [Formula.from_json(document) for document in documents]
        return FractionBatch.from_formulas(formulas, self.degrees, self.constants)

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one formula."""
        return str(Formula.from_json(document))
