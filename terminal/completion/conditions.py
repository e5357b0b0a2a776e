"""How a filter that is being typed may go on: by names, comparisons, known values, ``and``."""

import re
from collections.abc import Callable, Mapping

from elitemap.archive.querying.where import COMPARISONS

#: What may stand between a name and the end of its test, or its value.
AFTER_NAME = (*COMPARISONS, "is null", "is not null")

#: The end of a text at which a name is expected, with what there is of it.
_NAME = re.compile(r"(?:^|\(|\b(?:and|or|not)\b)\s*(\w*)\Z")

#: A name and a blank; a name, what it is compared with, and the beginning of a text in quotes.
_COMPARISON = re.compile(
    r"(?:^|\(|\b(?:and|or|not)\b)\s*(\w+)\s+([=!<>]*|i|is(?: n\w*(?: n\w*)?)?)\Z"
)
_VALUE = re.compile(r"\b(\w+)\s*(?:=|!=)\s*((['\"]?)[^'\"]*)\Z")

#: The end of a test, and a blank.
_DONE = re.compile(r"(?:[=<>]\s*(?:[\w.+-]+|'[^']*'|\"[^\"]*\")|null|\))\s+(\w*)\Z")

#: Texts that are known for a column, with a word on each; nothing for other columns.
Known = Callable[[str], Mapping[str, str]]


def continued(text: str, columns: Mapping[str, str], known: Known, quote: str) -> dict[str, str]:
    """Texts that begin like this one and go further, each with what to know about it.

    A name that is whole, or the only one that begins so, goes on with its comparisons.

    Args:
        text: A filter, as far as it has been typed.
        columns: Names that it may use, with a word on each.
        known: What texts a column holds.
        quote: The quotation mark for those.
    """
    if match := _VALUE.search(text):
        before, mark = text[: match.start(2)], match[3] or quote
        return {f"{before}{mark}{value}{mark}": word for value, word in known(match[1]).items()}
    if (match := _COMPARISON.search(text)) and match[1] in columns:
        return _compared(text[: match.start(2)], columns[match[1]])
    if match := _NAME.search(text):
        before = text[: match.start(1)]
        fitting = [name for name in columns if name.startswith(match[1])]
        if len(fitting) == 1:
            return _compared(f"{before}{fitting[0]} ", columns[fitting[0]])
        return {f"{before}{name}": columns[name] for name in fitting}
    if match := _DONE.search(text):
        return {f"{text[: match.start(1)]}{word} ": "" for word in ("and", "or")}
    return {}


def _compared(before: str, help: str) -> dict[str, str]:
    return {f"{before}{sign}": help for sign in AFTER_NAME}
