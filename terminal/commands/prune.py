"""``elitemap prune`` and ``vacuum``: a long-lived archive kept small."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from elitemap.archive.errors import UsageError
from elitemap.archive.pruning import prune, vacuum
from elitemap.terminal.boundary import say
from elitemap.terminal.output import print_json


def prune_archive(
    runs: tuple[str, ...],
    archive: Path,
    days: float | None,
    dominated: bool,
    dry_run: bool,
    as_json: bool,
    now: datetime | None = None,
) -> None:
    """Remove runs, or dominated elites, and print what went.

    Args:
        runs: Ids of runs or their beginnings; empty for all that the days choose.
        archive: The file.
        days: Only runs that ended longer ago.
        dominated: Only elites that others of their problem dominate.
        dry_run: Only tell.
        as_json: Print JSON.
        now: The present; None for the clock's.

    Raises:
        UsageError: If nothing is asked for, or it names no run.
    """
    if not runs and days is None and not dominated:
        raise UsageError("expected a RUN, --days or --dominated, got none: say what is to go")
    ended = None if days is None else (now or datetime.now(UTC)) - timedelta(days=days)
    found = prune(archive, runs, ended, dominated, dry_run)
    if found.kept:
        say(f"left as they are, for they can still go on: runs {', '.join(found.kept)}")
    if as_json:
        print_json({**asdict(found), "dry_run": dry_run})
        return
    what = f"{len(found.runs)} runs with " if not dominated else ""
    verb = "would go" if dry_run else "gone"
    click.echo(
        f"{verb}: {what}{found.elites:,} elites, {found.certified:,} of them certified,"
        f" {found.remarked:,} with marks or notes"
    )
    if not dry_run:
        click.echo(_sizes(found.before, found.after))


def vacuum_archive(archive: Path, dry_run: bool, as_json: bool) -> None:
    """Write an archive anew without what it holds no more, and print how long it was and is."""
    before, after = vacuum(archive, dry_run)
    if as_json:
        print_json({"before": before, "after": after, "dry_run": dry_run})
    else:
        click.echo(_sizes(before, after, "would be at most" if dry_run else "is"))


def _sizes(before: int, after: int, verb: str = "is") -> str:
    return f"the file was {before / 1e6:.1f} MB and {verb} {after / 1e6:.1f} MB"
