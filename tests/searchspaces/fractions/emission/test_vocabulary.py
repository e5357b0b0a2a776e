"""Every word of the vocabulary in every language, or a refusal; numbers against ball arithmetic."""

import shutil
import subprocess

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import ARITIES, CONSTANTS, ORDERED
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.emission.export import DIALECTS
from elitemap.searchspaces.fractions.emission.lean_table import DEFINITIONS

#: An argument at which each function is defined and not special.
ARGUMENTS = {"acosh": "7/3", "hurwitz": "4/3", "zeta": "7/3", "lgamma": "-7/5", "cbrt": "-7/5"}
ARGUMENTS |= {"dirichlet": "7/3"}

#: First arguments other than 5/2.
ORDERS = {"dirichlet": "-4", "polylog": "2"}


def call(name):
    """A call of a function, with arguments in their order."""
    first = [ORDERS.get(name, "5/2")] if name in ORDERED else []
    last = ["1/9"] if name in ("min", "max", "atan2", "hypot") else []
    return f"{name}({', '.join([*first, ARGUMENTS.get(name, '2/7'), *last])})"


WORDS = sorted(CONSTANTS) + [call(name) for name in sorted(ARITIES)]

NEWER = {"ei", "e1", "polylog", "dirichlet"}

#: What languages do without, because their libraries do.
LACKING = {
    "latex": set(),
    "sympy": {"khinchin", "glaisher", "dirichlet"},
    "mpmath": {"dirichlet"},
    "pari": set(),
    "lean": {"hurwitz", "airyai", "airybi", "lambertw", "atan2"} | NEWER,
}

EXPRESSIONS = [
    *WORDS,
    "2**(1/3)",
    "-(pi - e)*(-2)",
    "(1 + pi)**2/(3 - e)**(-3)",
    "pi/(e/2)",
    "pi/e/2",
    "2 - (3 - pi)",
    "2*(-pi)*(-(e))",
    "-pi**2",
    "(-pi)**2",
    "2**(-pi)",
    "exp2(-3)",
    "sqrt(2)/2 + golden",
    "gamma(1/4)**4*gamma(3/4)",
    "min(1/3, 1/2) + abs(-3)",
    "1/3 + pi/7 - 22/7",
    "10**(1/2)/7**(2)",
    "log(2)**2**2",
]


@pytest.mark.parametrize("language", LACKING)
def test_languages_have_every_word_or_lack_it_by_decision(language):
    dialect = DIALECTS[language]
    lacking = {name for name in CONSTANTS if name not in dialect.leaves} | {
        name for name in ARITIES if name not in dialect.functions
    }
    assert lacking == LACKING[language]
    assert set(dialect.leaves) <= CONSTANTS
    assert set(dialect.functions) <= set(ARITIES)


def known(language):
    dialect = DIALECTS[language]
    trees = [(text, constant(text)) for text in EXPRESSIONS]
    return [(text, one) for text, one in trees if dialect.lacks(one.expression) is None]


def evaluated(language, one):
    text = DIALECTS[language].text(one.expression)
    scope = {"sympy": sympy, "mp": mpmath.mp}
    return eval(compile(text, "exported", "eval"), scope)


@pytest.mark.parametrize(("text", "one"), known("mpmath"))
def test_mpmath(text, one):
    with mpmath.workdps(50):
        found = mpmath.mpf(evaluated("mpmath", one))
        wanted = mpmath.mpf(one.ball(200).str(50, radius=False))
        assert abs(found - wanted) < 1e-40 * max(1, abs(wanted))


@pytest.mark.parametrize(("text", "one"), known("sympy"))
def test_sympy(text, one):
    found = evaluated("sympy", one)
    assert isinstance(found, sympy.Expr) and not found.atoms(sympy.Float)
    wanted = sympy.Float(one.ball(200).str(50, radius=False), 50)
    assert abs(found.evalf(50) - wanted) < 1e-40 * max(1, abs(wanted))


def test_pari():
    gp = shutil.which("gp")
    if gp is None:
        pytest.skip("gp is not installed")
    cases = known("pari")
    lines = ["default(realprecision, 60);"]
    lines += [f"print({DIALECTS['pari'].text(one.expression)}*1.);" for _, one in cases]
    ran = subprocess.run([gp, "-fq"], input="\n".join(lines), capture_output=True, text=True)
    assert "***" not in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    for (text, one), line in zip(cases, ran.stdout.split("\n"), strict=False):
        with mpmath.workdps(50):
            found = mpmath.mpf(line.replace(" E", "E"))
            wanted = mpmath.mpf(one.ball(200).str(50, radius=False))
            assert abs(found - wanted) < 1e-30 * max(1, abs(wanted)), text


@pytest.mark.parametrize(("text", "one"), known("latex"))
def test_latex_is_balanced(text, one):
    written = DIALECTS["latex"].text(one.expression)
    assert written.count("{") == written.count("}")
    assert written.count(r"\left") == written.count(r"\right")
    assert "{a}" not in written and "{A}" not in written


@pytest.mark.parametrize(("text", "one"), known("lean"))
def test_lean_is_balanced(text, one):
    written = DIALECTS["lean"].text(one.expression)
    assert written.count("(") == written.count(")") and written.count("|") % 2 == 0
    assert "{" not in written and "**" not in written


def test_lean_definitions_are_used():
    words = " ".join(DIALECTS["lean"].text(one.expression) for _, one in known("lean"))
    assert all(name in words for name in DEFINITIONS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("zeta(3)", r"\zeta\left(3\right)"),
        ("besseli(0, 2)/besseli(1, 2)", r"\frac{I_{0}\left(2\right)}{I_{1}\left(2\right)}"),
        ("gamma(1/4)", r"\Gamma\left(\frac{1}{4}\right)"),
        ("gamma", r"\gamma"),
        ("golden", r"\varphi"),
        ("e**2", "e^{2}"),
        ("2*3**(1/2)", r"2 \cdot 3^{\frac{1}{2}}"),
        ("pi*(-e)", r"\pi \left(-e\right)"),
        ("exp(pi)**2", r"\left(e^{\pi}\right)^{2}"),
        ("tan(1)", r"\tan\left(1\right)"),
    ],
)
def test_latex_notation(text, wanted):
    assert DIALECTS["latex"].text(constant(text).expression) == wanted


@settings(max_examples=40)
@given(data=st.data())
def test_random_arithmetic_keeps_its_value(data):
    leaves = st.sampled_from(["pi", "e", "2", "3/7", "catalan"])
    texts = st.recursive(
        leaves,
        lambda inner: (
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(
                lambda parts: "({} {} ({}))".format(*parts)
            )
            | inner.map(lambda part: f"-({part})")
        ),
        max_leaves=6,
    )
    text = data.draw(texts)
    try:
        one = constant(text)
    except UsageError:  # Divisions by zero are no constants.
        return
    with mpmath.workdps(50):
        wanted = mpmath.mpf(one.ball(200).str(50, radius=False))
        for language in ("mpmath", "sympy"):
            found = evaluated(language, one)
            value = (
                mpmath.mpf(str(sympy.N(found, 50))) if language == "sympy" else +mpmath.mpf(found)
            )
            assert abs(value - wanted) <= 1e-35 * max(1, abs(wanted))
