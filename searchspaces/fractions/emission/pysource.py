"""What the Python targets share: the terms of a fraction and the engine, as source text."""

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.emission import engine, engine_series
from elitemap.searchspaces.fractions.emission.plan import (
    MOST_DEPTH,
    MOST_ORDER,
    MOST_TERMS,
    Plan,
)
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.words import description
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.emission.pysource import docstring

#: What modules import whose engine uses the tail's series.
SERIES_IMPORTS = """\
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import isqrt
from operator import sub"""

_ALIASES = """\
Term = Callable[[int], int]
Matrix = tuple[int, int, int, int]
"""

_MPZ = """\
try:
    from gmpy2 import mpz
except ImportError:  # Python's own integers do, more slowly.
    mpz = int
"""

_PLAIN = '''\
def {name}(n: int) -> int:
    """The partial {what} {name}_n, n >= {first}."""
    return {body}
'''

_INTERLACED = '''\
def {name}(n: int) -> int:
    """The partial {what} {name}_n, n >= {first}: one polynomial for each n mod {period}."""
    k, residue = divmod(n, {period})
    return (
{rows}
    )[residue]
'''

_SIGNED = '''\
START = {start}
TAPS = {taps}
SIGNS = {signs}
_quotients = list(START)


def a(n: int) -> int:
    """The quotient a_n: START, then the sum of TAPS times the quotients before, the last first."""
    while len(_quotients) <= n:
        _quotients.append(sum(t * _quotients[-k] for k, t in enumerate(TAPS, 1)))
    return _quotients[n]


def b(n: int) -> int:
    """The sign b_n, n >= 1."""
    return SIGNS[(n - 1) % len(SIGNS)]
'''

_LIMIT_PRODUCTS = '''\
def limit(places: int) -> tuple[int, int]:
    """Numerator and denominator of the fraction's value to so many decimal places."""
    depth = int({depth}) + 8
    return by_products(a, b, places, depth, {most})
'''

_LIMIT_EXTRAPOLATION = '''\
def limit(places: int) -> tuple[int, int]:
    """Numerator and denominator of the fraction's value to so many decimal places."""
    return by_extrapolation(a, b, places, {step}, {most})
'''


_LIMIT_SERIES = '''\
#: b(n+1)/(a(n+1) a(n)), numerator and denominator, leading coefficients first.
RATIO = {ratio}


def limit(places: int) -> tuple[int, int]:
    """Numerator and denominator of the fraction's value to so many decimal places."""
    return by_series(a, b, RATIO, places, {most})
'''


def module_head(subject: Subject, usage: Sequence[str], imports: str, chosen: Plan) -> str:
    """The beginning of a module: docstring, imports and whole numbers."""
    if chosen.method == "series":
        imports = imports.replace("from collections.abc import Callable", SERIES_IMPORTS)
    opening, *rest = description(subject)
    doc = docstring([opening, "", *usage, *rest])
    return f"{doc}\n\n{imports}\n\n{_MPZ}\n{_ALIASES}"


def partials(fraction: ContinuedFraction | SignedFraction) -> str:
    """Source of the functions a(n) and b(n)."""
    if isinstance(fraction, SignedFraction):
        return _SIGNED.format(start=fraction.start, taps=fraction.taps, signs=fraction.signs)
    sides = (("a", "denominator", 0, fraction.a), ("b", "numerator", 1, fraction.b))
    return "\n\n".join(_partial(*side) for side in sides)


def _partial(name: str, what: str, start: int, polynomials: Sequence[Sequence[int]]) -> str:
    period = len(polynomials)
    if period == 1:
        body = polynomial_text(tuple(polynomials[0]))
        return _PLAIN.format(name=name, what=what, first=start, body=body)
    rows = "\n".join(f"        {polynomial_text(tuple(p), 'k')}," for p in polynomials)
    return _INTERLACED.format(name=name, what=what, first=start, period=period, rows=rows)


def engine_source(chosen: Plan, extra: Sequence[Callable[..., Any]] = ()) -> str:
    """The engine's functions that a plan needs, and ``limit(places)`` where it has a method."""
    functions: list[Callable[..., Any]] = [engine.times, engine.product, *extra]
    last = ""
    if chosen.method == "products":
        functions.append(engine.by_products)
        last = _LIMIT_PRODUCTS.format(depth=chosen.depth_source("places"), most=MOST_TERMS)
    if chosen.method == "extrapolation":
        if not extra:
            functions = []
        functions += [engine.salzer, engine.samples, engine.by_extrapolation]
        last = _LIMIT_EXTRAPOLATION.format(step=chosen.step, most=MOST_ORDER)
    if chosen.method == "series":
        functions += [
            engine_series.quotient_series,
            engine_series.tail_series,
            engine_series.with_tail,
            engine_series.by_series,
        ]
        last = _LIMIT_SERIES.format(ratio=chosen.ratio, most=MOST_DEPTH)
    texts = [inspect.getsource(function) for function in functions]
    return "\n\n".join([*texts, last] if last else texts)


def clear_of(name: str, *texts: str) -> str:
    """A name that occurs as a word in none of the texts, so that it can shadow nothing there."""
    words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", "\n".join(texts)))
    while name in words:
        name += "_fraction"
    return name
