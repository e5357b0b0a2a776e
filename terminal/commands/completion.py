"""``elitemap completion``: the script that makes a shell complete our commands."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from types import MappingProxyType

import click
from click.shell_completion import get_completion_class

from elitemap.archive.errors import ElitemapError
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.export import write
from elitemap.terminal.completion.completing import ASKED

PROGRAM = "elitemap"


@dataclass(frozen=True)
class Place:
    """Where a shell looks for completion scripts.

    Attributes:
        variable: Environment variable that moves the base folder.
        base: The base folder in the user's home where it is not set.
        folder: Folder of the scripts in the base folder.
        file: Name of our script.
        hint: What to do next; ``{path}`` and ``{folder}`` are filled in.
    """

    variable: str
    base: str
    folder: str
    file: str
    hint: str


PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "bash": Place(
            "XDG_DATA_HOME",
            ".local/share",
            "bash-completion/completions",
            PROGRAM,
            "new shells complete where the package bash-completion is installed; "
            "elsewhere add to ~/.bashrc: source {path}",
        ),
        "zsh": Place(
            "ZDOTDIR",
            "",
            ".zfunc",
            f"_{PROGRAM}",
            "new shells complete once ~/.zshrc has this line: "
            "fpath=({folder} $fpath); autoload -Uz compinit; compinit",
        ),
        "fish": Place(
            "XDG_CONFIG_HOME",
            ".config",
            "fish/completions",
            f"{PROGRAM}.fish",
            "new shells complete",
        ),
    }
)


def print_script(group: click.Command, shell: str) -> None:
    """Print the script of a shell."""
    click.echo(script(group, shell), nl=False)


def install_script(group: click.Command, shell: str) -> None:
    """Write the script where the shell looks for it, print its path and say what to do next.

    Raises:
        ElitemapError: If it cannot be written, or there is no home to write to.
    """
    place = PLACES[shell]
    folder = base_folder(place) / place.folder
    path = folder / place.file
    text = script(group, shell)
    write({place.file: text}, folder)
    click.echo(path)
    say(place.hint.format(path=quote(str(path)), folder=quote(str(folder))))


# Where click's script for bash takes a suggestion, and what keeps bash from a blank after KEY=.
_ADDED = "COMPREPLY+=($value)"
_NO_BLANK = "; [[ $value == *= ]] && compopt -o nospace"


def script(group: click.Command, shell: str) -> str:
    """The completion script of a shell, as click writes it."""
    kind = get_completion_class(shell)
    if kind is None:
        raise ElitemapError(f"click cannot complete for {shell}: upgrade click")
    return kind(group, {}, PROGRAM, ASKED).source().replace(_ADDED, f"{_ADDED}{_NO_BLANK}")


def base_folder(place: Place) -> Path:
    """The folder that the shell's own variable names, or its default in the user's home.

    Raises:
        ElitemapError: If nobody knows the home folder.
    """
    moved = os.environ.get(place.variable, "")
    if moved and Path(moved).is_absolute():
        return Path(moved)
    try:
        return Path.home() / place.base
    except RuntimeError:
        raise ElitemapError("expected a home folder, found none: set HOME") from None
