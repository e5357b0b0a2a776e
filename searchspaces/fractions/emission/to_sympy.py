"""SymPy and mpmath: both sides of the formula, and to how many decimal places they agree."""

from dataclasses import dataclass

from elitemap.searchspaces.fractions.emission import engine
from elitemap.searchspaces.fractions.emission.dialect import SUM, Dialect
from elitemap.searchspaces.fractions.emission.plan import Plan, plan
from elitemap.searchspaces.fractions.emission.pysource import engine_source, module_head, partials
from elitemap.searchspaces.fractions.emission.series_code import (
    MPMATH_WORDS,
    RATIONALS,
    SYMPY_WORDS,
    python_sum,
)
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.tables import MPMATH, SYMPY
from elitemap.searchspaces.fractions.series.text import Words, term

#: The depth of the convergent that is compared where no method reaches the limit.
DEPTH = 10_000


@dataclass(frozen=True)
class _Library:
    """The lines in which the two files differ."""

    dialect: Dialect
    imports: str
    value: str
    convergent: str
    left: str
    right: str
    places: str
    words: Words
    series: str


_LIBRARIES = {
    "sympy": _Library(
        SYMPY,
        "import sympy",
        '''\
def value() -> sympy.Expr:
    """The value as an exact expression."""
    return {value}
''',
        '''\
def convergent_at(n: int) -> sympy.Rational:
    """The convergent number n."""
    p, q = convergent(a, b, n)
    return sympy.Rational(int(p), int(q))
''',
        "value().evalf(digits + 15)",
        "sympy.Rational(int(p), int(q)).evalf(digits + 15)",
        "int(sympy.floor(-sympy.log(abs(left - right), 10).evalf()))",
        SYMPY_WORDS,
        '''\
def series() -> sympy.Expr:
    """The series, whose value is {left}."""
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    return {constant}sympy.Sum({term}, (k, 0, sympy.oo))


def series_error(count: int) -> sympy.Expr:
    """The constant minus so many terms of the series."""
    total = partial_sum(count)
    return ({left} - sympy.Rational(total.numerator, total.denominator)).evalf(15, maxn=1000)
''',
    ),
    "mpmath": _Library(
        MPMATH,
        "from mpmath import mp",
        '''\
def value() -> mp.mpf:
    """The value at the current precision."""
    return mp.mpf({value})
''',
        '''\
def convergent_at(n: int) -> mp.mpf:
    """The convergent number n at the current precision."""
    p, q = convergent(a, b, n)
    return mp.mpf(int(p)) / int(q)
''',
        "value()",
        "mp.mpf(int(p)) / int(q)",
        "int(mp.floor(-mp.log10(abs(left - right))))",
        MPMATH_WORDS,
        '''\
def term(k: int) -> mp.mpf:
    """A term of the series at the current precision."""
    k = mp.mpf(k)
    return mp.mpf({term})


def series_error(count: int) -> mp.mpf:
    """The constant minus so many terms of the series."""
    total = partial_sum(count)
    with mp.workdps(120):
        return {left} - mp.mpf(total.numerator) / total.denominator
''',
    ),
}

_NO_LIMIT = '''\
def limit(places: int) -> tuple[int, int]:
    """The convergent number {depth}: the fraction {rate}, and nothing reaches its limit."""
    return convergent(a, b, {depth})
'''

_COMPARE = '''\
def compare(digits: int) -> int:
    """Print value and fraction; the result is the number of decimal places that agree."""
{setup}    p, q = limit(digits + {spare})
    left, right = {left}, {right}
    agreement = digits
    if left != right:
        agreement = min(digits, {places})
    print("value    ", {show_left})
    print("fraction ", {show_right})
    print(f"agreement: {{agreement}} decimal places")
    return agreement


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    sys.exit(0 if compare(wanted) >= wanted else 1)
'''

_SHOW_ONLY = '''\
def show(digits: int) -> None:
    """Print the fraction, whose value is not known."""
{setup}    p, q = limit(digits + {spare})
    print({shown})


if __name__ == "__main__":
    show(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
'''


def sympy_files(subject: Subject) -> dict[str, str]:
    """``name_sympy.py``: the value as an expression, exact convergents, their comparison."""
    return {f"{subject.name}_sympy.py": _source(subject, "sympy")}


def mpmath_files(subject: Subject) -> dict[str, str]:
    """``name_mpmath.py``: the same with mpmath's numbers."""
    return {f"{subject.name}_mpmath.py": _source(subject, "mpmath")}


def _source(subject: Subject, language: str) -> str:
    library, chosen = _LIBRARIES[language], plan(subject)
    usage = [
        f"Run this file to compare the fraction, which {chosen.rate}, with its value to 50 decimal "
        "places, or to as many as the argument says."
    ]
    rational = RATIONALS if _series(subject, library) else ""
    imports = f"import sys\nfrom collections.abc import Callable{rational}\n\n{library.imports}"
    parts = [
        module_head(subject, usage, imports, chosen),
        partials(subject.formula.fraction),
        engine_source(chosen, (engine.convergent,)),
        library.convergent,
    ]
    if chosen.method == "none":
        parts.insert(3, _NO_LIMIT.format(depth=DEPTH, rate=chosen.rate))
    if subject.value is not None:
        parts.append(library.value.format(value=library.dialect.text(subject.value)))
    parts += _series(subject, library)
    return "\n\n".join([*parts, _main(subject, language, chosen)])


def _series(subject: Subject, library: _Library) -> list[str]:
    """The series of the constant, if there is one and the library has its words."""
    found = subject.summed
    if found is None or library.dialect.lacks(found.left):
        return []
    before = found.series.constant
    constant = library.dialect.number(abs(before)).text if before else ""
    sign = "-" if before < 0 else ""
    return [
        python_sum(found),
        library.series.format(
            left=library.dialect.bracket(library.dialect.term(found.left), SUM),
            constant=f"{sign}{constant} + " if before else "",
            term=term(found.term, library.words),
        ),
    ]


def _main(subject: Subject, language: str, chosen: Plan) -> str:
    library = _LIBRARIES[language]
    known = subject.value is not None
    shown = ("{}.n(digits)" if language == "sympy" else "mp.nstr({}, digits)").format
    return (_COMPARE if known else _SHOW_ONLY).format(
        setup="    mp.dps = digits + 15\n" if language == "mpmath" else "",
        spare=chosen.spare,
        left=library.left,
        right=library.right,
        places=library.places,
        show_left=shown("left"),
        show_right=shown("right"),
        shown=shown(library.right),
    )
