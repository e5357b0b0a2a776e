"""Commands that keep archives and the machine in order."""

from pathlib import Path
from typing import Any

import click

from elitemap.terminal.completion import completing
from elitemap.terminal.declarations.options import FILE, archive_option, json_option, quiet_option


@click.command()
@click.argument("others", metavar="OTHER...", nargs=-1, required=True, type=FILE)
@archive_option
@quiet_option
@json_option
def merge(others: tuple[Path, ...], **options: Any) -> None:
    """Add the archives OTHER to one: runs, elites, certificates, marks and notes.

    What is there already is not added twice. The order makes no difference.
    """
    from elitemap.terminal.commands.merge import merge_archives

    merge_archives(others, **options)


@click.command()
@click.argument("runs", metavar="[RUN]...", nargs=-1, shell_complete=completing.run)
@click.option(
    "--days",
    type=click.FloatRange(min=0, max=1e6),
    help="Only runs that ended more than so many days ago.",
)
@click.option("--dominated", is_flag=True, help="Only elites that others of the problem dominate.")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@archive_option
@json_option
def prune(runs: tuple[str, ...], **options: Any) -> None:
    """Remove RUNs from an archive, or what their elites have beside better ones.

    What is certified, confirmed, marked or noted goes only with its whole run.
    """
    from elitemap.terminal.commands.prune import prune_archive

    prune_archive(runs, **options)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell how long the file would be.")
@archive_option
@json_option
def vacuum(**options: Any) -> None:
    """Write an archive anew without the room of what it holds no more."""
    from elitemap.terminal.commands.prune import vacuum_archive

    vacuum_archive(**options)


@click.command()
@click.option("--quick", is_flag=True, help="Measure no speeds.")
@json_option
def doctor(quick: bool, as_json: bool) -> None:
    """Tell what works on this machine, how fast, and how to get the rest."""
    from elitemap.terminal.commands.doctor import examine

    examine(not quick, as_json)
