"""What bad input gets: one line, the documented exit code, nothing written or lost."""

import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def digests(folder: Path) -> dict[str, str]:
    """Every file with the digest of its content; an empty log and SQLite's index of it are none."""
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith("-shm"))
    kept = (p for p in files if p.stat().st_size or not p.name.endswith("-wal"))
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


def refused(result: Any, code: int, *words: str) -> None:
    assert result.code == code, result
    assert result.out == ""
    assert result.err.startswith("elitemap: ")
    assert result.err.count("\n") == 1, result.err
    assert len(result.err) < 600
    for word in words:
        assert word in result.err


NEST = "(" * 5000 + "x" + ")" * 5000

SEARCHES = [
    (["elementry", "exp2"], "did you mean 'elementary'"),
    (["elementary", "exq2"], "exp2"),
    (["elementary", "nonsense"], "unknown target"),
    (["elementary", "exp2", "--set", "domian=0,1"], "did you mean 'domain'"),
    (["elementary", "exp2", "--set", "ops=add,mull"], "mul"),
    (["elementary", "exp2", "--set", "ops="], "ops"),
    (["elementary", "exp2", "--set", "max_ops=0"], "max_ops"),
    (["elementary", "exp2", "--set", "max_ops=many"], "max_ops"),
    (["elementary", "exp2", "--set", "error=both"], "error=relative"),
    (["elementary", "exp2", "--set", "domain"], "KEY=VALUE"),
    (["elementary", "exp2", "--set", "domain=1,1"], "lo < hi"),
    (["elementary", "exp2", "--set", "domain=1,0"], "lo < hi"),
    (["elementary", "exp2", "--set", "domain=0,inf"], "finite"),
    (["elementary", "exp2", "--set", "domain=0,nan"], "finite"),
    (["elementary", "1/(x-1/2)"], "pole"),
    (["elementary", "sin", "--set", "domain=-1,1", "--set", "error=relative"], "zero"),
    (["elementary", "__import__('os').system('touch owned')"], ""),
    (["elementary", "x.__class__"], ""),
    (["elementary", NEST], ""),
    (["elementary", "9**9**9"], ""),
    (["elementary", "x**(9**9**9)"], ""),
    (["elementary", "\x1b[2Jx"], ""),
    (["elementary", ""], ""),
    (["elementary", "3"], "constant"),
    (["elementary", "exp2", "--seconds", "-5"], "--seconds"),
    (["elementary", "exp2", "--seconds", "nan"], "seconds"),
    (["elementary", "exp2", "--seconds", "inf"], "seconds"),
    (["elementary", "exp2", "--evaluations", "-5"], "--evaluations"),
    (["elementary", "exp2", "--evaluations", "5", "--seconds", "5"], "one budget"),
    (["elementary", "exp2", "--islands", "0"], "--islands"),
    (["elementary", "exp2", "--seed", "-1"], "--seed"),
    (["elementary", "exp2", "--sedd", "1"], "--seed"),
    (["elementary", "exp2", "--config", "none.toml"], "none.toml"),
    (["elementary"], "TARGET"),
    ([], "SPACE"),
]


@pytest.mark.parametrize(
    ("arguments", "word"), SEARCHES, ids=[str(k) for k in range(len(SEARCHES))]
)
def test_a_bad_search_is_refused_and_nothing_written(
    run: Run, tmp_path: Path, arguments: list[str], word: str
) -> None:
    refused(run("search", *arguments), 2, word)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["serch"], "search"),
        (["show", ""], "id"),
        (["show", "zzzz"], "zzzz"),
        (["show", "%"], "id"),
        (["certify", "zzzz"], "zzzz"),
        (["export", "zzzz", "--to", "c"], "zzzz"),
        (["elites", "--run", "nope"], "nope"),
        (["elites", "--where", "digits >"], "column"),
        (["elites", "--where", "__import__('os')"], "column"),
        (["elites", "--where", "1; DROP TABLE elite"], "column"),
        (["elites", "--sort", "beauty"], "beauty"),
        (["elites", "--pareto", "beauty"], "beauty"),
        (["elites", "--limit", "0"], "--limit"),
        (["elites", "--json", "--csv"], "got both"),
        (["resume"], "unfinished"),
        (["resume", "nope"], "nope"),
    ],
)
def test_bad_questions_are_refused(
    run: Run, archive: Path, tmp_path: Path, arguments: list[str], word: str
) -> None:
    before = digests(tmp_path)
    refused(run(*arguments), 2, word)
    assert digests(tmp_path) == before


def test_an_ambiguous_id_is_refused(run: Run, archive: Path) -> None:
    with sqlite3.connect(archive) as connection:
        ids = [i for (i,) in connection.execute("SELECT id FROM program")]
    connection.close()
    shared = next(c for c in "0123456789abcdef" if sum(i.startswith(c) for i in ids) > 1)
    refused(run("show", shared), 2, "unambiguous")


def test_an_unknown_language_is_refused(run: Run, archive: Path, tmp_path: Path) -> None:
    first = elite_id(run)
    before = digests(tmp_path)
    refused(run("export", first, "--to", "fortran"), 2, "fortran")
    assert digests(tmp_path) == before


def elite_id(run: Run) -> str:
    return run("elites", "--limit", "1", "--csv").out.splitlines()[1].split(",")[0]


READERS = [["runs"], ["elites"], ["show", "a"], ["certify", "a"], ["export", "a", "--to", "c"]]
ALL = [*READERS, ["resume"]]
WRITERS = [["search", "elementary", "exp2", "--evaluations", "1000", "--set", "max_ops=3"]]


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_no_archive(run: Run, tmp_path: Path, command: list[str]) -> None:
    refused(run(*command), 3, "elitemap.db")
    assert list(tmp_path.iterdir()) == []


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE diary (secret TEXT)")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def truncated(path: Path) -> None:
    os.truncate(path, 5000)


def empty_header(path: Path) -> None:
    os.truncate(path, 50)


def text(path: Path) -> None:
    path.write_text("this is a shopping list, not an archive\n" * 30)


@pytest.mark.parametrize("command", [*ALL, *WRITERS], ids=" ".join)
@pytest.mark.parametrize("damage", [foreign, newer, truncated, empty_header, text])
def test_files_that_are_no_good_archives(
    run: Run, made: Path, tmp_path: Path, damage: Callable[[Path], None], command: list[str]
) -> None:
    path = tmp_path / "elitemap.db"
    if damage is not foreign:
        path.write_bytes(made.read_bytes())
    damage(path)
    before = digests(tmp_path)
    refused(run(*command), 3, "elitemap.db")
    assert digests(tmp_path) == before


@pytest.mark.parametrize("command", [*ALL, *WRITERS], ids=" ".join)
def test_a_folder_is_no_archive(run: Run, tmp_path: Path, command: list[str]) -> None:
    refused(run(*command, "--archive", str(tmp_path)), 2, "--archive")


def test_an_archive_in_a_folder_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    refused(run(*WRITERS[0], "--archive", "no/where.db"), 3, "where.db")
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_archive(
    run: Run, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITEMAP_ARCHIVE", str(made))
    assert run("runs").code == 0
    refused(run("runs", "--archive", "other.db"), 3, "other.db")


@pytest.fixture
def locked(archive: Path) -> Iterator[Path]:
    """Another process writes to the archive and does not end."""
    connection = sqlite3.connect(archive, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield archive
    connection.execute("ROLLBACK")
    connection.close()


@pytest.mark.slow
def test_a_locked_archive_is_told_after_a_while(run: Run, locked: Path) -> None:
    refused(run(*WRITERS[0], "--quiet"), 3, "locked by another process")


def test_a_locked_archive_can_be_read(run: Run, locked: Path) -> None:
    assert run("runs").code == 0


def test_a_full_disk_under_stdout_is_told(script: tuple[str, ...], archive: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [*script, "elites", "--json", "--archive", str(archive)]
        done = subprocess.run(command, text=True, timeout=120, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr.startswith("elitemap: cannot write the output, the disk is full")
    assert done.stderr.count("\n") == 1


def test_a_reader_who_leaves_is_no_error_message(script: tuple[str, ...], archive: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*script, "elites", "--json", "--archive", str(archive)]
    done = subprocess.run(command, text=True, timeout=120, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1


def test_a_bug_of_ours_asks_for_a_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(as_json: bool) -> None:
        raise AssertionError("the sky fell")

    monkeypatch.setattr("elitemap.terminal.commands.spaces.list_spaces", broken)
    refused(run("spaces"), 70, "the sky fell", "report", "ELITEMAP_DEBUG=1")


@pytest.mark.parametrize(
    ("command", "more"),
    [
        *[(command, more) for command in ("runs", "elites", "show") for more in ([], ["--json"])],
        ("elites", ["--csv"]),
    ],
)
def test_hostile_text_in_an_archive_is_shown_not_obeyed(
    run: Run, archive: Path, command: str, more: list[str]
) -> None:
    hostile = "[red]\x1b]0;owned\x07\x1b[2J\u202e\nnext"
    first = elite_id(run)
    with sqlite3.connect(archive) as connection:
        connection.execute("UPDATE run SET target = ?, space = ?, version = ?", [hostile] * 3)
        connection.execute("UPDATE program SET source = ?, operator = ?", [hostile] * 2)
    connection.close()
    result = run(command, *([first] if command == "show" else []), *more)
    assert result.code == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(result.out + result.err)
    assert "owned" in result.out


@pytest.mark.parametrize(
    "config",
    ["{}", '{"settings": []}', '{"settings": {"domain": 3}}', '{"settings": {"nonsense": "1"}}'],
)
@pytest.mark.parametrize("command", ["certify", "export"])
def test_settings_of_a_hostile_archive_are_refused(
    run: Run, archive: Path, tmp_path: Path, command: str, config: str
) -> None:
    first = elite_id(run)
    with sqlite3.connect(archive) as connection:
        connection.execute("UPDATE run SET config = ?", [config])
    connection.close()
    before = digests(tmp_path)
    result = run(command, first, *(["--to", "c"] if command == "export" else []))
    refused(result, 2 if "nonsense" in config else 3)
    assert digests(tmp_path) == before
