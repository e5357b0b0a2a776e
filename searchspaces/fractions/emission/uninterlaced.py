"""Interlaced fractions that converge slowly are computed by their canonical form, a plain fraction.

The values are Möbius images of one another, exactly; of plain fractions the tail has a series that
copes with logarithms and broken powers, which defeat the extrapolation of interlaced convergents.
"""

from dataclasses import replace

from elitemap.searchspaces.fractions.canonical import terminates
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.emission.dialect import relation_tree
from elitemap.searchspaces.fractions.emission.plan import SLOW
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.links import link
from elitemap.searchspaces.fractions.relation import Relation


def uninterlaced(subject: Subject) -> Subject:
    """The subject, or one of the same constant with the canonical form of its fraction.

    Another one is given if the fraction is interlaced, converges like a power of n, and has one
    constant to solve for, so that it does not matter which image of it is computed.
    """
    fraction, value = subject.formula.fraction, subject.formula.value
    if not isinstance(fraction, ContinuedFraction) or fraction.period == 1 or terminates(fraction):
        return subject
    if value is None or subject.single is None or classify(fraction).kind not in SLOW:
        return subject
    try:
        canonical, (s, t, u, v) = link(fraction)
    except FractionError:  # very far from its canonical form
        return subject
    pairs = list(zip(value.numerator, value.denominator, strict=True))
    relation = Relation.of(
        value.constants, [v * n - t * d for n, d in pairs], [s * d - u * n for n, d in pairs]
    )
    tree = relation_tree(relation, subject.constants)
    return replace(
        subject, formula=Formula(canonical, relation), value=tree, origin=subject.formula
    )
