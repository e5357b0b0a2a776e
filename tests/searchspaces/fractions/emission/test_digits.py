"""Exported code that computes digits, against ball arithmetic."""

import re

import pytest
from flint import arb, ctx

from elitemap.archive.errors import SearchError, UsageError
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.emission import export
from elitemap.searchspaces.fractions.emission.engine_series import by_series
from elitemap.searchspaces.fractions.emission.plan import DIGITS
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.ratio import as_coefficients, shifted
from elitemap.searchspaces.fractions.relation import Relation

CONSTANTS = {
    "apery": "zeta(3)",
    "four over pi": "pi",
    "two over log 2": "log(2)",
    "three plus pi": "pi",
    "interlaced e": "e",
    "signed e": "e",
    "catalan and pi": "(8*catalan + 2*pi)/(8 - 4*catalan - pi)",
}


def expected(text, digits):
    """Decimal places of a constant, cut towards zero."""
    value = constant(text).ball(int(3.33 * digits) + 200)
    with precision(int(3.33 * digits) + 200):
        units = (abs(value) * arb(10) ** digits).floor().unique_fmpz()
    shown = str(units).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{shown[:-digits]}.{shown[-digits:]}"


@pytest.mark.parametrize("title", CONSTANTS)
def test_python(title, formulas, make_meta, run_python):
    files = export(formulas[title], None, make_meta(title), "python")
    assert run_python(files, 200).strip() == expected(CONSTANTS[title], 200)


@pytest.mark.parametrize("title", CONSTANTS)
def test_c(title, formulas, make_meta, build_c):
    run = build_c(export(formulas[title], None, make_meta(title), "c"), "-O1")
    assert run().startswith("OK")
    assert run(1000).strip() == expected(CONSTANTS[title], 1000)


@pytest.mark.parametrize("title", ["three plus pi", "interlaced e", "signed e"])
def test_c_has_no_undefined_behaviour_and_no_leaks(title, formulas, make_meta, build_c):
    flags = "-g -fsanitize=undefined,address -fno-sanitize-recover=all".split()
    run = build_c(export(formulas[title], None, make_meta(title), "c"), *flags)
    assert run(60).strip() == expected(CONSTANTS[title], 60)


def test_python_without_gmpy2(formulas, make_meta, run_python):
    ((name, text),) = export(formulas["apery"], None, make_meta("apery"), "python").items()
    text = text.replace("from gmpy2 import mpz", "raise ImportError")
    assert run_python({name: text}, 5000).strip() == expected("zeta(3)", 5000)


@pytest.mark.parametrize("language", ["python", "c"])
def test_self_test_can_fail(language, formulas, make_meta, run_python, build_c):
    files = export(formulas["apery"], None, make_meta("apery"), language)
    files = {name: text.replace("34", "35") for name, text in files.items()}
    if language == "python":
        assert "FAILED" in run_python(files, code=1)
    else:
        with pytest.raises(AssertionError, match="FAILED"):
            build_c(files)()


HARD = {
    "negative": ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), "-zeta(3)", (-6, 0), (0, 1)),
    "inverse": ((6, 3), (-1, 0, 0), "1/log(2)", (0, 2), (1, 0)),
    "root": ((1,), (1, 0), "sqrt(pi*e/2)*erfc(1/sqrt(2))", (1, 0), (0, 1)),
    "factorial": ((4, 2), (1,), "e", (1, 1), (-1, 1)),
}


@pytest.mark.parametrize("title", HARD)
@pytest.mark.parametrize("language", ["python", "c"])
def test_hard_relations(title, language, make_formula, make_meta, run_python, build_c):
    a, b, text, above, below = HARD[title]
    files = export(make_formula(a, b, [text], above, below), None, make_meta("f"), language)
    out = run_python(files, 300) if language == "python" else build_c(files)(300)
    assert out.strip() == expected(text, 300)


def test_wide_coefficients_and_inflation(make_formula, make_meta, run_python, build_c):
    wide = 10**40 + 7
    scaled = make_formula(
        (6 * wide, 3 * wide), (-(wide**2), 0, 0), ["log(2)"], (2 * wide, 0), (0, 1)
    )
    for language in ("python", "c"):
        files = export(scaled, None, make_meta("f"), language)
        out = run_python(files, 100) if language == "python" else build_c(files)(100)
        assert out.strip() == expected("log(2)", 100)


def test_solving_for_the_constant_may_lose_digits(make_formula, make_meta, run_python):
    # x = 4/pi tells thirty digits less of a constant that is 10**30 times as large.
    far = f"10**30*pi + {10**40}"
    f = make_formula((3, 1), (-2, 3, 0), [far], (4 * 10**30, 0), (-(10**40), 1))
    out = run_python(export(f, None, make_meta("f"), "python"), 100)
    assert out.strip() == expected(far, 100)


@pytest.mark.parametrize("language", ["python", "c"])
def test_rational_values_end(language, make_meta, run_python, build_c):
    fraction = ContinuedFraction.of((1, 1), (1, -2))
    f = Formula(fraction, Relation.of([], *rational(fraction)))
    files = export(f, None, make_meta("f"), language)
    out = run_python(files, 30) if language == "python" else build_c(files)(30)
    assert out.strip() == "0.5" + "0" * 29


def rational(fraction):
    """The value of a fraction with b_2 = 0: a_0 + b_1/a_1."""
    a0, a1, b1 = fraction.a_at(0), fraction.a_at(1), fraction.b_at(1)
    assert fraction.b_at(2) == 0
    return (a0 * a1 + b1,), (a1,)


def test_unknown_values_are_computed_all_the_same(formulas, make_meta, run_python):
    unknown = Formula(formulas["apery"].fraction)
    files = export(unknown, None, make_meta("f"), "python")
    assert run_python(files, 60).strip() == expected("6/zeta(3)", 60)


LOGARITHMIC = ((4, 6, 4, 1), (-4, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("language", ["python", "c"])
def test_hopeless_fractions_are_refused(language, make_formula, make_meta):
    f = make_formula(*LOGARITHMIC, ["zeta(3)"], (1, -1), (-3, 2))
    with pytest.raises(UsageError, match=r"1/log\(n\).*choose another formula"):
        export(f, None, make_meta("f"), language)


@pytest.mark.parametrize("language", ["python", "c"])
def test_wrong_values_are_refused(language, make_formula, make_meta):
    f = make_formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (7, 0), (0, 1))
    with pytest.raises(SearchError, match=f"first {DIGITS} digits"):
        export(f, None, make_meta("f"), language)


LOGARITHMS = {
    # Errors like n^-2 and n^-4 with logarithms, on which extrapolation in powers of 1/n stalls.
    "catalan": ((8, 8, 7), (-16, 0, 0, 0, 0), "catalan", (1, 0), (2, -2)),
    "zeta(3)": ((4, 6, 12, 5), (-4, 0, 0, 0, 0, 0, 0), "zeta(3)", (2, 0), (-8, 7)),
}


@pytest.mark.parametrize("title", LOGARITHMS)
@pytest.mark.parametrize("language", ["python", "c"])
def test_tails_with_logarithms(title, language, make_formula, make_meta, run_python, build_c):
    a, b, text, above, below = LOGARITHMS[title]
    files = export(make_formula(a, b, [text], above, below), None, make_meta("f"), language)
    out = run_python(files, 300) if language == "python" else build_c(files, "-O2")(300)
    assert out.strip() == expected(text, 300)


@pytest.mark.parametrize("exponent", ["alternating", "towards -1/4"])
def test_c_with_series_has_no_undefined_behaviour(exponent, make_formula, make_meta, build_c):
    title = {"alternating": ((6,), (4, -4, 1), "pi", (3, 1), (1, 0))}
    a, b, text, above, below = title.get(exponent, LOGARITHMS["catalan"])
    flags = "-g -fsanitize=undefined,address -fno-sanitize-recover=all".split()
    f = make_formula(a, b, [text], above, below)
    run = build_c(export(f, None, make_meta("f"), "c"), *flags)
    assert run(60).strip() == expected(text, 60)


def test_precision_is_left_as_it_was(formulas, make_meta):
    before = ctx.prec
    export(formulas["apery"], None, make_meta("f"), "python")
    assert ctx.prec == before


def test_c_header_names_its_compile_line(formulas, make_meta):
    files = export(formulas["apery"], None, make_meta("apery"), "c")
    assert re.search(r"cc .*apery\.c -o apery -lgmp", files["apery.h"])
    assert "int apery(mpz_t result, unsigned long digits);" in files["apery.h"]


SLOW = [
    ((8, 8, 7), (-16, 0, 0, 0, 0)),
    ((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0)),
    ((1,), (1, 4, 4)),
    # Exponents that are not whole: sqrt(2)/2, 1/2, sqrt(2).
    ((1,), (2, 0, 1)),
    ((1,), (4, -4, 1)),
    ((2,), (2, 1, 0)),
    ((4, 2), (-4, 0, 1)),
]


@pytest.mark.parametrize(("a", "b"), SLOW)
@pytest.mark.parametrize("places", [10, 80])
def test_the_tails_series_gives_the_limit(a, b, places):
    fraction = ContinuedFraction.of(a, b)
    if "algebraic" not in classify(fraction).kind:
        pytest.skip(classify(fraction).kind)
    wanted = deep.limit(fraction, places + 10)
    assert wanted is not None
    above, below = (as_coefficients(shifted(side, 1)) for side in ratio(fraction))
    p, q = by_series(fraction.a_at, fraction.b_at, (above, below), places, 100_000)
    with precision(1000):
        error = abs(arb(int(p)) / arb(int(q)) - wanted.value)
        assert error < arb(10) ** -places


def test_a_series_that_does_not_settle_says_so():
    with pytest.raises(ArithmeticError, match="does not settle"):
        by_series(lambda n: 6, lambda n: (2 * n - 1) ** 2, ((4, 4, 1), (36,)), 50, 100)
