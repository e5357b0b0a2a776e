"""The command line: options and help texts, nothing else.

Every command imports its body when it runs, so that ``elitemap --help`` loads nothing heavy.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from elitemap.terminal.boundary import Boundary
from elitemap.terminal.completion import completing
from elitemap.terminal.settings import given_settings, load_config, merged_settings

_FILE = click.Path(dir_okay=False, path_type=Path)

archive_option = click.option(
    "--archive",
    type=_FILE,
    envvar="ELITEMAP_ARCHIVE",
    default="elitemap.db",
    show_default=True,
    help="Archive file; ELITEMAP_ARCHIVE sets another default.",
)
archives_argument = click.argument("archives", metavar="[FILE]...", nargs=-1, type=_FILE)
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


def _distributed(command: Callable[..., Any]) -> Callable[..., Any]:
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


def _brought(help: str = "Where arrays of the run are now; see: spaces.") -> Callable[..., Any]:
    """An option ``--set`` of commands on recorded runs: only for what users bring."""
    return click.option(
        "--set", "given", multiple=True, metavar="KEY=VALUE", callback=given_settings, help=help
    )


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
@json_option
def spaces(as_json: bool) -> None:
    """List spaces, their targets and their options with defaults."""
    from elitemap.terminal.commands.spaces import list_spaces

    list_spaces(as_json)


@cli.command()
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
@_distributed
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
@click.option("--start-file", type=_FILE, metavar="FILE", help="The same, one a line.")
@click.option(
    "--config",
    type=_FILE,
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


@cli.command()
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
@_distributed
@archive_option
@_brought("Where arrays of the run are now, or the function that it calls; see: spaces.")
@quiet_option
@json_option
def resume(run: str | None, **options: Any) -> None:
    """Go on with RUN (default: the latest that is unfinished), or extend it.

    With --evaluations it finds what a search with that budget from the start finds.
    """
    from elitemap.terminal.commands.search import go_on

    go_on(run, **options)


@cli.command()
@click.argument("run", required=False, shell_complete=completing.run)
@workers_option
@archive_option
@_brought("Where arrays of the run are now, or the function that it calls; see: spaces.")
@click.option("--keep", type=_FILE, metavar="FILE.db", help="Keep what the repetition finds.")
@quiet_option
@json_option
def replay(run: str | None, **options: Any) -> None:
    """Repeat RUN (default: the latest) and say whether its elites are the same.

    Only runs with a budget in evaluations, and those that go through a finite set, can be repeated.
    """
    from elitemap.terminal.commands.replay import replay_run

    replay_run(run, **options)


@cli.command()
@problem_option
@archive_option
@json_option
def runs(problem: str | None, archive: Path, as_json: bool) -> None:
    """List the runs of an archive, and what problem each one solves."""
    from elitemap.terminal.commands.reading import list_runs

    list_runs(archive, problem, as_json)


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
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


@cli.command()
@archives_argument
@_filters
@archive_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def elites(archives: tuple[Path, ...], archive: Path, **options: Any) -> None:
    """List elites: filter, sort, or keep the Pareto front.

    FILEs are read in place of --archive, several as if they were merged.
    """
    from elitemap.terminal.commands.merge import joined
    from elitemap.terminal.commands.reading import list_elites

    with joined(archives, archive) as one:
        list_elites(one, **options)


@cli.command()
@click.argument("identifier", metavar="ID", shell_complete=completing.elite)
@problem_option
@archive_option
@json_option
def show(identifier: str, problem: str | None, archive: Path, as_json: bool) -> None:
    """Show one elite: formula, objectives, certificate, ancestry."""
    from elitemap.terminal.commands.reading import show_elite

    show_elite(identifier, problem, archive, as_json)


@cli.command()
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


@cli.command()
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
@_brought()
@problem_option
@archive_option
@json_option
def certify(identifiers: tuple[str, ...], **options: Any) -> None:
    """Prove the error of elites, or of a run's front, and record the certificates."""
    from elitemap.terminal.commands.certify import certify_elites

    certify_elites(identifiers, **options)


@cli.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1, shell_complete=completing.elite)
@click.option(
    "--run", shell_complete=completing.run, help="The front of it.  [default: the latest]"
)
@click.option(
    "--exhaustive",
    is_flag=True,
    help="Prove, tune or time peers as thoroughly as elites; takes minutes.",
)
@click.option("--plot", type=_FILE, help="Draw both fronts into a .svg or .png file.")
@click.option("--force", is_flag=True, help="Overwrite that file.")
@_brought()
@problem_option
@archive_option
@json_option
def bench(identifiers: tuple[str, ...], **options: Any) -> None:
    """Measure elites beside what others have made, in one process."""
    from elitemap.terminal.commands.bench import bench_elites

    bench_elites(identifiers, **options)


@cli.command()
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
@_brought()
@archive_option
@json_option
def allocate(**options: Any) -> None:
    """Share elites out among the parts of what a run brought, under a total budget."""
    from elitemap.terminal.commands.allocate import allocate_elites

    allocate_elites(**options)


@cli.command()
@click.argument("words", metavar="[a=... b=...]", nargs=-1)
@click.option("--file", type=_FILE, help="One a line; lines that begin with # are remarks.")
@click.option(
    "--constants", default="", metavar="NAMES", help="Relate values to these, with commas between."
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


@cli.command()
@click.argument("identifiers", metavar="[FILE] [ID...]", nargs=-1, shell_complete=completing.elite)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time for each.",
)
@_brought()
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


@cli.command()
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
@_brought()
@problem_option
@archive_option
def export(identifier: str, **options: Any) -> None:
    """Write an elite as code, its certificate in the header.

    The certificate is proved again first; the header says whether it was.
    """
    from elitemap.terminal.commands.export import export_elite

    export_elite(identifier, **options)


@cli.command()
@archives_argument
@click.option("--run", shell_complete=completing.run, help="Start with this run.")
@click.option(
    "--problem", metavar="PROBLEM", shell_complete=completing.problem, help="Start with this one."
)
@click.option("--view", type=click.Choice(["map", "plot", "table"]), help="Start with this view.")
@click.option(
    "--screenshot",
    type=_FILE,
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


@cli.command()
@archives_argument
@click.option(
    "-o",
    "--output",
    type=_FILE,
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


@cli.command()
@click.argument("others", metavar="OTHER...", nargs=-1, required=True, type=_FILE)
@archive_option
@quiet_option
@json_option
def merge(others: tuple[Path, ...], **options: Any) -> None:
    """Add the archives OTHER to one: runs, elites, certificates, marks and notes.

    What is there already is not added twice. The order makes no difference.
    """
    from elitemap.terminal.commands.merge import merge_archives

    merge_archives(others, **options)


@cli.command()
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


@cli.command()
@click.option("--dry-run", is_flag=True, help="Only tell how long the file would be.")
@archive_option
@json_option
def vacuum(**options: Any) -> None:
    """Write an archive anew without the room of what it holds no more."""
    from elitemap.terminal.commands.prune import vacuum_archive

    vacuum_archive(**options)


@cli.command()
@click.option("--quick", is_flag=True, help="Measure no speeds.")
@json_option
def doctor(quick: bool, as_json: bool) -> None:
    """Tell what works on this machine, how fast, and how to get the rest."""
    from elitemap.terminal.commands.doctor import examine

    examine(not quick, as_json)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Write it where the shell looks for it.")
def completion(shell: str, install: bool) -> None:
    """Print the completion script of a shell, or install it."""
    from elitemap.terminal.commands.completion import install_script, print_script

    (install_script if install else print_script)(cli, shell)


def main() -> None:
    """Run the command line and exit with its documented code."""
    with Boundary() as boundary:
        outcome = cli.main(prog_name="elitemap", standalone_mode=False)
        boundary.code = outcome if isinstance(outcome, int) else 0
        sys.stdout.flush()
    sys.exit(boundary.code)
