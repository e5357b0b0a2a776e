"""Series in the languages of exports: terms in closed form, partial sums, their comparison."""

from fractions import Fraction

from elitemap.searchspaces.fractions.continued import Polynomial, polynomial_text
from elitemap.searchspaces.fractions.emission.latex_table import LATEX, juxtaposed, tidy
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.summed import TERMS, Summed
from elitemap.searchspaces.fractions.emission.tables import PARI
from elitemap.searchspaces.fractions.series.text import Words, slashed, starred, statement, term


def _in_k(polynomial: Polynomial) -> str:
    return polynomial_text(polynomial, "k")


def _python(prefix: str, factorial: str, binomial: str, rising: str) -> Words:
    """Words of a Python library."""
    return Words(
        symbols={
            "k!": f"{prefix}{factorial}(k)",
            "(2k)!": f"{prefix}{factorial}(2*k)",
            "C(2k,k)": f"{prefix}{binomial}(2*k, k)",
        },
        rising=lambda r: rising.format(r.numerator, r.denominator),
        power="{}**{}",
        polynomial=_in_k,
        product=starred,
        quotient=slashed,
    )


SYMPY_WORDS = _python(
    "sympy.", "factorial", "binomial", "sympy.RisingFactorial(sympy.Rational({}, {}), k)"
)
MPMATH_WORDS = _python("mp.", "factorial", "binomial", "mp.rf(mp.mpf({})/{}, k)")

PARI_WORDS = Words(
    symbols={"k!": "k!", "(2k)!": "(2*k)!", "C(2k,k)": "binomial(2*k, k)"},
    rising=lambda r: f"prod(j = 0, k - 1, {r} + j)",
    power="{}^{}",
    polynomial=lambda polynomial: _in_k(polynomial).replace("**", "^"),
    product=starred,
    quotient=slashed,
)


def _latex_polynomial(polynomial: Polynomial) -> str:
    text = _in_k(polynomial)
    for power in range(len(polynomial) - 1, 1, -1):
        text = text.replace(f"**{power}", f"^{{{power}}}")
    return text.replace("*", " ")


def _latex_rising(r: Fraction) -> str:
    return rf"\left(\tfrac{{{r.numerator}}}{{{r.denominator}}}\right)_{{k}}"


def _bare(below: str, factors: int) -> str:
    """A single factor in brackets needs none below a bar."""
    return below[1:-1] if factors == 1 and below[0] + below[-1] == "()" else below


LATEX_WORDS = Words(
    symbols={"k!": "k!", "(2k)!": "(2 k)!", "C(2k,k)": r"\binom{2 k}{k}"},
    rising=_latex_rising,
    power="{}^{{{}}}",
    polynomial=_latex_polynomial,
    product=juxtaposed,
    quotient=lambda above, below, factors: rf"\frac{{{above}}}{{{_bare(below, factors)}}}",
)

#: What modules with a series import beside others.
RATIONALS = "\nfrom fractions import Fraction"

_PYTHON_SUM = '''\
def partial_sum(count: int) -> Fraction:
    """The series of the constant,

        {statement},

    up to so many terms, exactly. Its quotients are simpler than its terms.
    """
    total, term = Fraction({constant}), Fraction({first})
    for k in range(count):
        total += term
        term *= Fraction({above}, {below})
    return total
'''

_PARI_SUM = r"""
\\ The series of the constant, left() = sum of term(k), and how far {terms} of its terms go.
term(k) = {term};
left() = {left};
partial_sum(count) = {constant}sum(k = 0, count - 1, term(k));
{{
  localprec(120);
  my(difference = abs(left() - partial_sum({terms})));
  print("series    ", {terms}, " terms agree to ",
    if (difference, min(100, max(0, floor(-log(difference)/log(10)))), 100), " decimal places");
}}
"""

_LATEX_SUM = r"""
As a series,
\begin{{equation*}}
  {left} = {constant}\sum_{{k=0}}^{{\infty}} {term}.
\end{{equation*}}"""


def python_sum(found: Summed) -> str:
    """Source of ``partial_sum(count)``, which needs the class ``Fraction``."""
    series = found.series
    return _PYTHON_SUM.format(
        statement=statement(series),
        constant=_pair(series.constant),
        first=_pair(series.first),
        above=_in_k(series.above),
        below=_in_k(series.below),
    )


def _pair(number: Fraction) -> str:
    whole = number.denominator == 1
    return str(number.numerator) if whole else f"{number.numerator}, {number.denominator}"


def pari_sum(subject: Subject) -> str:
    """Lines of PARI/GP, or nothing."""
    found = subject.summed
    if found is None or PARI.lacks(found.left):
        return ""
    constant = f"{found.series.constant} + " if found.series.constant else ""
    left, written = PARI.text(found.left), term(found.term, PARI_WORDS)
    return _PARI_SUM.format(terms=TERMS, term=written, left=left, constant=constant)


def latex_sum(subject: Subject) -> str:
    """An equation in LaTeX, or nothing."""
    found = subject.summed
    if found is None or LATEX.lacks(found.left):
        return ""
    before = found.series.constant
    size = rf"\frac{{{abs(before.numerator)}}}{{{before.denominator}}}"
    size = size if before.denominator > 1 else str(abs(before.numerator))
    constant = f"{'-' if before < 0 else ''}{size} + " if before else ""
    written = term(found.term, LATEX_WORDS)
    return _LATEX_SUM.format(left=tidy(LATEX.text(found.left)), constant=constant, term=written)
