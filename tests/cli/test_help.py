"""The command line from outside: help, speed of start, what it loads."""

import re
import subprocess
import sys
from importlib.metadata import entry_points

import click
import pytest
from click.testing import CliRunner

from elitemap.archive.columns import FIXED
from elitemap.archive.querying.clauses import where_clause
from elitemap.cli import cli
from elitemap.terminal.browser.filter import PROMPTS

HEAVY = ("numpy", "numba", "jax", "sympy", "scipy", "mpmath", "flint", "deap", "sqlite3", "rich")

LIGHT_START = f"""
import sys
from elitemap.cli import cli
try:
    cli.main(["--help"], prog_name="elitemap")
except SystemExit as end:
    assert end.code == 0
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_has_help(name: str) -> None:
    command = cli.commands[name]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT_START], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == "[]\n"
    assert "Discover small programs" in done.stdout


def test_no_command_shows_the_help() -> None:
    result = CliRunner().invoke(cli, [])
    assert result.exit_code == 0
    assert "Commands:" in result.output


def test_the_console_script_is_installed() -> None:
    (script,) = entry_points(group="console_scripts", name="elitemap")
    assert script.value == "elitemap.cli:main"


def test_version() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert result.output.startswith("elitemap, version ")


def test_examples_of_filters_fit_every_archive() -> None:
    """No space is told that its elites have the objectives of another."""
    helps = [
        parameter.help or ""
        for command in cli.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name == "where"
    ]
    examples = [re.findall('"([^"]+)"', text) for text in helps]
    examples.append([PROMPTS["where"].hint.removeprefix("such as ")])
    assert len(examples) == 4 and all(len(found) == 1 for found in examples)
    for (example,) in examples:
        assert where_clause(example, FIXED).values
