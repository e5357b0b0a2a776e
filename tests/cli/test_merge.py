"""``elitemap merge``, and commands that read several archives at once."""

import json
import shutil
import signal
import sqlite3
import subprocess

import pytest

from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter


@pytest.fixture
def two(made, tmp_path):
    """Two archives of the same search, in one of which a formula is starred."""
    for name in ("a.db", "b.db"):
        shutil.copy(made, tmp_path / name)
    with ArchiveReader.open(made) as reader:
        starred = reader.elites(ElitesQuery(limit=1))[0].id
    with ArchiveWriter.open(tmp_path / "b.db") as writer:
        writer.remark(starred, "star", None)
    return starred


def test_archives_are_merged_once(run, two):
    told = run("merge", "a.db", "b.db", "--archive", "c.db")
    assert told.code == 0 and told.out.splitlines()[1] == "b.db: nothing new"
    assert "1 run new or further on" in told.out.splitlines()[0]
    again = run("merge", "a.db", "b.db", "c.db", "--archive", "c.db", "--json")
    assert [one["elites"] for one in json.loads(again.out)["merged"]] == [0, 0]
    marked = run("elites", "--where", "mark = 'star'", "--json", "--archive", "c.db")
    assert [elite["id"] for elite in json.loads(marked.out)] == [two]


def test_several_archives_are_read_as_one(run, two, tmp_path):
    one = json.loads(run("elites", "--archive", "a.db", "--json").out)
    both = json.loads(run("elites", "a.db", "b.db", "--json").out)
    assert [elite["id"] for elite in both] == [elite["id"] for elite in one]
    assert sum("remark" in elite for elite in both) == 1
    assert json.loads(run("elites", "b.db", "--json").out) == both
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "b.db"]


@pytest.mark.slow
def test_several_archives_are_drawn_as_one(run, two, tmp_path):
    assert run("report", "a.db", "b.db", "-o", "r.html", "--limit", "1").code == 0
    assert run("browse", "a.db", "b.db", "--screenshot", "s.svg").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "b.db", "r.html", "s.svg"]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["merge", "none.db"], 3, "no archive at none.db"),
        (["merge", "a.db", "--archive", "a.db"], 2, "expected archives beside a.db"),
        (["merge", "a.db", "bad.db"], 3, "bad.db is not an elitemap archive"),
        (["merge"], 2, "OTHER"),
        (["elites", "a.db", "none.db"], 3, "no archive at none.db"),
    ],
)
def test_what_cannot_be_merged_is_told_in_one_line(run, two, tmp_path, arguments, code, line):
    (tmp_path / "bad.db").write_text("not an archive " * 20)
    told = run(*arguments)
    assert told.code == code and line in told.err
    assert not (tmp_path / "elitemap.db").exists()


def test_what_was_done_in_a_joined_copy_is_kept(two, tmp_path, monkeypatch, capsys):
    from elitemap.terminal.commands.browse import joined

    monkeypatch.chdir(tmp_path)
    with joined([tmp_path / "a.db", tmp_path / "b.db"], tmp_path / "x.db") as copy:
        with ArchiveWriter.open(copy) as writer:
            writer.remark(two, "better", "than the others")
    assert "merge" in capsys.readouterr().err
    with ArchiveReader.open(tmp_path / "a+b.db") as reader:
        assert reader.remark(two).mark == "better"


@pytest.mark.slow
def test_a_merge_that_is_stopped_or_killed_leaves_a_whole_archive(script, made, tmp_path):
    """The archive holds all that was there before, and all of an other one or nothing of it."""
    target = tmp_path / "target.db"
    shutil.copy(made, target)
    sources = [tmp_path / f"{k}.db" for k in range(4)]
    for k, path in enumerate(sources):
        shutil.copy(made, path)
        with sqlite3.connect(path) as connection:  # a run of its own
            connection.execute("UPDATE run SET id = ?, seed = seed + ?", [f"other-{k}", k + 1])
        connection.close()
    count = elites(target)
    for k in range(12):
        command = [*script, "merge", *map(str, sources), "--archive", str(target), "--quiet"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            process.wait(0.2 + 0.08 * k)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL if k % 2 else signal.SIGINT)
        process.communicate()
        found = elites(target)
        assert found % count == 0 and found >= count
        connection = sqlite3.connect(target)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert elites(target) == 5 * count


def elites(path):
    with ArchiveReader.open(path) as reader:
        return reader.count(ElitesQuery())
