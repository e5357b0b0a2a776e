"""Linear systems over quotients of polynomials in n, without fractions."""

from collections.abc import Iterator, Mapping, Sequence

from flint import fmpz_poly

Column = Mapping[int, fmpz_poly]


def kernel(columns: Sequence[Column]) -> Iterator[list[fmpz_poly]]:
    """A basis of the relations among columns, each without a common factor.

    Args:
        columns: Entries by row number; absent ones are zero.
    """
    numbers = sorted({row for column in columns for row in column})
    zero = fmpz_poly([])
    rows = [[column.get(number, zero) for column in columns] for number in numbers]
    pivots = _reduced(rows, len(columns))
    for free in range(len(columns)):
        if free not in pivots:
            yield _relation(rows, pivots, free, len(columns))


def _reduced(rows: list[list[fmpz_poly]], width: int) -> dict[int, int]:
    """Reduce rows in place to one pivot each; the row of each pivot column."""
    pivots: dict[int, int] = {}
    for column in range(width):
        rank = len(pivots)
        filled = [i for i in range(rank, len(rows)) if rows[i][column]]
        if not filled:
            continue
        # The least entry keeps degrees low.
        best = min(filled, key=lambda i: rows[i][column].degree())
        rows[rank], rows[best] = rows[best], rows[rank]
        for i, row in enumerate(rows):
            if i != rank and row[column]:
                rows[i] = _primitive(_crossed(row, rows[rank], column))
        pivots[column] = rank
    return pivots


def _crossed(row: list[fmpz_poly], pivot: list[fmpz_poly], column: int) -> list[fmpz_poly]:
    common = row[column].gcd(pivot[column])
    own, theirs = pivot[column] // common, row[column] // common
    return [own * x - theirs * y for x, y in zip(row, pivot, strict=True)]


def _primitive(row: list[fmpz_poly]) -> list[fmpz_poly]:
    common = fmpz_poly([])
    for entry in row:
        common = common.gcd(entry)
    return [entry // common for entry in row] if common else row


def _relation(
    rows: list[list[fmpz_poly]], pivots: Mapping[int, int], free: int, width: int
) -> list[fmpz_poly]:
    """The relation that the free column completes: its entry is the least common multiple."""
    scale = fmpz_poly([1])
    for column, row in pivots.items():
        if rows[row][free]:
            pivot = rows[row][column] // rows[row][column].gcd(rows[row][free])
            scale *= pivot // scale.gcd(pivot)
    found = [fmpz_poly([])] * width
    found[free] = scale
    for column, row in pivots.items():
        if rows[row][free]:
            found[column] = -(scale * rows[row][free] // rows[row][column])
    return _primitive(found)
