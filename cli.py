"""The command line.

Every command imports its body when it runs, so that ``elitemap --help`` loads nothing heavy.
"""

import sys

import click

from elitemap.terminal.boundary import Boundary
from elitemap.terminal.declarations.keeping import doctor, merge, prune, vacuum
from elitemap.terminal.declarations.proving import allocate, bench, certify, export, verify
from elitemap.terminal.declarations.reading import (
    browse,
    elites,
    families,
    identify,
    report,
    runs,
    show,
)
from elitemap.terminal.declarations.searching import replay, resume, search, spaces


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(package_name="elitemap", prog_name="elitemap")
@click.pass_context
def cli(context: click.Context) -> None:
    """Discover small programs and keep the best of every kind.

    Start with: elitemap search elementary exp2 --seconds 60
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Write it where the shell looks for it.")
def completion(shell: str, install: bool) -> None:
    """Print the completion script of a shell, or install it."""
    from elitemap.terminal.commands.completion import install_script, print_script

    (install_script if install else print_script)(cli, shell)


for command in (
    allocate,
    bench,
    browse,
    certify,
    doctor,
    elites,
    export,
    families,
    identify,
    merge,
    prune,
    replay,
    report,
    resume,
    runs,
    search,
    show,
    spaces,
    vacuum,
    verify,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with its documented code."""
    with Boundary() as boundary:
        outcome = cli.main(prog_name="elitemap", standalone_mode=False)
        boundary.code = outcome if isinstance(outcome, int) else 0
        sys.stdout.flush()
    sys.exit(boundary.code)
