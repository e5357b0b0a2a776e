import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.style import Style

from elitemap.terminal.browser.drawing.colours import Depth, Ink, palette
from elitemap.terminal.browser.drawing.sketch import Sketch, cut, patterns, stamp

PALETTE = palette(Depth.NONE, True, Style(color="#e0e0e0", bgcolor="#101010"))


@given(st.integers(-1, 9), st.integers(-1, 4), st.integers(-9, 12), st.integers(-3, 6), st.text())
def test_whatever_is_written_lines_keep_their_width(width, height, x, y, text):
    sketch = Sketch(width, height)
    sketch.write(x, y, text, Ink.STRONG)
    strips = sketch.strips(PALETTE)
    assert len(strips) == max(0, height)
    for strip in strips:
        assert strip.cell_length == max(0, width)
        assert sum(segment.cell_length for segment in strip) == max(0, width)


def test_text_is_clipped_and_odd_characters_are_replaced():
    sketch = Sketch(6, 1)
    sketch.write(-2, 0, "abcd")
    assert sketch.text() == "cd"
    sketch.write(3, 0, "x漢\u0301")
    assert sketch.text() == "cd x??"


def test_neighbours_of_one_ink_are_one_segment():
    sketch = Sketch(6, 1)
    sketch.write(2, 0, "ab", Ink.STRONG)
    assert [segment.text for segment in sketch.strips(PALETTE)[0]] == ["  ", "ab", "  "]


def test_free_tells_what_is_blank_and_inside():
    sketch = Sketch(6, 1)
    sketch.write(2, 0, "ab")
    assert sketch.free(0, 0, 2) and sketch.free(4, 0, 2)
    assert not sketch.free(1, 0, 2) and not sketch.free(5, 0, 2)
    assert not sketch.free(0, 1, 1) and not sketch.free(-1, 0, 1)


@given(st.text(max_size=8), st.integers(0, 9))
def test_cut_says_that_it_cut(text, width):
    short = cut(text, width)
    assert len(short) <= width
    assert short == text or width == 0 or short.endswith("…")


@given(hnp.arrays(bool, st.tuples(st.just(8), st.sampled_from([0, 2, 6]))))
def test_braille_patterns_are_those_of_unicode(dots):
    numbers = {(0, 0): 1, (1, 0): 2, (2, 0): 3, (0, 1): 4, (1, 1): 5, (2, 1): 6, (3, 0): 7}
    numbers[3, 1] = 8
    letters = patterns(dots)
    for (row, column), letter in np.ndenumerate(letters):
        block = dots[4 * row : 4 * row + 4, 2 * column : 2 * column + 2]
        named = "".join(sorted(str(numbers[tuple(place)]) for place in np.argwhere(block)))
        expected = f"BRAILLE PATTERN DOTS-{named}" if named else "SPACE"
        assert unicodedata.name(str(letter)) == expected


def test_a_stamp_leaves_what_is_beside_its_dots():
    sketch = Sketch(3, 1)
    sketch.write(0, 0, "abc")
    dots = np.zeros((4, 6), dtype=bool)
    dots[0, 2] = True
    stamp(sketch, 0, 0, dots, Ink.FRONT)
    assert sketch.text() == "a⠁c"
    assert sketch.inks[0].tolist() == [Ink.TEXT, Ink.FRONT, Ink.TEXT]
