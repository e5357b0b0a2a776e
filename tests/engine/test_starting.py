"""Searches that begin with elites of archives and with what users write."""

import json
import sqlite3

import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine import events
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.search.extending import More
from elitemap.engine.search.starting import Gathered, candidate


def elites(path):
    with sqlite3.connect(path) as db:
        rows = db.execute(
            "SELECT slot, iif(operator = 'certify', parent, id), quality FROM elite"
            " JOIN program ON key = program ORDER BY slot"
        ).fetchall()
    db.close()
    return rows


@pytest.fixture
def starts(toy):
    """Good bit strings as a search leaves them."""

    def make(*numbers):
        gathered = Gathered(toy)
        documents = [{"bits": f"{k:032b}", "tune": (0.5).hex()} for k in numbers]
        gathered.take(documents, {"archive": "base.db"})
        return gathered.starts()

    return make


def test_a_search_goes_on_from_what_it_begins_with(tmp_path, spec, config, starts):
    told, path = [], tmp_path / "a.db"
    given = starts(*range(1, 300))
    outcome = search(path, spec(), config(evaluations=3000), told.append, starts=given)
    with ArchiveReader.open(path) as reader:
        record = reader.run(outcome.run)
        operators = {elite.operator for elite in reader.elites(ElitesQuery())}
        origins = [reader.lineage(e.id)[-1].operator for e in reader.elites(ElitesQuery())]
    assert record.config["starts"]["number"] == 299
    assert record.config["starts"]["from"] == [{"archive": "base.db", "elites": 299, "refused": 0}]
    assert len(record.config["starts"]["digest"]) == 64
    assert "start" in operators | set(origins) and "random" in origins


@pytest.mark.parametrize("settings", [{}, {"noise": "0.5"}, {"rungs": "0"}], ids=str)
def test_it_is_the_same_on_any_workers_and_through_interruptions(
    tmp_path, spec, config, starts, settings
):
    given = starts(*range(1, 400))
    budget = config(evaluations=9000)
    search(tmp_path / "whole.db", spec(**settings), budget, starts=given)
    path, told = tmp_path / "parts.db", []

    def halted():
        return sum(isinstance(event, events.Progress) for event in told) >= 2

    search(path, spec(**settings), budget, told.append, halted, starts=given)
    assert resume(path, workers=2).done
    assert elites(path) == elites(tmp_path / "whole.db")
    search(tmp_path / "short.db", spec(**settings), config(evaluations=2000), starts=given)
    resume(tmp_path / "short.db", more=More(evaluations=9000))
    assert elites(tmp_path / "short.db") == elites(path)


def test_what_it_begins_with_is_kept_before_anything_is_found(tmp_path, spec, config, starts):
    path, given = tmp_path / "a.db", starts(*range(1, 50))
    outcome = search(path, spec(), config(), halted=lambda: True, starts=given)
    with ArchiveReader.open(path) as reader:
        kept = reader.state(outcome.run)
    assert json.loads(kept[-2]) == list(given.documents)
    resume(path)
    search(tmp_path / "b.db", spec(), config(), starts=given)
    assert elites(path) == elites(tmp_path / "b.db")


def test_what_does_not_belong_is_refused_or_left_out(spec, toy):
    from elitemap.engine.tasks import load_task

    good, none = {"bits": "01" * 16, "tune": "0x0.0p+0"}, {"bits": "0" * 32, "tune": "0x0.0p+0"}
    gathered = Gathered(toy)
    gathered.take([none, good, good], {"archive": "a.db"})
    assert len(gathered.starts().documents) == 1 and candidate(toy, good) == good
    assert gathered.notes == [
        "begins with 1 elite of a.db; 1 do not fit, such as: expected a candidate of this search,"
        " got one too simple or too long"
    ]
    with pytest.raises(UsageError, match=r"--from b\.db: none of 1 elites fits"):
        gathered.take([none], {"archive": "b.db"})
    with pytest.raises(UsageError, match=r"--from b\.db: no elites"):
        gathered.take([], {"archive": "b.db"})
    with pytest.raises(UsageError, match="begin it with elites"):
        gathered.write(["0101"])
    blocks = Gathered(load_task(spec(blocks="3")))
    blocks.take([good], {"archive": "a.db"})
    with pytest.raises(UsageError, match="goes through all candidates: drop --from"):
        blocks.starts()
