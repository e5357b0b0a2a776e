"""Text from archives and from users made safe to print: shown as it is, never obeyed.

A terminal obeys control characters, and rich obeys square brackets. Everything that was read from a
file therefore goes through :func:`plain` and reaches rich as :class:`rich.text.Text` or through
``markup=False``, never as markup.
"""

import unicodedata

#: Unicode categories that move, hide or reorder text: controls, formats (bidirectional overrides),
#: surrogates, private use, unassigned, line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    """Replace every character that a terminal might obey by a visible escape."""
    if text.isprintable():  # leaves out all of them, and other white space
        return text
    return "".join(_visible(c) if unicodedata.category(c) in _UNSAFE else c for c in text)


def one_line(text: str) -> str:
    """The text as one printable line: runs of white space become one space."""
    return plain(" ".join(text.split()))


def _visible(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
