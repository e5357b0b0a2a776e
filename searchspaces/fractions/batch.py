"""Batches of plain polynomial continued fractions held as struct-of-arrays.

Column k of ``a`` and ``b`` is the coefficient of n**k, so unused columns are zero and equal
fractions are equal bytes. What is known of a fraction's value is a quotient of whole combinations
of 1 and one constant; it is zero as long as nothing is known.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field, Rows
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

#: Bound of the coefficients of fractions and of relations in a batch.
MOST, MOST_RELATED = 1 << 16, 1 << 62


class FractionBatch(Rows):
    """Struct-of-arrays batch of n fractions of period one.

    Attributes:
        a: int64[n, degree + 1], partial denominators.
        b: int64[n, degree + 1], partial numerators.
        constant: int16[n], index of the constant in the value, -1 while the value is unknown.
        coefficient: int64[n, 4], the value (c0 + c1 x)/(c2 + c3 x) in that constant x.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    constant: NDArray[np.int16]
    coefficient: NDArray[np.int64]

    def __init__(self, n: int, degrees: tuple[int, int]) -> None:
        """Make n rows of zeros, which are no fractions yet.

        Args:
            n: How many.
            degrees: Largest degrees of a and b that the rows have room for.
        """
        fields = (
            Field("a", np.int64, (degrees[0] + 1,)),
            Field("b", np.int64, (degrees[1] + 1,)),
            Field("constant", np.int16, (), -1),
            Field("coefficient", np.int64, (4,)),
        )
        super().__init__(fields, n)
        self.degrees = degrees

    def forget(self, rows: NDArray[Any]) -> None:
        """Drop what is known of the values of the given rows."""
        self.constant[rows] = -1
        self.coefficient[rows] = 0

    def fraction(self, row: int) -> ContinuedFraction:
        """One row as a continued fraction."""
        a, b = (side[row, ::-1].tolist() for side in (self.a, self.b))
        return ContinuedFraction.of(a, b)

    def formula(self, row: int, constants: Sequence[str]) -> Formula:
        """One row with what is known of its value.

        Args:
            row: Its number.
            constants: Texts of the constants that ``constant`` counts.
        """
        fraction, index = self.fraction(row), int(self.constant[row])
        if index < 0:
            return Formula(fraction)
        c = self.coefficient[row].tolist()
        return Formula(fraction, Relation.of((constants[index],), c[:2], c[2:]))

    @classmethod
    def from_formulas(
        cls, formulas: Sequence[Formula], degrees: tuple[int, int], constants: Sequence[str]
    ) -> Self:
        """Pack formulas; the inverse of :meth:`formula`.

        Raises:
            FractionError: If a formula is not of this kind, its degrees or coefficients are too
                large or its value is in other constants.
        """
        batch = cls(len(formulas), degrees)
        for row, formula in enumerate(formulas):
            fraction = formula.fraction
            if not isinstance(fraction, ContinuedFraction) or fraction.period != 1:
                raise FractionError("expected a polynomial continued fraction of period one")
            for side, (polynomial,) in ((batch.a, fraction.a), (batch.b, fraction.b)):
                if len(polynomial) > side.shape[1] or any(abs(c) > MOST for c in polynomial):
                    raise FractionError(
                        f"expected degrees to {degrees} and coefficients to {MOST}, got {fraction}"
                    )
                side[row, : len(polynomial)] = polynomial[::-1]
            if formula.value is not None:
                batch._relate(row, formula.value, constants)
        return batch

    def _relate(self, row: int, value: Relation, constants: Sequence[str]) -> None:
        numbers = (*value.numerator, *value.denominator)
        if len(numbers) != 4 or value.constants[0] not in constants or value.height > MOST_RELATED:
            raise FractionError(
                f"expected a value in one of {', '.join(constants) or 'no constants'}, got {value}"
            )
        self.constant[row] = list(constants).index(value.constants[0])
        self.coefficient[row] = numbers
