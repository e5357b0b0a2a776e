"""Exported scripts that compare both sides: SymPy, mpmath, PARI/GP."""

import pytest

from elitemap.searchspaces.fractions.emission import export
from elitemap.searchspaces.fractions.formula import Formula

TITLES = ("apery", "three plus pi", "interlaced e", "signed e", "catalan and pi")
LOGARITHMIC = ((4, 6, 4, 1), (-4, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("language", ["sympy", "mpmath"])
def test_both_sides_agree(title, language, formulas, make_meta, run_python):
    files = export(formulas[title], None, make_meta(title), language)
    assert "agreement: 120 decimal places" in run_python(files, 120)


@pytest.mark.parametrize("title", TITLES)
def test_both_sides_agree_in_pari(title, formulas, make_meta, run_gp):
    out = run_gp(export(formulas[title], None, make_meta(title), "pari"))
    assert "agreement 50" in out


@pytest.mark.parametrize("language", ["sympy", "mpmath"])
def test_a_wrong_value_is_seen(language, make_formula, make_meta, run_python):
    f = make_formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (601, 0), (0, 100))
    assert "agreement: -" not in (
        out := run_python(export(f, None, make_meta("f"), language), code=1)
    )
    assert "agreement: 2 decimal places" in out or "agreement: 1 decimal places" in out


def test_a_wrong_value_is_seen_in_pari(make_formula, make_meta, run_gp):
    f = make_formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (601, 0), (0, 100))
    assert "agreement 2" in run_gp(export(f, None, make_meta("f"), "pari"))


@pytest.mark.parametrize("language", ["sympy", "mpmath"])
def test_convergents(language, formulas, make_meta):
    files = export(formulas["signed e"], None, make_meta("signed"), language)
    ((name, text),) = files.items()
    scope = {"__name__": "emitted"}
    exec(compile(text, name, "exec"), scope)
    wanted = {0: 2.0, 1: 3.0, 2: 8 / 3, 3: 11 / 4, 4: 19 / 7, 8: 1264 / 465}
    for n, value in wanted.items():
        assert float(scope["convergent_at"](n)) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("language", ["sympy", "mpmath", "pari"])
def test_hopeless_fractions_show_a_convergent(
    language, make_formula, make_meta, run_python, run_gp
):
    # Published as a conjecture after three digits; the two sides are nowhere near.
    f = make_formula(*LOGARITHMIC, ["zeta(3)"], (1, -1), (-3, 2))
    files = export(f, None, make_meta("f"), language)
    out = run_gp(files) if language == "pari" else run_python(files, code=1)
    assert "0.339" in out and "0.308" in out and "1/log(n)" in next(iter(files.values()))


@pytest.mark.parametrize("language", ["sympy", "mpmath", "pari"])
def test_unknown_values_are_shown(language, formulas, make_meta, run_python, run_gp):
    files = export(Formula(formulas["apery"].fraction), None, make_meta("f"), language)
    out = run_gp(files) if language == "pari" else run_python(files, 50)
    assert "4.991444235484244812098757672929" in out
