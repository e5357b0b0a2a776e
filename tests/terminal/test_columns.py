from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from elitemap.terminal.tables.columns import fitted, flow, side_by_side, spread

TEXTS = st.text(max_size=30)


@given(st.lists(TEXTS, max_size=9), st.integers(1, 60))
def test_lines_fit_and_phrases_stay_whole(phrases: list[str], width: int) -> None:
    lines = flow(phrases, width)
    assert all(cell_len(line.plain) <= width for line in lines)
    assert not any("\n" in line.plain or "\x1b" in line.plain for line in lines)


def test_lines_break_between_phrases() -> None:
    assert [line.plain for line in flow(["12 near", "3 far", "4 done"], 16)] == [
        "12 near, 3 far,",
        "4 done",
    ]


def test_a_long_text_is_cut_visibly() -> None:
    assert fitted("abcdef", 4).plain == "abc…"
    assert fitted("ab\x1b[2J", 20).plain == "ab\\x1b[2J"


def test_a_table_goes_on_beside_itself() -> None:
    rows = [("x", "1"), ("yes", "20"), ("z", "3")]
    lines = side_by_side(("word", "n"), rows, 24, 9)
    assert [line.plain.rstrip() for line in lines] == [
        "word   n     word   n",
        "x      1     z      3",
        "yes   20",
    ]


def test_a_table_keeps_both_ends_where_room_is_short() -> None:
    rows = [(str(k),) for k in range(9)]
    assert [line.plain.strip() for line in side_by_side(("n",), rows, 3, 4)] == ["n", "0", "4", "8"]
    assert side_by_side(("n",), rows, 3, 1) == []
    assert side_by_side(("n",), [], 3, 9) == []


@given(st.lists(TEXTS, min_size=1, max_size=9), st.integers(1, 12))
def test_spread(items: list[str], most: int) -> None:
    chosen = spread(items, most)
    assert len(chosen) == min(len(items), most) and chosen[-1] == items[-1]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=9), st.integers(1, 60), st.integers(0, 9))
def test_tables_fit(rows: list[tuple[str, str]], width: int, most: int) -> None:
    lines = side_by_side(("one", "two"), rows, width, most)
    assert len(lines) <= most
    assert all(cell_len(line.plain) <= width for line in lines)
