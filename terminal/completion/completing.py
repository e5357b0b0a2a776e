"""What the shell suggests for words of a command: spaces, targets, runs, elites and languages.

Called by click at every press of the tab key, so nothing is imported before it is needed, and what
cannot be answered is no suggestion instead of a message in the middle of somebody's command.
"""

import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.terminal.completion import bash  # noqa: F401  tells click how to complete for it
from elitemap.terminal.numbers import known_as, number

if TYPE_CHECKING:
    from elitemap.archive.reading.reader import ArchiveReader
    from elitemap.archive.views import EliteView

#: Set by the shell's script: who asks, and its words so far.
ASKED = "_ELITEMAP_COMPLETE"

#: Most elites to suggest; more letters of an id narrow them down.
MOST = 60

#: Digits of an id from which on its elites are found at once.
FEW = 3

#: Letters of an id; as many as the tables show.
SHOWN = 12

#: Elites of which the ranges of numbers are told, and elites whose texts are offered.
SAMPLE, FIRST = 10_000, 500

#: Seconds to wait for an archive that somebody holds.
PATIENCE = 0.3

# click's script for fish ends helps at a comma.
_LOOKS_LIKE_A_COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"

_HEXADECIMAL = frozenset("0123456789abcdef")

#: Help text by value.
Choices = Mapping[str, str]
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(choices: Callable[[click.Context, str], Choices]) -> Completer:
    """A ``shell_complete=`` callback from ``(context, beginning of the word) -> choices``."""

    @wraps(choices)
    def complete(
        context: click.Context, parameter: click.Parameter, beginning: str
    ) -> list[CompletionItem]:
        try:
            found = choices(context, beginning)
        except ElitemapError:
            return []
        return list(_items(found, beginning))

    return complete


def _items(found: Choices, beginning: str) -> Iterable[CompletionItem]:
    """What begins so, written as the shell that asks needs it."""
    asker = os.environ.get(ASKED, "")
    for value, text in found.items():
        if not value.startswith(beginning) or value != one_line(value):
            continue
        if asker.startswith("fish") and "," in value:
            continue  # click's script for fish cuts values at a comma
        word = _quoted(value) if asker.startswith("bash") else value
        help = one_line(
            text.replace(",", _LOOKS_LIKE_A_COMMA) if asker.startswith("fish") else text
        )
        yield CompletionItem(word, help=help or None)


def _quoted(value: str) -> str:
    """The value for bash, which inserts it as it is; inside quotes it closes them by itself."""
    return value if _opening() else shlex.quote(value)


def _opening() -> str:
    """The quotation mark at which the word begins that is completed; empty if there is none."""
    words, place = os.environ.get("COMP_WORDS", "").split("\n"), os.environ.get("COMP_CWORD", "")
    # fish tells the word itself where the others tell its number.
    told = words[int(place)] if place.isdigit() and int(place) < len(words) else place
    return told[:1] if told[:1] in ("'", '"') else ""


@_completer
def space(context: click.Context, beginning: str) -> Choices:
    """Names of the installed spaces."""
    # elitemap.engine.tasks.space_names gives the same, a tenth of a second later.
    return {point.name: "" for point in entry_points(group="elitemap.tasks")}


@_completer
def target(context: click.Context, beginning: str) -> Choices:
    """Named targets of the space on the command line; loads the space."""
    from elitemap.engine.tasks import find_space

    return find_space(str(context.params.get("space"))).targets


@_completer
def run(context: click.Context, beginning: str) -> Choices:
    """Runs of the archive, the latest first."""
    from elitemap.archive.reading.reader import ArchiveReader

    with ArchiveReader.open(_archive(context), PATIENCE) as reader:
        runs = [reader.standing(run) for run in reader.runs()[::-1]]
        asked = reader.problems()
    return {r.id: f"{r.space} {asked[r.id].label} {r.status}" for r in runs}


@_completer
def problem(context: click.Context, beginning: str) -> Choices:
    """Problems of the archive, by their names and by their ids."""
    from elitemap.archive.reading.reader import ArchiveReader

    with ArchiveReader.open(_archive(context), PATIENCE) as reader:
        return _named(reader)


def _named(reader: "ArchiveReader") -> Choices:
    known = dict.fromkeys(reader.problems().values())
    return {p.label: p.id for p in known} | {p.id: p.label for p in known}


@_completer
def elite(context: click.Context, beginning: str) -> Choices:
    """Elites of the archive whose ids begin so, the certified ones first."""
    from elitemap.archive.reading.reader import ArchiveReader

    if not set(beginning) <= _HEXADECIMAL:
        return {}
    with ArchiveReader.open(_archive(context), PATIENCE) as reader:
        if len(beginning) < FEW:
            found = _certified_first(reader, f"id >= '{beginning}' and id < '{beginning}g'")
        else:
            found = sorted(reader.beginning(beginning), key=lambda v: v.status != "certified")
    length = max(SHOWN, len(beginning))
    return {v.id[:length]: f"{v.problem.label} {v.status}: {v.source}" for v in found[:MOST]}


def _certified_first(reader: "ArchiveReader", where: str) -> "list[EliteView]":
    from elitemap.archive.querying.elites import ElitesQuery

    found = reader.elites(ElitesQuery(where=f"status = 'certified' and {where}", limit=MOST))
    if len(found) < MOST:
        others = ElitesQuery(where=f"status != 'certified' and {where}", limit=MOST - len(found))
        found += reader.elites(others)
    return found


@_completer
def language(context: click.Context, beginning: str) -> Choices:
    """Languages that the elite on the command line can be exported to; loads its space."""
    from elitemap.archive.reading.reader import ArchiveReader
    from elitemap.terminal.commands.recorded import recorded_task

    # Where the option that is being completed still lacks its value, click leaves arguments here.
    identifier = context.params.get("identifier") or next(iter(context.args), "")
    with ArchiveReader.open(_archive(context), PATIENCE) as reader:
        run = reader.run(reader.elite(identifier, context.params.get("problem")).run)
    return dict.fromkeys(recorded_task(run).languages, "")


@_completer
def setting(context: click.Context, beginning: str) -> Choices:
    """Options of the space on the command line, then their values; loads the space."""
    from elitemap.engine.tasks import find_space

    name = context.params.get("space") or next(iter(context.args), "")
    options = {option.name: option for option in find_space(str(name)).options}
    key, sign, begun = beginning.partition("=")
    fitting = [name for name in options if name.startswith(key)]
    if not sign and len(fitting) == 1 and options[fitting[0]].values:
        key, sign = fitting[0], "="
    if not sign:
        return {f"{option.name}=": option.help for option in options.values()}
    before = begun[: begun.rfind(",") + 1]
    values = options[key].values if key in options else ()
    return {f"{key}={before}{value}": "" for value in values}


@_completer
def condition(context: click.Context, beginning: str) -> Choices:
    """How the filter may go on, from what the archive holds."""
    from elitemap.archive.reading.reader import ArchiveReader
    from elitemap.terminal.completion.conditions import continued

    quote = '"' if _opening() == "'" else "'"
    with ArchiveReader.open(_archive(context), PATIENCE) as reader:
        return continued(beginning, _columns(reader), partial(_known, reader), quote)


def _columns(reader: "ArchiveReader") -> dict[str, str]:
    """What a filter may name, and what numbers range over."""
    from elitemap.archive.columns import FIXED
    from elitemap.archive.querying.elites import ElitesQuery

    every = max(1, reader.count(ElitesQuery()) // SAMPLE)
    columns = {
        c.name: "" if c.low is None else f"{number(c.low)} to {number(c.high)}"
        for c in reader.columns(ElitesQuery(every=every))
        if known_as(c.name) == c.name  # a measure that is an objective too says nothing new
    }
    return columns | dict.fromkeys(FIXED, "")


def _known(reader: "ArchiveReader", column: str) -> Choices:
    """Texts of a column, with a word on each."""
    if column == "problem":
        return _named(reader)
    return dict.fromkeys(_texts(reader, column), "")


def _texts(reader: "ArchiveReader", column: str) -> list[str]:
    """Texts of a column: those of a sample of the elites that have one."""
    from elitemap.archive.querying.elites import ElitesQuery
    from elitemap.archive.records import STATUSES

    if column == "status":
        return list(reversed(STATUSES))
    if column in ("space", "target"):
        return sorted({getattr(run, column) for run in reader.runs()})
    found = reader.elites(ElitesQuery(where=f"{column} is not null", limit=FIRST))
    if column == "mark":
        return sorted({view.remark.mark for view in found if view.remark and view.remark.mark})
    if column == "operator":
        return sorted({view.operator for view in found if view.operator})
    values = (view.objectives.get(column.removeprefix("text_")) for view in found)
    return sorted({value for value in values if isinstance(value, str)})


def _archive(context: click.Context) -> Path:
    return Path(context.params["archive"])
