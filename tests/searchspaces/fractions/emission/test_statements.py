"""What LaTeX and Lean files say."""

import re

import pytest

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.emission import export
from elitemap.searchspaces.fractions.emission.to_latex import polynomial_latex
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation


@pytest.fixture
def text_of(formulas, make_meta):
    def text(title, language, certificate=None):
        f = formulas[title] if isinstance(title, str) else title
        ((_, found),) = export(f, certificate, make_meta("f"), language).items()
        return found

    return text


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (
            "apery",
            r"\frac{6}{\zeta(3)} = 5 - "
            r"\cfrac{1}{117 - \cfrac{64}{535 - \cfrac{729}{1463 - \ddots}}}",
        ),
        ("three plus pi", r"\pi + 3 = 6 + \cfrac{1}{6 + \cfrac{9}{6 + \cfrac{25}{6 + \ddots}}}"),
        ("signed e", r"e = 2 + \cfrac{1}{1 + \cfrac{1}{2 + \cfrac{1}{1 + \ddots}}}"),
        (
            "four over pi",
            r"\frac{4}{\pi} = 1 + \cfrac{1}{4 - \cfrac{2}{7 - \cfrac{9}{10 - \ddots}}}",
        ),
        ("catalan and pi", r"\frac{8 G + 2 \pi}{8 - 4 G - \pi} = 7 + "),
    ],
)
def test_latex_levels(title, wanted, text_of):
    assert wanted in text_of(title, "latex")


def test_latex_general_terms(text_of):
    assert r"a_{n} &= (2 n + 1) (17 n^{2} + 17 n + 5)" in text_of("apery", "latex")
    assert "b_{n} &= -n^{6}" in text_of("apery", "latex")
    assert "a_{3k + 1} &= 2 k" in text_of("interlaced e", "latex")
    assert "a_{k} = 2 a_{k-3} - a_{k-6} \\qquad (k \\ge 7)" in text_of("signed e", "latex")
    assert "Here $G$ is Catalan's constant." in text_of("catalan and pi", "latex")


@pytest.mark.parametrize(
    ("polynomial", "wanted"),
    [
        ((), "0"),
        ((-3,), "-3"),
        ((1, 0), "n"),
        ((-1, 0), "-n"),
        ((6, 3), "6 n + 3"),
        ((-2, 10), "-2 n + 10"),
        ((2, -20, 50), "2 (n - 5)^{2}"),
        ((-2, 3, 0), "-n (2 n - 3)"),
        ((4, -4, 1), "(2 n - 1)^{2}"),
        ((-1, 0, 0, 0, 0, 0, 0), "-n^{6}"),
        ((4, 12, 7), "4 n^{2} + 12 n + 7"),
    ],
)
def test_latex_polynomials(polynomial, wanted):
    assert polynomial_latex(polynomial, "n") == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("unexplained", "Not proved, checked to 1024 digits: reason."),
        ("explained", "Explained, checked to 1024 digits: reason."),
        ("known", "Known, checked to 1024 digits: reason."),
        ("algebraic", "An algebraic number, checked"),
        ("rational", "A rational number, checked"),
        ("theorem", "Not certified as known, explained or new; checked to 1024 digits"),
    ],
)
@pytest.mark.parametrize("language", ["latex", "lean", "python", "sympy", "pari"])
def test_the_label_decides_what_is_claimed(name, wanted, language, certificate, text_of):
    certificate["label"] = {"name": name, "reason": "reason"}
    assert re.search(wanted, text_of("apery", language, certificate))


def test_nothing_is_claimed_without_a_certificate(text_of):
    text = text_of("apery", "latex")
    assert "Not certified" in text and "not checked" in text and "No certificate." in text
    assert "Not proved" not in text


@pytest.mark.parametrize("hole", ["label", "digits", "convergence", "irrationality", "rigorous"])
def test_holes_in_certificates(hole, certificate, text_of):
    for changed in (None, [], "", float("nan"), True, {}):
        certificate[hole] = changed
        text_of("apery", "latex", certificate)
    del certificate[hole]
    text_of("apery", "latex", certificate)


def test_the_certificate_is_told(certificate, text_of):
    text = " ".join(text_of("apery", "python", certificate).split())
    for part in (
        "Known, checked to 1024 digits: Apery, Asterisque 61, 1979.",
        "digits checked 1024 depth, in terms 356",
        "digits beyond chance 1021.6",
        "rigorous enclosure: the limit's error is bounded by a theorem",
        "convergence, theorem, name Worpitzky",
        "irrationality, delta 0.0866",
        "program 0123456789abcdef",
        "SPDX-License-Identifier: MIT",
    ):
        assert part in text
    certificate["rigorous"] = False
    text = " ".join(text_of("apery", "python", certificate).split())
    assert "not a proved enclosure" in text


@pytest.mark.parametrize(
    "title",
    ["apery", "four over pi", "three plus pi", "interlaced e", "signed e", "catalan and pi"],
)
def test_latex_is_balanced(title, text_of, certificate):
    text = text_of(title, "latex", certificate)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", body):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert body.count(r"\left") == body.count(r"\right")
    opened, closed = (re.findall(rf"\\{word}{{(.*?)}}", body) for word in ("begin", "end"))
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("apery", "6 / (riemannZeta ((3 : ℝ) : ℂ)).re"),
        ("four over pi", "4 / Real.pi"),
        ("two over log 2", "2 / Real.log 2"),
        ("interlaced e", "Real.exp 1"),
        ("catalan and pi", "(8 * catalanG + 2 * Real.pi) / (8 - 4 * catalanG - Real.pi)"),
    ],
)
def test_lean_theorem(title, value, text_of):
    text = text_of(title, "lean")
    assert f"(nhds ({value} : ℝ)) := by\n  sorry\n" in text
    assert text.count("sorry") == 1 and text.count("import Mathlib") == 1
    assert text.index("import Mathlib") > text.index("-/")
    assert re.search(r"Lean 4\.\d+ and Mathlib", text)
    assert ("noncomputable def catalanG" in text) == ("catalan" in title)
    assert text.index("namespace f_fraction") < text.index("end f_fraction")


def test_lean_terms(text_of):
    assert "34 * (n : ℤ) ^ 3 + 51 * (n : ℤ) ^ 2 + 27 * (n : ℤ) + 5" in text_of("apery", "lean")
    interlaced = text_of("interlaced e", "lean")
    assert "match n % 3 with\n  | 0 => 1\n  | 1 => 2 * ((n / 3 : ℕ) : ℤ)\n  | _ => 1" in interlaced
    assert "([0, 0, 2, 0, 0, -1] : List ℤ)" in text_of("signed e", "lean")


@pytest.mark.parametrize(
    ("constant", "message"),
    [
        ("lambertw(1)", "lean has no lambertw: export to latex, sympy, pari, mpmath, python or c"),
        ("airyai(1)", "lean has no airyai"),
        ("besselj(1, -2)", "positive argument of besselj"),
    ],
)
def test_lean_refuses_what_it_cannot_say(constant, message, make_formula, make_meta):
    f = make_formula((1,), (1,), [constant], (0, 1), (1, 0))
    with pytest.raises(UsageError, match=message):
        export(f, None, make_meta("f"), "lean")


def test_lean_says_of_an_unknown_value_that_there_is_one(formulas, make_meta):
    files = export(Formula(formulas["apery"].fraction), None, make_meta("f"), "lean")
    assert "∃ x : ℝ, Filter.Tendsto" in files["f.lean"] and "(nhds (x : ℝ))" in files["f.lean"]


def test_unused_constants_are_dropped(make_meta):
    fraction = ContinuedFraction.of((3, 1), (-2, 3, 0))
    relation = Relation.of(["catalan", "pi"], (4, 0, 0), (0, 0, 1))
    ((_, text),) = export(Formula(fraction, relation), None, make_meta("f"), "python").items()
    assert "Computes pi by" in text
