"""Commands that search."""

from typing import Any

import click

from elitemap.terminal.completion import completing
from elitemap.terminal.declarations.options import (
    FILE,
    archive_option,
    brought,
    distributed,
    json_option,
    quiet_option,
    workers_option,
)
from elitemap.terminal.settings import load_config, merged_settings


@click.command()
@json_option
def spaces(as_json: bool) -> None:
    """List spaces, their targets and their options with defaults."""
    from elitemap.terminal.commands.spaces import list_spaces

    list_spaces(as_json)


@click.command()
@click.argument("space", shell_complete=completing.space)
@click.argument("target", shell_complete=completing.target)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Time to search and certify.  [default: 60; an enumeration goes on to its end]",
)
@click.option(
    "--evaluations",
    type=click.IntRange(min=1),
    help="Evaluations to spend; repeatable with --seed.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="The same seed, --evaluations and --islands give the same archive.",
)
@click.option("--islands", type=click.IntRange(min=1), help="Populations that exchange elites.")
@workers_option
@distributed
@archive_option
@click.option(
    "--set",
    "flags",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=completing.setting,
    help="Option of the space; see: spaces.",
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="ARCHIVE[:FILTER]",
    help="Begin with its elites, those of a filter as of --where.",
)
@click.option(
    "--start",
    "texts",
    multiple=True,
    metavar="FORMULA",
    help="Begin with this one too, such as 'x/(1+abs(x))'.",
)
@click.option("--start-file", type=FILE, metavar="FILE", help="The same, one a line.")
@click.option(
    "--config",
    type=FILE,
    callback=load_config,
    is_eager=True,
    expose_value=False,
    metavar="FILE.toml",
    help="These options from a file, --set as its table [set].",
)
@quiet_option
@json_option
@click.pass_context
def search(context: click.Context, /, flags: tuple[str, ...], **options: Any) -> None:
    """Search SPACE for programs that compute TARGET; show the certified Pareto front."""
    from elitemap.terminal.commands.search import start

    start(context, settings=merged_settings(context, flags), **options)


@click.command()
@click.argument("run", required=False, shell_complete=completing.run)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Search and certify so much longer, also if RUN is done.",
)
@click.option(
    "--evaluations",
    type=click.IntRange(min=1),
    help="Go on to so many in all, also if RUN is done.",
)
@workers_option
@distributed
@archive_option
@brought("Where arrays of the run are now, or the function that it calls; see: spaces.")
@quiet_option
@json_option
def resume(run: str | None, **options: Any) -> None:
    """Go on with RUN (default: the latest that is unfinished), or extend it.

    With --evaluations it finds what a search with that budget from the start finds.
    """
    from elitemap.terminal.commands.search import go_on

    go_on(run, **options)


@click.command()
@click.argument("run", required=False, shell_complete=completing.run)
@workers_option
@archive_option
@brought("Where arrays of the run are now, or the function that it calls; see: spaces.")
@click.option("--keep", type=FILE, metavar="FILE.db", help="Keep what the repetition finds.")
@quiet_option
@json_option
def replay(run: str | None, **options: Any) -> None:
    """Repeat RUN (default: the latest) and say whether its elites are the same.

    Only runs with a budget in evaluations, and those that go through a finite set, can be repeated.
    """
    from elitemap.terminal.commands.replay import replay_run

    replay_run(run, **options)
