"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from elitemap.terminal.completion import completing
from elitemap.terminal.settings import given_settings

FILE = click.Path(dir_okay=False, path_type=Path)

archive_option = click.option(
    "--archive",
    type=FILE,
    envvar="ELITEMAP_ARCHIVE",
    default="elitemap.db",
    show_default=True,
    help="Archive file; ELITEMAP_ARCHIVE sets another default.",
)
archives_argument = click.argument("archives", metavar="[FILE]...", nargs=-1, type=FILE)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
problem_option = click.option(
    "--problem",
    metavar="PROBLEM",
    shell_complete=completing.problem,
    help="Only this problem: its id, or a part of its name.",
)
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress on stderr.")
workers_option = click.option(
    "--workers", type=click.IntRange(min=1), help="Worker processes.  [default: one per core]"
)


def distributed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say who works for a search."""
    for option in (
        click.option(
            "--trust-network",
            is_flag=True,
            help="Let tcp:// leave this machine: whoever is in that network can run code here.",
        ),
        click.option(
            "--executor",
            metavar="MODULE:FACTORY",
            help="Who works instead, such as mpi4py.futures:MPIPoolExecutor.",
        ),
        click.option(
            "--cluster",
            metavar="tcp://HOST:PORT",
            help="Workers of this Dask cluster instead of processes here; tls:// too.",
        ),
    ):
        command = option(command)
    return command


def brought(help: str = "Where arrays of the run are now; see: spaces.") -> Callable[..., Any]:
    """An option ``--set`` of commands on recorded runs: only for what users bring."""
    return click.option(
        "--set", "given", multiple=True, metavar="KEY=VALUE", callback=given_settings, help=help
    )


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that choose elites."""
    for option in reversed(
        (
            click.option("--run", shell_complete=completing.run, help="Only elites of this run."),
            click.option(
                "--space", shell_complete=completing.space, help="Only elites of this space."
            ),
            click.option("--target", help="Only elites of this target."),
            problem_option,
            click.option(
                "--where",
                metavar="EXPR",
                shell_complete=completing.condition,
                help="Such as \"status = 'certified' and quality >= 5\"; objectives go"
                " by their names.",
            ),
            click.option(
                "--sort", metavar="NAME", help="Objective to sort by; -NAME: largest first."
            ),
            click.option(
                "--pareto", metavar="A,B", help="Only the Pareto front in these objectives."
            ),
            click.option("--limit", type=click.IntRange(min=1), help="At most so many."),
        )
    ):
        command = option(command)
    return command
