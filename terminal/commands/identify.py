"""``elitemap identify``: what things that a user wrote are, whether they are known."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from elitemap.archive.errors import UsageError
from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Identification, Identifying
from elitemap.engine.tasks import find_space
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.lines import lines, listed
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json
from elitemap.terminal.tables.tables import pairs


def identify_all(
    words: Sequence[str],
    file: Path | None,
    constants: str,
    space: str,
    seconds: float,
    as_json: bool,
) -> None:
    """Print what each is, one after another as they are found.

    Args:
        words: One thing, as the shell splits it; may be empty where a file is given.
        file: A file with one a line; what begins with # is a remark.
        constants: Names to relate values to, ``@FILE``, or nothing for the space's own.
        space: The space that knows such things.
        seconds: Time for each.
        as_json: Print a list of JSON objects.

    Raises:
        UsageError: If there is nothing to identify, the space cannot, or something is mistaken.
    """
    identify, names = identifier(space), listed(constants)
    asked = [("", " ".join(words))] if words else []
    asked += [] if file is None else list(lines(file))
    if not asked:
        raise UsageError("expected something to identify; write: elitemap identify a=2,1 b=1,0,0")
    found = []
    for place, text in asked:
        one = _identified(identify, place, text, names, seconds)
        told = {"asked": text, "statement": one.statement, "recognised": one.recognised}
        found.append({**told, **one.facts})
        if not as_json:
            data_console().print(page(one))
    if as_json:
        print_json(found)
    elif len(asked) > 1:
        say(f"{sum(bool(one['recognised']) for one in found)} of {len(asked)} recognised")


def identifier(space: str) -> Identifying:
    """What a space identifies with.

    Raises:
        UsageError: If it does not, or there is no such space.
    """
    identify = find_space(space).identify
    if identify is None:
        raise UsageError(f"expected a space that identifies, got {space!r}; try: --space fractions")
    return identify


def _identified(
    identify: Identifying, place: str, text: str, constants: str, seconds: float
) -> Identification:
    try:
        return identify(text, constants, seconds)
    except UsageError as error:
        raise UsageError(f"{place}{error}") from None


def page(one: Identification) -> Group:
    """What was found, in a few lines."""
    rows = {one_line(name): one_line(text) for name, text in one.lines.items()}
    return Group(
        Text(one_line(one.statement), style="bold"),
        Padding(pairs(rows), (0, 0, 1, 2), expand=False),
    )
