"""The table of known formulas: a shipped one, and one that the user adds.

A table is a CSV file with the columns a, b, value, source and year. Coefficients run from the
leading term down, separated by spaces, as in ``34 51 27 5``; the polynomials of an interlaced
fraction are separated by ``;``. The value is an expression of the constants' vocabulary. Formulas
are looked up by canonical form, so a row stands for all its disguises.
"""

import csv
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.contiguous.twists import Asymptote, asymptote
from elitemap.searchspaces.fractions.canonical import canonical, terminates
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError, trimmed

COLUMNS = ("a", "b", "value", "source", "year")
SHIPPED = Path(__file__).parent / "known.csv"
#: Rows that a table may have.
MAX_ROWS = 100_000


@dataclass(frozen=True)
class KnownFormula:
    """A row of a table.

    Attributes:
        fraction: As published.
        value: Its value, in the vocabulary of constants.
        source: Author and work.
        year: Of publication.
    """

    fraction: ContinuedFraction
    value: str
    source: str
    year: int

    def __str__(self) -> str:
        """One line, as in ``6/zeta(3): a = ..., b = ... (Apéry, 1979)``."""
        return f"{self.value}: {self.fraction} ({self.source}, {self.year})"


@dataclass(frozen=True)
class Known:
    """Known formulas by canonical form; of several of one form the first comes first."""

    formulas: Mapping[ContinuedFraction, KnownFormula]

    def find(self, fraction: ContinuedFraction) -> KnownFormula | None:
        """The known formula that a fraction is a disguise of, if there is one.

        Raises:
            FractionError: If the fraction is degenerate.
        """
        return self.formulas.get(canonical(fraction))

    @functools.cached_property
    def by_asymptote(self) -> Mapping[Asymptote, Sequence[ContinuedFraction]]:
        """The canonical forms by what gauges keep of them."""
        found: dict[Asymptote, list[ContinuedFraction]] = {}
        for fraction in self.formulas:
            found.setdefault(asymptote(fraction), []).append(fraction)
        return found


def load(path: Path | None = None) -> Known:
    """Read the shipped table, and the user's after it.

    Raises:
        UsageError: In one line, with the line number, if the user's table cannot be read.
    """
    if path is None:
        return Known(_shipped())
    found = dict(_shipped())
    for key, formula in read(path).items():
        found.setdefault(key, formula)
    return Known(found)


@functools.cache
def _shipped() -> Mapping[ContinuedFraction, KnownFormula]:
    return read(SHIPPED)


def read(path: Path) -> dict[ContinuedFraction, KnownFormula]:
    """One table, by canonical form.

    Raises:
        UsageError: As :func:`load`.
    """
    found: dict[ContinuedFraction, KnownFormula] = {}
    for formula in rows(path):
        found.setdefault(canonical(formula.fraction), formula)
    return found


def rows(path: Path) -> Iterator[KnownFormula]:
    """The rows of one table, in order.

    Raises:
        UsageError: As :func:`load`.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                columns = ",".join(COLUMNS)
                raise UsageError(
                    f"expected the columns {columns} in line 1 of {path}, "
                    f"got no {', '.join(missing)}; add them"
                )
            for row in reader:
                if reader.line_num > MAX_ROWS:
                    raise UsageError(f"expected at most {MAX_ROWS} lines in {path}; shorten it")
                yield _row(row, f"line {reader.line_num} of {path}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"expected a table of known formulas in {path}, got: {error}; give a readable CSV file"
        ) from None


def _row(row: Mapping[str, str | None], place: str) -> KnownFormula:
    """One row, checked."""
    empty = [name for name in COLUMNS if not (row[name] or "").strip()]
    if empty:
        raise UsageError(f"expected all columns in {place}, got no {', '.join(empty)}; fill it in")
    texts = {name: (row[name] or "").strip() for name in COLUMNS}
    try:
        document = {"kind": "polynomial", "a": _sides(texts["a"]), "b": _sides(texts["b"])}
        fraction = ContinuedFraction.from_json(document)
        canonical(fraction)
        finite = terminates(fraction)
        year = int(texts["year"])
    except (ValueError, FractionError) as error:
        raise UsageError(
            f"expected coefficients such as '34 51 27 5' and a year in {place}, "
            f"got: {error}; correct it"
        ) from None
    if finite:
        raise UsageError(
            f"expected a fraction without end in {place}, got one with some b(n) = 0; drop it"
        )
    try:
        value = constant(texts["value"]).text
    except UsageError as error:
        raise UsageError(f"in {place}: {error}") from None
    return KnownFormula(fraction, value, texts["source"], year)


def _sides(text: str) -> list[list[int]]:
    return [list(trimmed([int(c) for c in side.split()])) for side in text.split(";")]
