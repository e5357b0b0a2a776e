"""``elitemap spaces``: what can be searched."""

from collections.abc import Mapping
from typing import Any

from rich.padding import Padding

from elitemap.engine.data.arrays import suffixes
from elitemap.engine.protocols import ArrayFile, Option, SpaceEntry
from elitemap.engine.tasks import usable_spaces
from elitemap.terminal.boundary import say
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json
from elitemap.terminal.tables.tables import pairs


def list_spaces(as_json: bool) -> None:
    """Print every installed space with its targets and options; those that are broken on stderr."""
    entries, broken = usable_spaces()
    for line in broken:
        say(line)
    if as_json:
        print_json([space_json(entry) for entry in entries])
        return
    console = data_console()
    for entry in entries:
        console.print(f"{entry.name}: {entry.summary}")
        console.print("\n  targets")
        console.print(Padding(pairs(entry.targets), (0, 0, 0, 4), expand=False))
        console.print("\n  options, set by --set KEY=VALUE")
        console.print(Padding(pairs(_options(entry)), (0, 0, 0, 4), expand=False))


def space_json(entry: SpaceEntry) -> dict[str, Any]:
    """A space as JSON values."""
    return {
        "name": entry.name,
        "summary": entry.summary,
        "targets": dict(entry.targets),
        "options": [
            {
                "name": option.name,
                "default": option.default,
                "help": option.help,
                "brings": brings(option),
            }
            for option in entry.options
        ],
    }


def brings(option: Option) -> str | None:
    """What the value of an option names, if it is something that the user brings."""
    if isinstance(option.brings, ArrayFile):
        return f"file of arrays: {', '.join(suffixes(option.brings))}"
    return None if option.brings is None else "function: module:name"


def told(option: Option) -> str:
    """What an option means, less its default."""
    what = brings(option)
    return option.help if what is None else f"{option.help}  [{what}]"


def _options(entry: SpaceEntry) -> Mapping[str, str]:
    return {
        option.name: f"{told(option)}  [default: {option.default}]"
        if option.default
        else told(option)
        for option in entry.options
    }
