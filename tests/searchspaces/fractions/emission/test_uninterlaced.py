"""Interlaced fractions with logarithms in their errors are computed by their canonical form."""

import pytest

from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.emission import export
from elitemap.searchspaces.fractions.emission.subject import subject
from elitemap.searchspaces.fractions.emission.uninterlaced import uninterlaced
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

#: Stieltjes's fraction of alternating inverse squares at x = 2, and its tail from b(2) on.
WHOLE = Formula(
    ContinuedFraction(((3,), (1,)), ((4, 0, 0), (4, 8, 4))),
    Relation.of(["catalan"], (1, 0), (2, -2)),
)
TAIL = Formula(
    ContinuedFraction(((1,), (3,)), ((4, 8, 4), (4, 8, 4))),
    Relation.of(["catalan"], (8, -8), (-5, 6)),
)


@pytest.mark.parametrize("formula", [WHOLE, TAIL], ids=["whole", "tail"])
def test_catalan(formula, make_meta, run_python):
    out = run_python(export(formula, None, make_meta("catalan"), "python"), 120)
    assert out.startswith("0.91596559417721901505460351493238411077414937428167213426649811962176")


@pytest.mark.parametrize("formula", [WHOLE, TAIL], ids=["whole", "tail"])
def test_both_sides_in_mpmath(formula, make_meta, run_python):
    files = export(formula, None, make_meta("catalan"), "mpmath")
    assert "agreement: 60 decimal places" in run_python(files, 60)
    (text,) = files.values()
    assert "canonical form" in text and str(formula.fraction.a[0][0]) in text


def test_c(make_meta, build_c):
    files = export(TAIL, None, make_meta("catalan"), "c")
    assert build_c(files)(60).startswith("0.915965594177219015054603514932384110774149374281672134")


@pytest.mark.parametrize("title", ["interlaced e", "three plus pi", "catalan and pi"])
def test_others_stay_as_they_are(title, formulas, make_meta):
    one = subject(formulas[title], None, make_meta("f"))
    assert uninterlaced(one) is one
