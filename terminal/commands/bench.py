"""``elitemap bench``: elites of a front beside what others have made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.pareto import undominated
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Bench, Entrant
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import one_elite
from elitemap.terminal.commands.fronts import best_of
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.commands.report import check, require_extra, write
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json
from elitemap.terminal.tables.benches import bench_table


def bench_elites(
    identifiers: Sequence[str],
    run: str | None,
    exhaustive: bool,
    archive: Path,
    as_json: bool,
    problem: str | None = None,
    given: Mapping[str, str] | None = None,
    plot: Path | None = None,
    force: bool = False,
) -> None:
    """Measure elites and peers in one process, and print all in one table.

    Args:
        identifiers: Ids of elites or beginnings of them; the front of a run if there are none.
        run: Id of that run or its beginning; None for the latest.
        exhaustive: Whether the time is taken to prove what can be proved of peers.
        archive: The file.
        as_json: Print JSON.
        problem: Whose elites they are, as ``--problem`` takes it.
        given: Where arrays that runs bring are now, by option.
        plot: A file for a plot with both fronts, ``.svg`` or ``.png``; None for none.
        force: Whether to overwrite it.

    Raises:
        UsageError: If elites and a run are named, or elites of several runs, or the plot cannot be
            written.
        SearchError: If the space compares with nobody, or there is nothing to compare.
    """
    if identifiers and run is not None:
        raise UsageError("expected either IDs of elites, or --run")
    if plot is not None:
        check_plot(plot, force)
    with ArchiveReader.open(archive) as reader:
        if identifiers:
            views = [one_elite(reader, one, problem) for one in identifiers]
            if len({view.problem.id for view in views}) > 1:
                raise UsageError("expected elites of one problem to compare; name fewer")
            record = reader.run(views[0].run)
        else:
            record = reader.run(run)
            views = best_of(reader, record)
        title = reader.problems()[record.id].label
    task = recorded_task(record, given)
    if task.bench is None:
        raise SearchError(f"expected a problem with peers, {record.space} {record.target} has none")
    entrants = [Entrant(view.id, view.program, view.objectives) for view in views]
    found = task.bench(entrants, exhaustive, say)
    best = front_of(found)
    if plot is not None:
        draw(found, title, plot)
        say(f"plot: {plot}")
    if as_json:
        print_json(bench_json(found, best))
    else:
        data_console().print(bench_table(found, best))


def check_plot(path: Path, force: bool) -> None:
    """See before the work whether a plot can be drawn and written.

    Raises:
        UsageError: If not.
    """
    if path.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"expected a plot named .svg or .png, got {path.name!r}")
    check(path, force)
    require_extra()


def draw(bench: Bench, title: str, path: Path) -> None:
    """Write the plot of a comparison.

    Raises:
        SearchError: If there is nothing to plot.
        ElitemapError: If the file cannot be written.
    """
    from elitemap.terminal.report.benches import plot
    from elitemap.terminal.report.pictures import png, svg

    spec = plot(bench, title)
    drawn = png(spec) if path.suffix.lower() == ".png" else svg(spec).encode()
    write({path: drawn})


def front_of(bench: Bench) -> frozenset[int]:
    """Numbers of the rows that no other row beats in all that columns with a direction say."""
    ranked = [one for one in bench.columns if one.direction]
    rows = [
        k for k, row in enumerate(bench.rows) if all(one.name in row.objectives for one in ranked)
    ]
    gains = np.array(
        [[one.direction * bench.rows[k].objectives[one.name] for one in ranked] for k in rows]
    ).reshape(len(rows), len(ranked))
    return frozenset(rows[k] for k in undominated(gains).tolist()) if rows else frozenset()


def bench_json(bench: Bench, best: frozenset[int]) -> dict[str, Any]:
    """The comparison as a JSON object; numbers that are not finite are null."""
    return {
        "rows": [
            {
                "name": row.name,
                "version": row.version,
                "front": k in best,
                "objectives": {
                    name: value if np.isfinite(value) else None
                    for name, value in row.objectives.items()
                },
            }
            for k, row in enumerate(bench.rows)
        ],
        "missing": [{"name": one.name, "cure": one.cure} for one in bench.missing],
        "notes": list(bench.notes),
    }
