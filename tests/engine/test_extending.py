"""Runs that go on further than they were asked to: as if asked so from the start."""

import sqlite3

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.store import ArchiveWriter
from elitemap.engine import events
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.search.extending import More
from elitemap.engine.tasks import load_task


def elites(path):
    """The elites of an archive: of certified ones the program that they were made from."""
    with sqlite3.connect(path) as db:
        rows = db.execute(
            "SELECT slot, cell, iif(operator = 'certify', parent, id), quality, status"
            " FROM elite JOIN program ON key = program ORDER BY slot"
        ).fetchall()
    db.close()
    return {row[0]: row[1:4] for row in rows}, {row[0] for row in rows if row[4] == "certified"}


KINDS = [{}, {"noise": "0.5"}, {"rungs": "2", "failures": "yes"}]


@pytest.mark.parametrize("settings", KINDS, ids=str)
@pytest.mark.parametrize("first", [300, 9000, 17_000])
def test_an_extended_run_is_that_of_the_larger_budget(tmp_path, spec, config, settings, first):
    search(tmp_path / "whole.db", spec(**settings), config(evaluations=26_000))
    path = tmp_path / "parts.db"
    outcome = search(path, spec(**settings), config(evaluations=first))
    again = resume(path, outcome.run, workers=1, more=More(evaluations=26_000))
    assert again.done and again.run == outcome.run
    (whole, proved), (parts, proved_too) = elites(tmp_path / "whole.db"), elites(path)
    assert parts == whole and proved_too >= proved
    with ArchiveReader.open(path) as reader:
        record = reader.run()
    assert record.config["search"]["evaluations"] == 26_000
    assert [one["evaluations"] for one in record.config["budgets"]] == [first]


@pytest.mark.parametrize("epochs", [0, 2, 6])
def test_an_extension_may_be_interrupted_and_extended_again(tmp_path, spec, config, epochs):
    search(tmp_path / "whole.db", spec(), config(evaluations=40_000))
    path = tmp_path / "parts.db"
    search(path, spec(), config(evaluations=9000))
    told = []

    def halted():
        return sum(isinstance(event, events.Progress) for event in told) >= epochs

    stopped = resume(path, observer=told.append, halted=halted, more=More(evaluations=25_000))
    assert not stopped.done
    assert resume(path, workers=2).done
    assert resume(path, more=More(evaluations=40_000)).done
    assert elites(path)[0] == elites(tmp_path / "whole.db")[0]


@pytest.mark.parametrize("first", [3000, 12_000, 16_000])
def test_what_was_certified_stays_so(tmp_path, spec, config, first):
    path = tmp_path / "a.db"
    # What was born after a generation that a budget made smaller is written anew.
    outcome = search(path, spec(), config(evaluations=first))
    before, proved = elites(path)
    told = []
    resume(path, outcome.run, observer=told.append, more=More(evaluations=24_000))
    after, still = elites(path)
    made = {row[1] for slot, row in before.items() if slot in proved}
    stayed = {slot for slot, row in after.items() if row[1] in made}
    assert stayed and stayed <= still
    # Nobody is proved again.
    tried = {event.elite.slot for event in told if isinstance(event, events.Certified)}
    assert not tried & stayed
    with ArchiveReader.open(path) as reader:
        # Whoever lost its cell keeps its certificate.
        connection = sqlite3.connect(path)
        certificates = connection.execute("SELECT count(*) FROM certificate").fetchone()[0]
        connection.close()
        assert certificates >= len(proved | still) and reader.run().status == "done"


def test_a_state_whose_programs_mean_something_else_now_is_refused(
    tmp_path, spec, config, monkeypatch
):
    """As after a version that puts another range reduction around them."""
    path = tmp_path / "a.db"
    search(path, spec(), config(evaluations=16_000))
    space = type(load_task(spec()).space)
    before = space.to_json
    resume(path, more=More(evaluations=17_000))

    def changed(self, batch, row):
        return {**before(self, batch, row), "around": "another reduction"}

    monkeypatch.setattr(space, "to_json", changed)
    with pytest.raises(ArchiveError, match="meant something else: start a new search"):
        resume(path, more=More(evaluations=24_000))


def test_a_run_goes_on_for_some_seconds(tmp_path, spec, config, clock):
    path, told = tmp_path / "a.db", []
    timed = config(evaluations=None, seconds=40.0, islands=2, epoch=10**6, epoch_seconds=5.0)
    clock(0.2)
    first = search(path, spec(), timed)
    ticking = clock(0.2)
    again = resume(path, first.run, observer=told.append, more=More(seconds=20.0))
    assert again.done and 10.0 < ticking.spent < 50.0
    assert again.summary["evaluations"] > first.summary["evaluations"]
    assert again.summary["seconds"] > first.summary["seconds"] + 10.0
    shares = [event.done for event in told if isinstance(event, events.Progress)]
    assert shares == sorted(shares) and 0 <= shares[0] < 0.5
    kept, later = elites(path)[1], elites(path)[0]
    assert kept <= set(later)


def test_a_budget_of_another_kind(tmp_path, spec, config, clock):
    path = tmp_path / "a.db"
    first = search(path, spec(), config(evaluations=6000))
    clock(0.2)
    timed = resume(path, more=More(seconds=15.0))
    assert timed.run == first.run and timed.summary["evaluations"] > 6000
    spent = int(timed.summary["evaluations"])
    counted = resume(path, more=More(evaluations=spent + 5000))
    assert counted.summary["evaluations"] >= spent + 5000
    with ArchiveReader.open(path) as reader:
        past = reader.run().config["budgets"]
    assert [one["evaluations"] for one in past] == [6000, None]


def test_no_further_than_it_has_been(tmp_path, spec, config):
    path = tmp_path / "a.db"
    outcome = search(path, spec(), config(evaluations=2000))
    before = elites(path)
    with pytest.raises(UsageError, match=r"expected more evaluations in all than the \d+ of run"):
        resume(path, outcome.run, more=More(evaluations=2000))
    with pytest.raises(UsageError, match="one budget to go on with, got both"):
        More(1.0, 5)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE state SET body = x''")
    db.close()
    with pytest.raises(UsageError, match="has left nothing to go on from"):
        resume(path, outcome.run, more=More(seconds=1.0))
    assert elites(path) == before


def test_an_enumeration_goes_on_with_its_blocks(tmp_path, spec, config):
    settings = spec(blocks="40")
    search(tmp_path / "whole.db", settings, config(evaluations=1500))
    path = tmp_path / "parts.db"
    search(path, settings, config(evaluations=400))
    again = resume(path, workers=2, more=More(evaluations=1500))
    assert again.done and again.summary["candidates"] == 1500
    assert programs(path) == programs(tmp_path / "whole.db")
    assert members(path) == members(tmp_path / "whole.db")
    through = resume(path, more=More(evaluations=10**6))
    assert through.summary["candidates"] == 2000
    with pytest.raises(UsageError, match="has left nothing to go on from"):
        resume(path, through.run, more=More(seconds=1.0))


class Killed(BaseException):
    """Stands for SIGKILL: nothing handles it."""


def test_a_kill_after_certificates_united_elites_loses_nothing(tmp_path, spec, config, monkeypatch):
    settings = spec(blocks="40")
    search(tmp_path / "whole.db", settings, config(evaluations=1500))
    path, unite = tmp_path / "parts.db", ArchiveWriter.unite

    def killed(writer, run):
        assert unite(writer, run), "no twins: nothing is tried"
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveWriter, "unite", killed)
        with pytest.raises(Killed):
            search(path, settings, config(evaluations=400))
    assert resume(path, more=More(evaluations=1500)).done
    assert programs(path) == programs(tmp_path / "whole.db")
    assert families(path) == families(tmp_path / "whole.db")


def families(path):
    """How many members each elite has."""
    with sqlite3.connect(path) as db:
        rows = db.execute(
            "SELECT program.id, count(member.body) FROM elite JOIN program ON key = program"
            " LEFT JOIN member USING (run, slot) GROUP BY program.id"
        ).fetchall()
        strays = "SELECT count(*) FROM member LEFT JOIN elite USING (run, slot) WHERE cell IS NULL"
        assert db.execute(strays).fetchone() == (0,)
    db.close()
    return dict(rows)


def members(path):
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT body FROM member ORDER BY number, body").fetchall()
    db.close()
    return rows


def programs(path):
    """What the elites of an enumeration are in the end; slots are named by what was found first."""
    with ArchiveReader.open(path) as reader:
        found = reader.elites(ElitesQuery())
    return {elite.id: (elite.status, elite.quality, elite.objectives) for elite in found}
