"""Searching by text: everything in it stands for itself."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.clauses import LONGEST_SEARCH
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

SOURCES = (
    "x + 1",
    "100% of x_1",
    "a\\b",
    'it\'s "quoted"',
    "TANH(x)",
    "π·x² ✓ Ü",
    "nul\0inside",
    "",
    "%",
    "_",
)
NOTES = {2: "see Tanh", 4: "50%"}
PIECES = sorted({s[i:j] for s in SOURCES for i in range(len(s)) for j in range(i + 1, i + 4)})


@pytest.fixture(scope="module")
def reader(make_run, make_elite):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run())
            writer.flush("run-1", [make_elite(k, source=s) for k, s in enumerate(SOURCES)])
            for slot, note in NOTES.items():
                writer.remark(make_elite(slot).id, f"mark{slot}", note)
        with ArchiveReader.open(path) as opened:
            yield opened


def folded(text):
    """Upper case of ASCII in lower case."""
    return "".join(c.lower() if c.isascii() else c for c in text)


@given(st.sampled_from(PIECES) | st.text(max_size=5), st.none() | st.just("slot > 2"))
def test_a_search_finds_what_contains_the_text(reader, text, where):
    wanted = folded(text.encode("utf-8", "backslashreplace").decode())
    expected = []
    for slot, source in enumerate(SOURCES):
        texts = [source, NOTES.get(slot, ""), f"mark{slot}" if slot in NOTES else ""]
        if any(wanted in folded(text) for text in texts) and (where is None or slot > 2):
            expected.append(slot)
    found = reader.elites(ElitesQuery(search=text, where=where))
    assert [view.slot for view in found] == expected


def test_ids_are_found_by_their_beginning(reader):
    for view in reader.elites(ElitesQuery()):
        for text in (view.id[:6], view.id[:12].upper(), view.id):
            assert [v.slot for v in reader.elites(ElitesQuery(search=text))] == [view.slot]
        assert reader.count(ElitesQuery(search=view.id[:5])) == 0  # too short for an id
        assert reader.count(ElitesQuery(search=view.id[1:])) == 0


def test_a_search_goes_with_everything_else(reader):
    query = ElitesQuery(search="x", where="ops > 0", sort="-slot", limit=2)
    assert [view.slot for view in reader.elites(query)] == [5, 4]
    front = ElitesQuery(search="x", pareto="-ops")
    assert [view.slot for view in reader.elites(front)] == [0]


def test_the_length_is_limited(reader):
    assert reader.count(ElitesQuery(search="x" * LONGEST_SEARCH)) == 0
    with pytest.raises(UsageError, match="search: expected at most 200 characters, got 201"):
        reader.count(ElitesQuery(search="x" * (LONGEST_SEARCH + 1)))
