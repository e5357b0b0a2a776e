"""What the panes ask of an archive. Every answer is a plain value; all run on a lane's thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from elitemap.archive.problems import Problem
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.reading.listing import Listing
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.axes import Axis, map_axes, plot_axes
from elitemap.terminal.browser.plot.cloud import Cloud, cloud
from elitemap.terminal.browser.scope import Scope, within
from elitemap.terminal.browser.table.rows import PAGE, Head, Row, best_first, heads_of, row

#: Points of a plot at most: about as many as a terminal can tell apart.
MOST_POINTS = 5_000

#: Elites from which on a first answer comes from a sample, of about so many.
_SAMPLE = 10_000


@dataclass(frozen=True, eq=False)
class Table:
    """A listing as the table shows it.

    Attributes:
        order: What pages are asked of: the listing, or the query until that is made.
        total: Number of rows.
        sort: What it is ordered by, as ``--sort`` takes it; empty for the best first.
        heads: The columns.
        cursor: The row of the elite that was asked for, None if it is not among them.
    """

    order: Listing | ElitesQuery
    total: int
    sort: str
    heads: tuple[Head, ...]
    cursor: int | None = None


@dataclass(frozen=True, eq=False)
class Chart:
    """A map or a plot, and what may be on its axes.

    Attributes:
        drawn: What to draw; None where the elites have no two numbers.
        axes: Columns that may be axes.
        every: Of so many elites one was looked at.
        problem: Id of the problem whose elites these are; empty without elites.
        several: Names of the problems of a part that has more than one, of which nothing is drawn:
            only elites of one problem compare.
    """

    drawn: Heatmap | Cloud | None
    axes: tuple[Axis, ...]
    every: int = 1
    problem: str = ""
    several: tuple[str, ...] = ()


def stride(reader: ArchiveReader, scope: Scope) -> int:
    """Of how many elites a first look takes one, so that it takes no time to speak of."""
    part = scope.everything().query()
    return max(1, reader.count(part) // _SAMPLE)


def table(reader: ArchiveReader, scope: Scope, sort: str, keep: str) -> Table:
    """The listing of a scope.

    Args:
        reader: The archive.
        scope: What to list.
        sort: The order, as ``--sort`` takes it; where it is empty or elites have no such column
            the best come first.
        keep: Id of the elite whose row is wanted; empty for none.
    """
    heads, sort, order = _heads(reader, scope, sort, 1)
    listing = reader.listing(scope.query(order))
    return Table(listing, len(listing), sort, heads, reader.locate(listing, keep))


def first_table(reader: ArchiveReader, scope: Scope, sort: str) -> Table | None:
    """The same before there is a listing, where making one takes time; None if it takes none.

    Its pages are as true as those of the listing, and the later the slower.
    """
    every = stride(reader, scope)
    if every == 1:
        return None
    heads, sort, order = _heads(reader, scope, sort, every)
    return Table(scope.query(order), reader.count(scope.query()), sort, heads)


def _heads(
    reader: ArchiveReader, scope: Scope, sort: str, every: int
) -> tuple[tuple[Head, ...], str, str]:
    """The columns, the order if they have what it names, and that with what it means if empty."""
    columns = reader.columns(scope.query(every=every))
    heads = heads_of(scope, columns)
    known = sort if sort.lstrip("-") in {head.name for head in heads} else ""
    return heads, known, known or best_first(columns)


def page(reader: ArchiveReader, shown: Table, number: int) -> list[Row]:
    """One page of a listing."""
    return [row(e, shown.heads) for e in reader.page(shown.order, number * PAGE, PAGE)]


def map_of(reader: ArchiveReader, scope: Scope, wanted: tuple[str, str], every: int = 1) -> Chart:
    """The map of a scope on these axes, or on others where it has them not."""
    asked, query = _problems(reader, scope), scope.query(every=every)
    if len(asked) > 1:
        return _several(asked)
    axes, (one, other) = map_axes(reader.columns(query), *wanted)
    if one is None or other is None:
        return Chart(None, axes, every)
    return Chart(reader.heatmap(query, one.name, other.name), axes, every, asked[0].id)


def plot_of(reader: ArchiveReader, scope: Scope, wanted: tuple[str, str], every: int = 1) -> Chart:
    """The points of a scope on these axes, or on others where it has them not."""
    asked, query = _problems(reader, scope), scope.query(every=every)
    if len(asked) > 1:
        return _several(asked)
    axes, (one, other) = plot_axes(reader.columns(query), *wanted)
    if one is None or other is None:
        return Chart(None, axes, every)
    most = MOST_POINTS if every == 1 else MOST_POINTS // 5
    found = reader.points(query, one.name, other.name, most)
    return Chart(cloud(one.name, other.name, found, found.signs), axes, every, asked[0].id)


def _problems(reader: ArchiveReader, scope: Scope) -> list[Problem]:
    """The problems that the runs of a scope were asked."""
    return list(dict.fromkeys(within(scope, reader.problems()).values()))


def _several(asked: Sequence[Problem]) -> Chart:
    return Chart(None, (), several=tuple(problem.label for problem in asked))


def with_baselines(drawn: Heatmap | Cloud | None, baselines: Sequence[Baseline]) -> Cloud | None:
    """A plot with what was known before; None if it is no plot.

    What costs less or more than any elite is left out: elites would be squeezed into a corner.
    """
    if not isinstance(drawn, Cloud):
        return None
    known = cloud(drawn.x_name, drawn.y_name, (), drawn.signs, baselines).known
    low, high = (drawn.x.min(), drawn.x.max()) if len(drawn) else (0.0, 0.0)
    return replace(drawn, known=tuple(b for b in known if low <= b.x <= high))
