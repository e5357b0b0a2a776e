"""What an export is about: a formula with its constants read again, its value as a tree, its name.

A formula may come from a stranger's archive. Its numbers are checked where it is read; the texts of
its constants are free, so they are parsed here and only what the parser built is ever printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import arb

from elitemap.formulas.expression import Expression
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import Constant, constant
from elitemap.searchspaces.fractions.emission.dialect import relation_tree
from elitemap.searchspaces.fractions.emission.summed import Summed, summed
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier

#: Names of files that would stand in front of a library's own.
_TAKEN = frozenset({"gmpy2", "gmp", "flint"})


@dataclass(frozen=True)
class Subject:
    """A formula that is ready to be written.

    Attributes:
        formula: The formula; constants that its value does not use are gone.
        constants: The constants of the value, parsed.
        value: The value as one tree; None if it is unknown.
        certificate: The JSON object of its certificate; empty if there is none.
        meta: Name and provenance.
        name: An identifier of Python and C, and the stem of file names.
        summed: The series of the constant that the certificate tells of, if it holds.
        origin: What the file is about, if it computes another formula of the same constant.
    """

    formula: Formula
    constants: tuple[Constant, ...]
    value: Expression | None
    certificate: Mapping[str, Any]
    meta: ExportMeta
    name: str
    summed: Summed | None = None
    origin: Formula | None = None

    @property
    def single(self) -> Constant | None:
        """The constant that the formula can be solved for: the only one."""
        return self.constants[0] if len(self.constants) == 1 else None

    def solution(self) -> tuple[int, int, int, int]:
        """(m0, m1, m2, m3): the number computed is (m0 + m1 x)/(m2 + m3 x), x the fraction.

        That number is the constant where there is one to solve for, and x itself otherwise.
        """
        relation = self.formula.value
        if relation is None or self.single is None:
            return 0, 1, 1, 0
        (n0, n1), (d0, d1) = relation.numerator, relation.denominator
        return n0, -d0, -n1, d1

    def number(self, bits: int) -> arb | None:
        """The number that is computed, as a ball; None if the value is unknown."""
        if self.single is not None:
            return self.single.ball(bits)
        return self.limit(bits)

    def limit(self, bits: int) -> arb | None:
        """The fraction's value as a ball; None if it is unknown."""
        if self.formula.value is None:
            return None
        with precision(bits + 32):
            return self.formula.value.at([one.ball(bits + 32) for one in self.constants])

    @property
    def computed(self) -> str:
        """What code that computes digits computes, in words."""
        return "the value of the fraction" if self.single is None else self.single.text


def subject(formula: Formula, certificate: Mapping[str, Any] | None, meta: ExportMeta) -> Subject:
    """Read the constants of a formula again.

    Raises:
        UsageError: If a constant is not in the vocabulary.
    """
    name = identifier(meta.name)
    name = f"{name}_fraction" if name in _TAKEN else name
    if formula.value is None:
        return Subject(formula, (), None, certificate or {}, meta, name)
    relation, constants = _used(formula.value)
    if any(one.places is not None for one in constants):
        # Of a number that is known to some digits there is nothing to compute.
        return Subject(Formula(formula.fraction), (), None, certificate or {}, meta, name)
    value = relation_tree(relation, constants)
    pruned = Formula(formula.fraction, relation)
    return Subject(pruned, constants, value, certificate or {}, meta, name, summed(certificate))


def _used(relation: Relation) -> tuple[Relation, tuple[Constant, ...]]:
    """A relation without the constants whose coefficients vanish, in the parser's own texts."""
    above, below = relation.numerator, relation.denominator
    kept = [k for k in range(1, len(above)) if above[k] or below[k]]
    constants = tuple(constant(relation.constants[k - 1]) for k in kept)
    rows = [[row[0], *(row[k] for k in kept)] for row in (above, below)]
    return Relation.of([one.text for one in constants], *rows), constants
