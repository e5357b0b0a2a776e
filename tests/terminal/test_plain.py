import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.plain import one_line, plain


@given(st.text(st.characters(codec=None), max_size=40))
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    kept = {unicodedata.category(c) for c in plain(text)}
    assert not kept & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40))
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert plain(text) == text


def test_escape_sequences_become_visible() -> None:
    assert plain("\x1b[31mred\u202e") == "\\x1b[31mred\\u202e"


def test_one_line_joins_lines() -> None:
    assert one_line(" a\n\tb \r\n c ") == "a b c"
