"""C99 and GMP: a header and a source that compute the constant to any number of digits."""

import re
from collections.abc import Sequence

from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.emission import c_engine, c_interface, c_series
from elitemap.searchspaces.fractions.emission.plan import (
    DIGITS,
    MOST_DEPTH,
    MOST_ORDER,
    MOST_TERMS,
    Plan,
    plan,
    trial,
)
from elitemap.searchspaces.fractions.emission.pysource import clear_of
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.words import description
from elitemap.searchspaces.fractions.series.series import Series
from elitemap.searchspaces.fractions.series.text import statement
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.emission.provenance import wrapped
from elitemap.searchspaces.programs.emission.to_c import escape

#: What every ``unsigned long`` of C holds.
_WORD = 2**32

#: Functions and types of GMP, which no exported function may be called.
_GMP = re.compile(r"_*(mp[zqfn]|gmp|mp)(_|$)")


def files(subject: Subject) -> dict[str, str]:
    """``name.h`` and ``name.c``: ``name(mpz_t, digits)`` and ``name_text(digits)``.

    Raises:
        UsageError: If the digits of the fraction are out of reach.
        SearchError: If the fraction is not what the formula says.
    """
    chosen = plan(subject)
    digits = trial(subject, chosen)
    parts = [_partials(subject.formula.fraction), *_engine(subject, chosen)]
    name = clear_of(
        subject.name,
        *parts,
        c_interface.PUBLIC,
        c_interface.PARTIAL_SUM,
        c_interface.SELFTEST,
        c_interface.HEADER,
    )
    if _GMP.match(name):
        name = f"constant_{name}"
    parts.append(_filled(c_interface.PUBLIC, NAME=name, SPARE=chosen.spare, SOLVE=_solve(subject)))
    if subject.summed is not None:
        parts.append(_partial_sum(subject.summed.series, name))
    parts.append(_filled(c_interface.SELFTEST, NAME=name, DIGITS=digits, COUNT=DIGITS))
    if any("add_text(" in part for part in parts):
        parts.insert(0, c_interface.ADD_TEXT)
    stem = subject.name
    head = (
        f"/*\n * {stem}: see {stem}.h for what it computes.\n"
        " * SPDX-License-Identifier: MIT\n */\n"
        f'#include "{stem}.h"\n\n#include <stdlib.h>\n#include <string.h>\n'
    )
    return {
        f"{stem}.h": _header(subject, chosen, name),
        f"{stem}.c": "\n".join([head, *parts]),
    }


def _header(subject: Subject, chosen: Plan, name: str) -> str:
    stem = subject.name
    lines = [
        *description(subject),
        "",
        f"Computes {subject.computed}; the fraction {chosen.rate}.",
        f"Build with: cc -std=c99 -O2 -c {stem}.c, and link with -lgmp. "
        "As a program that checks the first digits, or prints as many as its argument says:",
        f"    cc -std=c99 -O2 -DELITEMAP_SELFTEST {stem}.c -o {stem} -lgmp",
    ]
    return _filled(
        c_interface.HEADER,
        COMMENT="\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape)),
        GUARD=f"ELITEMAP_{stem.upper()}_H",
        WHAT=escape(subject.computed),
        NAME=name,
        SERIES=_declared(subject, name),
    )


def _declared(subject: Subject, name: str) -> str:
    """The declaration of the series' partial sums, or nothing."""
    if subject.summed is None:
        return ""
    lines = escape(statement(subject.summed.series))
    return _filled(c_interface.SERIES, STATEMENT=lines, NAME=name)


def _partial_sum(series: Series, name: str) -> str:
    quotients = [
        f"static void quotient_{side}(mpz_t r, unsigned long n)\n{{\n{body}\n}}\n"
        for side, polynomial in (("above", series.above), ("below", series.below))
        for body in ["\n".join(f"    {line}" for line in _horner(polynomial, "n"))]
    ]
    return _filled(
        c_interface.PARTIAL_SUM,
        QUOTIENTS="\n".join(["/* t(n+1)/t(n). */", *quotients]),
        NAME=name,
        CONSTANT=series.constant,
        FIRST_TERM=series.first,
    )


def _engine(subject: Subject, chosen: Plan) -> list[str]:
    fraction = subject.formula.fraction
    signed = isinstance(fraction, SignedFraction)
    if chosen.method == "extrapolation":
        text = _filled(
            c_engine.EXTRAPOLATION,
            STEP=f"{chosen.step}UL",
            MOST=f"{MOST_ORDER}UL",
            FIRST_SAMPLE=_first(fraction, "x"),
        )
        return [_filled(c_engine.STEP, DECL="", PASS=""), text]
    if chosen.method == "series":
        return _series(fraction, chosen)
    table = {"DECL": ", mpz_t *quotients", "PASS": ", quotients", "USE": ", quotients"}
    table = table if signed else dict.fromkeys(table, "")
    products = _filled(
        f"{c_engine.PRODUCTS}\n{c_engine.BY_PRODUCTS}",
        DEPTH=chosen.depth_source("asked"),
        MOST=MOST_TERMS,
        FIRST=_first(fraction, "total"),
        FILL=c_engine.FILL if signed else "",
        FREE=c_engine.FREE if signed else "",
        **table,
    )
    return [c_engine.TIMES, _filled(c_engine.STEP, **table), products]


def _series(fraction: ContinuedFraction | SignedFraction, chosen: Plan) -> list[str]:
    above, below = chosen.ratio
    quotients = _filled(
        c_series.QUOTIENTS,
        ABOVE=", ".join(f'"{c}"' for c in above),
        BELOW=", ".join(f'"{c}"' for c in below),
        ABOVE_COUNT=f"{len(above)}UL",
        BELOW_COUNT=f"{len(below)}UL",
        LEAD=f"{2 - len(above) + len(below)}UL",
    )
    tail = _filled(c_series.TAIL, MOST=f"{MOST_DEPTH}UL", FIRST_SAMPLE=_first(fraction, "x"))
    plain = {"DECL": "", "PASS": "", "USE": ""}
    return [
        c_engine.TIMES,
        *(_filled(text, **plain) for text in (c_engine.STEP, c_engine.PRODUCTS)),
        quotients,
        c_series.GROWN if len(above) == len(below) + 2 else c_series.LEVEL,
        tail,
    ]


def _first(fraction: ContinuedFraction | SignedFraction, name: str) -> str:
    """The matrix (a(0), 1; 1, 0)."""
    start = fraction.start[0] if isinstance(fraction, SignedFraction) else fraction.a_at(0)
    return "\n    ".join(
        [
            f'mpz_set_str({name}[0], "{start}", 10);',
            f"mpz_set_ui({name}[1], 1);",
            f"mpz_set_ui({name}[2], 1);",
            f"mpz_set_ui({name}[3], 0);",
        ]
    )


def _partials(fraction: ContinuedFraction | SignedFraction) -> str:
    if isinstance(fraction, SignedFraction):
        return _filled(
            c_interface.QUOTIENTS,
            START=", ".join(f'"{c}"' for c in fraction.start),
            TAPS=", ".join(f'"{c}"' for c in fraction.taps),
            SIGNS=", ".join(map(str, fraction.signs)),
            START_COUNT=len(fraction.start),
            TAP_COUNT=len(fraction.taps),
            SIGN_COUNT=len(fraction.signs),
        )
    sides = (("a", "denominator", fraction.a), ("b", "numerator", fraction.b))
    return "\n".join(_partial(*side) for side in sides)


def _partial(name: str, what: str, polynomials: Sequence[tuple[int, ...]]) -> str:
    """A function that evaluates the polynomial of a residue by Horner's rule."""
    period = len(polynomials)
    lines = [f"/* The partial {what} {name}(n). */"]
    lines += [f"static void partial_{name}(mpz_t r, unsigned long n)", "{"]
    if period == 1:
        lines += [f"    {line}" for line in _horner(polynomials[0], "n")]
        return "\n".join([*lines, "}", ""])
    lines += [f"    const unsigned long k = n / {period};", f"    switch (n % {period}) {{"]
    for residue, polynomial in enumerate(polynomials):
        lines.append(f"    case {residue}:" if residue + 1 < period else "    default:")
        lines += [f"        {line}" for line in [*_horner(polynomial, "k"), "break;"]]
    used = any(len(polynomial) > 1 for polynomial in polynomials)
    return "\n".join([*lines, "    }", *([] if used else ["    (void)k;"]), "}", ""])


def _horner(polynomial: tuple[int, ...], variable: str) -> list[str]:
    lines = ["mpz_set_ui(r, 0);", f"/* {polynomial_text(polynomial, variable)} */"]
    for index, coefficient in enumerate(polynomial):
        if index:
            lines.append(f"mpz_mul_ui(r, r, {variable});")
        if coefficient:
            lines.append(_add(coefficient))
    if len(polynomial) < 2 and variable == "n":
        lines.append("(void)n;")
    return lines


def _add(coefficient: int) -> str:
    if abs(coefficient) >= _WORD:
        return f'add_text(r, "{coefficient}");'
    return f"mpz_{'add' if coefficient > 0 else 'sub'}_ui(r, r, {abs(coefficient)}UL);"


def _solve(subject: Subject) -> str:
    """Lines that set above/below to (m0 q + m1 p)/(m2 q + m3 p)."""
    m0, m1, m2, m3 = subject.solution()
    lines = [
        f'mpz_set_str(above, "{m0}", 10);',
        "mpz_mul(above, above, q);",
        f'mpz_set_str(below, "{m1}", 10);',
        "mpz_addmul(above, below, p);",
        f'mpz_set_str(below, "{m2}", 10);',
        "mpz_mul(below, below, q);",
        f'mpz_set_str(q, "{m3}", 10);',
        "mpz_addmul(below, q, p);",
    ]
    return "\n".join(f"    {line}" for line in lines)


def _filled(text: str, **values: object) -> str:
    """A template with its names between at signs filled in."""
    return re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), text)
