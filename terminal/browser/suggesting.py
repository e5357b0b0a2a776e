"""Names that the line for filters completes: all that a filter may name."""

import re
from collections.abc import Sequence

from textual.suggester import Suggester

from elitemap.archive.columns import FIXED
from elitemap.archive.querying.arithmetic import FUNCTIONS
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser.answers import stride
from elitemap.terminal.browser.scope import Scope

#: A name, perhaps unfinished, at the end of a text.
_LAST_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*\Z")


class Names(Suggester):
    """Completes the last name of a filter."""

    def __init__(self, names: Sequence[str]) -> None:
        """A suggester of these names; earlier ones come first."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    async def get_suggestion(self, value: str) -> str | None:
        """The filter with its last name completed, None if there is nothing to complete."""
        return completed(value, self._names)


def completed(text: str, names: Sequence[str]) -> str | None:
    """A filter with its last name completed to the first that begins so.

    Returns:
        None where no name ends the text, it is whole, or it is unknown.
    """
    found = _LAST_NAME.search(text)
    quoted = any(text.count(quote) % 2 for quote in "'\"")
    if found is None or quoted or found[0] in names:
        return None
    begun = found[0]
    whole = next((name for name in names if name.startswith(begun)), None)
    return None if whole is None else text + whole[len(begun) :]


def names_of(reader: ArchiveReader, scope: Scope) -> list[str]:
    """What a filter of a part of the archive may name, objectives and measures first."""
    query = scope.everything().query(every=stride(reader, scope))
    functions = (f"{name}(" for name in FUNCTIONS)
    return [*(column.name for column in reader.columns(query)), *FIXED, *functions]
