"""What ``--set`` means, read and refused."""

import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.options import MODES, OPTIONS, own, read


def test_defaults_are_read():
    settings = read({})
    assert settings.mode == "evolve" and settings.degrees == (3, 6) and settings.known is None
    assert read({"mode": "signed", "periods": "2"}).periods == (2, 2)
    assert read({"mode": "sweep", "joint": "yes"}).joint


def test_every_option_is_shared_or_belongs_to_modes():
    owned = [name for mode in MODES for name in own(mode)]
    assert [name for name in set(owned) if owned.count(name) > 1] in (["a", "b"], ["b", "a"])
    assert {option.name for option in OPTIONS} == {*owned, "mode", "known"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("moebius", "0"), ("moebius", "61"), ("moebius", "ten"), ("moebius", "all"),
        ("joint", "maybe"),
        ("limit", "-1"), ("periods", "3..1"), ("periods", "9"), ("periods", "1..2..3"),
        ("degrees", "3"), ("degrees", "0,6"), ("degrees", "5,6"), ("coefficients", "1e3"),
        ("reach", "10"),
        ("mode", "swep"), ("moebius", "9" * 400),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(name, value):
    mode = next((mode for mode in MODES if name in own(mode)), "evolve")
    with pytest.raises(UsageError) as error:
        read({"mode": mode, name: value})
    assert name in str(error.value) or "mode" in str(error.value)
    assert len(str(error.value)) < 200 and "\n" not in str(error.value)


@pytest.mark.parametrize("mode", MODES)
def test_options_of_other_modes_are_refused(mode):
    for other in MODES:
        for name in set(own(other)) - set(own(mode)):
            with pytest.raises(UsageError, match=rf"set mode=(\w+ or )?{other}"):
                read({"mode": mode, name: "1"})
