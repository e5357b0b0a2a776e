"""Documents of quantizers: what is none is refused, what is one is shown as mathematics."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import ArchiveError
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.formats.elements import (
    SIGNATURE,
    Element,
    sound,
)
from elitemap.searchspaces.quantizers.formats.quantizers import read, written
from elitemap.searchspaces.quantizers.formats.rule import FormatError
from elitemap.searchspaces.quantizers.mantissas import signature
from elitemap.terminal.mathtext import mathematics

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just([]),
    st.just({}), st.just([0] * 40), st.just("0x1p+2000"), st.just("0" * 16),
)  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": 2},
        {"code_bits": 1},
        {"code_bits": True},
        {"block": 24},
        {"scale": None},
        {"scale": {"codec": "int9", "signed": False, "group": 256, "found": "search"}},
        {"scale": {"codec": "int06", "signed": False, "group": 256, "found": "search"}},
        {"scale": {"codec": "e8m0", "signed": True, "group": 0, "found": "search"}},
        {"scale": {"codec": "fp16", "signed": False, "group": 256, "found": "search"}},
        {"offset": "both"},
        {"choice": 1},
        {"choice": True},
        {"outliers": 0},
        {"outliers": 3},
        {"outliers": True},
        {"outliers": "1"},
        {"rotated": 0},
        {"rotated": 32},
        {"rotated": 16.0},
        {"outliers": 1, "rotated": 16},
        {"block": 0, "outliers": 1},
        {"levels": {}},
        {"levels": {"shape": "plain", "table": [1, 2]}},
        {"levels": {"shape": "plain", "table": ["nan"] * 16}},
        {"levels": {"shape": "plain", "table": ["0x1.0000000001p+0"] * 16}},
        {"levels": {"shape": "plain", "table": [128] * 16}},
        {"levels": {"shape": "none", "table": [1] * 16}},
        {"levels": {"program": {"instructions": []}}},
    ],
)
def test_documents_that_are_no_quantizers_are_refused(layout, uniform, changed):
    document = written(layout(), uniform)
    assert read(document)[1] == uniform
    with pytest.raises((FormatError, ProgramError)):
        read(document | changed)


def leaves(document, path=()):
    """Paths to everything in a document."""
    yield path
    inner = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, value in inner:
        yield from leaves(value, (*path, key))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_documents_of_strangers_are_read_or_refused(through, quantizers, data):
    documents = [written(*found) for found in quantizers(20, 3)]
    document = json.loads(json.dumps(data.draw(st.sampled_from(documents))))
    path = data.draw(st.sampled_from([p for p in leaves(document) if p]))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = data.draw(JUNK)
    try:
        rule, element = read(document)
    except ArchiveError:
        assert mathematics("quantizers", document, 80) is None or "levels" not in document
        return
    if sound(element.levels(rule)):
        through(rule, element.levels(rule), np.linspace(-1, 1, 50, dtype=np.float32))
    assert read(written(rule, element)) == (rule, element)
    assert mathematics("quantizers", document, 80)


def test_whole_numbers_need_a_scale_that_is_searched(layout, uniform):
    with pytest.raises(FormatError, match="whole"):
        read(written(layout(search=0), uniform))


def test_quantizers_as_mathematics(layout, uniform):
    table = mathematics("quantizers", written(layout(offset=1), uniform), 80)
    assert table[0] == "weight = scale · level + offset, where level is"
    assert table[1].startswith("plain table: -8, -7")
    rows = [["single", (0.5).hex()], ["fmul", 0, 0], ["fma", 5, 0, 4]]
    told = Program.of(SIGNATURE, (), (0,), FLOAT32).to_json() | {"instructions": rows}
    element = Element.from_json({"program": told | {"outputs": [6]}}, layout())
    assert mathematics("quantizers", written(layout(), element), 80)[1] == "k²·k + 0.5"
    assert mathematics("quantizers", {"levels": {}}, 80) is None
    assert mathematics("quantizers", {"program": 3, "table": []}, 80) is None


def test_multipliers_as_mathematics():
    told = Program.of(signature(0), (), (0,), WORDS).to_json()
    added = told | {"instructions": [["add", 0, 1]], "outputs": [2]}
    assert mathematics("quantizers", {"program": added, "table": []}, 80) == ["a + b"]
