"""Commands that show what archives hold."""

from pathlib import Path
from typing import Any

import click

from elitemap.terminal.completion import completing
from elitemap.terminal.declarations.options import (
    FILE,
    archive_option,
    archives_argument,
    filters,
    json_option,
    problem_option,
)


@click.command()
@problem_option
@archive_option
@json_option
def runs(problem: str | None, archive: Path, as_json: bool) -> None:
    """List the runs of an archive, and what problem each one solves."""
    from elitemap.terminal.commands.reading import list_runs

    list_runs(archive, problem, as_json)


@click.command()
@archives_argument
@filters
@archive_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--each", is_flag=True, help="Of each target --limit many, or one.")
def elites(archives: tuple[Path, ...], archive: Path, **options: Any) -> None:
    """List elites: filter, sort, or keep the Pareto front.

    FILEs are read in place of --archive, several as if they were merged.
    """
    from elitemap.terminal.commands.merge import joined
    from elitemap.terminal.commands.reading import list_elites

    with joined(archives, archive) as one:
        list_elites(one, **options)


@click.command()
@click.argument("identifier", metavar="ID", shell_complete=completing.elite)
@problem_option
@archive_option
@click.option("--curves", is_flag=True, help="Compute its curves too: what the browser draws.")
@json_option
def show(identifier: str, problem: str | None, archive: Path, curves: bool, as_json: bool) -> None:
    """Show one elite: formula, objectives, certificate, ancestry."""
    from elitemap.terminal.commands.reading import show_elite

    show_elite(identifier, problem, archive, curves, as_json)


@click.command()
@click.option("--run", shell_complete=completing.run, help="The run.  [default: the latest]")
@click.option(
    "--where",
    metavar="EXPR",
    shell_complete=completing.condition,
    help="Only elites such as \"status = 'certified'\".",
)
@archive_option
@json_option
def families(run: str | None, where: str | None, archive: Path, as_json: bool) -> None:
    """Find parametric formulas that generate elites of a run, and check them further."""
    from elitemap.terminal.commands.families import list_families

    list_families(run, where, archive, as_json)


@click.command()
@click.argument("words", metavar="[a=... b=...]", nargs=-1)
@click.option("--file", type=FILE, help="One a line; lines that begin with # are remarks.")
@click.option(
    "--constants",
    default="",
    metavar="NAMES",
    help="Relate values to these, with commas between; @FILE: one a line.",
)
@click.option("--space", default="fractions", show_default=True, help="What it belongs to.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=20.0,
    show_default=True,
    help="Time for each.",
)
@json_option
def identify(words: tuple[str, ...], **options: Any) -> None:
    """Say what a continued fraction is: its value, whether it is known, what explains it.

    a and b are polynomials in n, as in a='2*n+1' b='n**2', or coefficients from the leading one
    down, as in a=2,1 b=1,0,0.
    """
    from elitemap.terminal.commands.identify import identify_all

    identify_all(words, **options)


@click.command()
@archives_argument
@click.option("--run", shell_complete=completing.run, help="Start with this run.")
@click.option(
    "--problem", metavar="PROBLEM", shell_complete=completing.problem, help="Start with this one."
)
@click.option("--view", type=click.Choice(["map", "plot", "table"]), help="Start with this view.")
@click.option(
    "--screenshot",
    type=FILE,
    metavar="FILE.svg",
    help="Write a picture of it instead; needs no terminal.",
)
@archive_option
def browse(
    archives: tuple[Path, ...], archive: Path, screenshot: Path | None, **start: str | None
) -> None:
    """Look through an archive in the terminal: maps, plots, elites, ancestry, live searches.

    FILEs are read in place of --archive, several as if they were merged.
    """
    from elitemap.terminal.commands import browse as command

    with command.joined(archives, archive) as one:
        if screenshot is None:
            command.browse(one, **start)
        else:
            command.draw(one, screenshot, **start)


@click.command()
@archives_argument
@click.option(
    "-o",
    "--output",
    type=FILE,
    default="report.html",
    show_default=True,
    help="The file to write.",
)
@click.option("--run", shell_complete=completing.run, help="Only this run.")
@click.option("--space", shell_complete=completing.space, help="Only this space.")
@click.option("--target", help="Only this target.")
@problem_option
@click.option(
    "--where",
    metavar="EXPR",
    shell_complete=completing.condition,
    help="Only elites such as \"status = 'certified'\".",
)
@click.option("--limit", type=click.IntRange(min=1), help="Elites shown in full per problem.")
@click.option("--png", is_flag=True, help="Write the plots as PNG files too.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@archive_option
def report(archives: tuple[Path, ...], output: Path, archive: Path, **options: Any) -> None:
    """Write a self-contained HTML page: maps, fronts, elites with code, curves of the searches.

    FILEs are read in place of --archive, several as if they were merged.
    """
    from elitemap.terminal.commands.merge import joined
    from elitemap.terminal.commands.report import write_report

    with joined(archives, archive) as one:
        write_report(output, one, **options)
