"""The table of known formulas: a shipped one, and one that the user adds.

A table is a CSV file with the columns a, b, value, source and year. Coefficients run from the
leading term down, separated by spaces, as in ``34 51 27 5``; the polynomials of an interlaced
fraction are separated by ``;``. The value is an expression of the constants' vocabulary. Formulas
are looked up by canonical form, so a row stands for all its disguises. Coefficients (and the value)
may depend on a parameter x, as in ``8 8 x**2+3``, without spaces within one: a family of formulas.
"""

import csv
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.contiguous.table import Table
from elitemap.evaluators.fractions.labels.parametric import Family, family
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
class Known(Table[KnownFormula]):
    """Known formulas by canonical form, and families of them.

    Attributes:
        families: Formulas with a parameter.
    """

    families: Sequence[Family] = ()

    def find(self, fraction: ContinuedFraction) -> KnownFormula | None:
        """The known formula that a fraction is a disguise of, if there is one.

        Raises:
            FractionError: If the fraction is degenerate.
        """
        home = canonical(fraction)
        found = self.formulas.get(home)
        if found is not None:
            return found
        for one in self.families:
            x = one.parameter(home)
            if x is not None:
                member, value = one.at(x)
                return KnownFormula(member, value, f"{one.source}, at x = {x}", one.year)
        return None


def load(path: Path | None = None) -> Known:
    """Read the shipped table, and the user's after it.

    Raises:
        UsageError: In one line, with the line number, if the user's table cannot be read.
    """
    formulas, families = _shipped()
    if path is None:
        return Known(formulas, families)
    own, more = read(path)
    later = {key: row for key, row in own.items() if key not in formulas}
    return Known({**formulas, **later}, (*families, *more))


@functools.cache
def _shipped() -> tuple[Mapping[ContinuedFraction, KnownFormula], tuple[Family, ...]]:
    return read(SHIPPED)


def read(path: Path) -> tuple[dict[ContinuedFraction, KnownFormula], tuple[Family, ...]]:
    """One table: formulas by canonical form, and families.

    Raises:
        UsageError: As :func:`load`.
    """
    found: dict[ContinuedFraction, KnownFormula] = {}
    families = []
    for row in rows(path):
        if isinstance(row, Family):
            families.append(row)
        else:
            found.setdefault(canonical(row.fraction), row)
    return found, tuple(families)


def rows(path: Path) -> Iterator[KnownFormula | Family]:
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


def _row(row: Mapping[str, str | None], place: str) -> KnownFormula | Family:
    """One row, checked."""
    empty = [name for name in COLUMNS if not (row[name] or "").strip()]
    if empty:
        raise UsageError(f"expected all columns in {place}, got no {', '.join(empty)}; fill it in")
    texts = {name: (row[name] or "").strip() for name in COLUMNS}
    if "x" in texts["a"] + texts["b"]:
        return family(texts, place)
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
