r"""What is said of a formula as LaTeX text: letters keep their accents, polynomials are typeset.

Texts may come from a stranger's archive: what comes out is ASCII, and nothing in it is a command
but accents.
"""

import re
import unicodedata

from elitemap.searchspaces.programs.emission.to_latex import escaped

#: Characters of a text that are kept.
LONGEST = 2000

#: Commands of combining accents, and of letters that are no letter with an accent.
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
_LETTERS = {"ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "æ": r"\ae{}"}

_TERM = r"(?:\d+\*)?n(?:\*\*\d+)?|\d+"
_SIDE = re.compile(rf"\b([ab]) = (-?(?:{_TERM})(?: [+-] (?:{_TERM}))*)")


def one_line(text: object) -> str:
    """Any text as one line of bounded length, letters and their accents as single characters."""
    line = unicodedata.normalize("NFC", str(text)[:LONGEST])
    return re.sub(r"\s+", " ", line).strip()


def prose(text: str) -> str:
    """A line with its ``a = ...`` and ``b = ...`` as formulas, accents as commands."""
    parts, last = [], 0
    for match in _SIDE.finditer(text):
        formula = re.sub(r"\*\*(\d+)", r"^{\1}", match[2]).replace("*", " ")
        parts += [_plain(text[last : match.start()]), f"${match[1]}_{{n}} = {formula}$"]
        last = match.end()
    return "".join([*parts, _plain(text[last:])])


def _plain(text: str) -> str:
    return "".join(map(_character, text))


def _character(character: str) -> str:
    if " " <= character <= "~":
        return escaped(character)
    if character in _LETTERS:
        return _LETTERS[character]
    bare, *marks = list(unicodedata.normalize("NFKD", character))
    if not (bare.isascii() and bare.isalpha()):
        return escaped("_")
    if len(marks) != 1 or marks[0] not in _ACCENTS:
        return bare
    return rf"\{_ACCENTS[marks[0]]}{{{bare}}}"
