"""Commands that prove, measure and export."""

from pathlib import Path
from typing import Any

import click

from elitemap.terminal.completion import completing
from elitemap.terminal.declarations.options import (
    FILE,
    archive_option,
    brought,
    json_option,
    problem_option,
    quiet_option,
)


@click.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1, shell_complete=completing.elite)
@click.option("--front", is_flag=True, help="Certify what is unproved of a run's front.")
@click.option("--run", shell_complete=completing.run, help="That run.  [default: the latest]")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time for each.",
)
@brought()
@problem_option
@archive_option
@json_option
def certify(identifiers: tuple[str, ...], **options: Any) -> None:
    """Prove the error of elites, or of a run's front, and record the certificates."""
    from elitemap.terminal.commands.certify import certify_elites

    certify_elites(identifiers, **options)


@click.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1, shell_complete=completing.elite)
@click.option(
    "--run", shell_complete=completing.run, help="The front of it.  [default: the latest]"
)
@click.option(
    "--exhaustive",
    is_flag=True,
    help="Prove, tune or time peers as thoroughly as elites; takes minutes.",
)
@click.option("--plot", type=FILE, help="Draw both fronts into a .svg or .png file.")
@click.option("--force", is_flag=True, help="Overwrite that file.")
@brought()
@problem_option
@archive_option
@json_option
def bench(identifiers: tuple[str, ...], **options: Any) -> None:
    """Measure elites beside what others have made, in one process."""
    from elitemap.terminal.commands.bench import bench_elites

    bench_elites(identifiers, **options)


@click.command()
@click.option(
    "--bits", type=click.FloatRange(min=0, min_open=True), required=True, help="Budget per weight."
)
@click.option(
    "--run", shell_complete=completing.run, help="For what it brought.  [default: the latest]"
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the plan to a new file of JSON."
)
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
@brought()
@archive_option
@json_option
def allocate(**options: Any) -> None:
    """Share elites out among the parts of what a run brought, under a total budget."""
    from elitemap.terminal.commands.allocate import allocate_elites

    allocate_elites(**options)


@click.command()
@click.argument("identifiers", metavar="[FILE] [ID...]", nargs=-1, shell_complete=completing.elite)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time for each.",
)
@brought()
@problem_option
@archive_option
@quiet_option
@json_option
def verify(identifiers: tuple[str, ...], **options: Any) -> None:
    """Prove the certificates of an archive again, all or those of IDs; exit with 1 if any fails.

    FILE is short for --archive FILE.
    """
    from elitemap.terminal.commands.verify import verify_elites

    verify_elites(identifiers, **options)


@click.command()
@click.argument("identifier", metavar="ID", shell_complete=completing.elite)
@click.option(
    "--to",
    "language",
    required=True,
    metavar="LANGUAGE",
    shell_complete=completing.language,
    help="c, python, numpy, jax, ...",
)
@click.option(
    "-o",
    "--output",
    "directory",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder to write to, or - for stdout.",
)
@click.option("--name", help="Name of the function.  [default: the target's]")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="Time to prove its certificate again; 0: not.",
)
@brought()
@problem_option
@archive_option
def export(identifier: str, **options: Any) -> None:
    """Write an elite as code, its certificate in the header.

    The certificate is proved again first; the header says whether it was.
    """
    from elitemap.terminal.commands.export import export_elite

    export_elite(identifier, **options)
