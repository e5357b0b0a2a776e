from hypothesis import given
from hypothesis import strategies as st

from elitemap.terminal.live.heat import heat, levels

STRIPS = st.lists(st.none() | st.floats(-20, 20), max_size=30)


@given(STRIPS, st.integers(2, 10))
def test_levels_rise_with_quality(strip: list[float | None], steps: int) -> None:
    level = levels(strip, steps)
    assert [value is None for value in strip] == [one == -1 for one in level]
    filled = sorted((v, k) for v, k in zip(strip, level, strict=True) if v is not None)
    assert all(a[1] <= b[1] for a, b in zip(filled, filled[1:], strict=False))
    assert max(level, default=-1) < steps


def test_a_strip_without_colours_is_drawn_in_bars() -> None:
    assert heat([0.0, 1.0, None, 7.0], colour=False).plain == "▁▁▁ ▂▂▂ ··· ███"


def test_colours_tell_good_from_poor() -> None:
    text = heat([0.0, 7.0, None], colour=True)
    assert text.plain == "███ ███ ···"
    assert [str(span.style) for span in text.spans] == ["#440154", "#fde725", "dim"]
