"""Files that are not ours, newer, damaged, locked or cannot be written: one line each."""

import multiprocessing
import os
import random
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from elitemap.archive.errors import ArchiveError, ElitemapError, ExitCode
from elitemap.archive.files.connection import explained
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

SPAWN = multiprocessing.get_context("fork")


def open_both(path):
    """The errors of reading and of writing."""
    errors = []
    for opener in (ArchiveReader.open, ArchiveWriter.open):
        with pytest.raises(ArchiveError) as caught:
            opener(path).close()
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)
        assert caught.value.exit_code == ExitCode.ARCHIVE
        errors.append(str(caught.value))
    return errors


def folder_of(path):
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def foreign_database(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE run (x)")
    connection.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("notes on elites\n" * 100),
        lambda path: path.write_bytes(b"\0" * 4096),
        lambda path: path.write_bytes(b"SQLite format 3\0"),
        foreign_database,
    ],
)
def test_what_is_not_ours_is_left_alone(path, make):
    make(path)
    before = folder_of(path)
    for error in open_both(path):
        assert "not an elitemap archive" in error or "damaged" in error
    assert folder_of(path) == before


def test_a_newer_schema_is_left_alone(archive):
    connection = sqlite3.connect(archive)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = folder_of(archive)
    for error in open_both(archive):
        assert "newer elitemap (schema 7" in error
        assert "upgrade elitemap" in error
    assert folder_of(archive) == before


def test_an_unknown_migration_is_newer_too(archive):
    connection = sqlite3.connect(archive)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name) VALUES (?, ?)",
        ["elitemap", "m999_later"],
    )
    connection.commit()
    connection.close()
    for error in open_both(archive):
        assert "unknown migration 'm999_later'" in error


def test_missing_tables_are_damage(archive):
    connection = sqlite3.connect(archive)
    connection.execute("DROP TABLE state")
    connection.close()
    for error in open_both(archive):
        assert "damaged or truncated" in error


@pytest.mark.parametrize("kept", [50, 100, 1000, 4096, 4097, 0.5, 0.9, -4096, -1])
def test_a_truncated_file_is_refused(archive, kept):
    size = archive.stat().st_size
    length = int(size * kept) if isinstance(kept, float) else kept % size
    os.truncate(archive, length)
    for error in open_both(archive):
        assert "damaged or truncated: restore it from a copy" in error
    assert archive.stat().st_size == length


def test_damage_anywhere_is_never_more_than_one_line(archive, tmp_path):
    """Random bytes at random places: an answer or an ``ArchiveError``, nothing else."""
    good = archive.read_bytes()
    for seed in range(60):
        rng = random.Random(seed)
        data = bytearray(good)
        for _ in range(rng.choice([1, 20, 500])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / f"damaged{seed}.db"
        path.write_bytes(data)
        try:
            with ArchiveReader.open(path) as reader:
                reader.runs()
                for view in reader.elites(ElitesQuery(pareto="ops,digits")):
                    reader.lineage(view.id)
                reader.elites(ElitesQuery(sort="-digits"))
                reader.metrics("run-1")
        except ElitemapError as error:
            assert "\n" not in str(error)


def test_more_memory_than_there_is_takes_one_line(archive):
    """SQLite asks for it where a damaged row claims to be longer than any can be."""
    with pytest.raises(ArchiveError, match="memory.*restore it from a copy if it is damaged"):
        with explained(archive):
            raise MemoryError


@pytest.mark.parametrize(
    "change, told",
    [
        ("UPDATE elite SET slot = 'x' WHERE slot = 1", "the slot of an elite"),
        ("UPDATE run SET problem = CAST(problem AS BLOB)", "the problem of a run"),
    ],
)
def test_values_of_another_type_are_damage(archive, change, told):
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' STRICT', '')")
        connection.commit()
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute(change)
        connection.commit()
    with ArchiveReader.open(archive) as reader:
        with pytest.raises(ArchiveError, match=f"damaged, see {told}"):
            reader.overview()
            reader.elites(ElitesQuery(pareto="ops,digits"))


def test_no_file_is_an_error_for_readers_only(path):
    with pytest.raises(ArchiveError, match="run a search first"):
        ArchiveReader.open(path)
    assert not path.exists()
    ArchiveWriter.open(path).close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    ArchiveReader.open(path).close()


def test_an_empty_file_becomes_an_archive(path, make_run):
    path.touch()
    with pytest.raises(ArchiveError, match="not an elitemap archive"):
        ArchiveReader.open(path)
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
    with ArchiveReader.open(path) as reader:
        assert reader.run().id == "run-1"


def test_a_folder_or_a_missing_folder_is_refused(tmp_path):
    open_both(tmp_path)
    with pytest.raises(ArchiveError, match="check that its folder exists"):
        ArchiveWriter.open(tmp_path / "none" / "a.db")


@pytest.mark.parametrize("name", ["a b?mode=memory.db", "50%#.db", "ä'\".db", "-x.db"])
def test_any_file_name_will_do(tmp_path, make_run, name):
    with ArchiveWriter.open(tmp_path / name) as writer:
        writer.begin(make_run())
    assert [each.name for each in tmp_path.iterdir()] == [name]
    with ArchiveReader.open(tmp_path / name) as reader:
        assert reader.run().id == "run-1"


def test_a_lock_is_waited_for_then_reported(archive, make_run):
    holder = sqlite3.connect(archive, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveError, match="locked by another process: wait"):
        ArchiveWriter.open(archive, timeout=0.05)
    with ArchiveReader.open(archive, timeout=0.05) as reader:
        assert len(reader.runs()) == 1  # readers are not in the way
    holder.execute("COMMIT")
    with ArchiveWriter.open(archive, timeout=0.05) as writer:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="locked"):
            writer.begin(make_run("late"))
        holder.execute("COMMIT")
        writer.begin(make_run("late"))
    holder.close()


def test_an_exclusive_lock_is_reported_to_readers(archive):
    holder = sqlite3.connect(archive, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ArchiveError, match="locked"):
        ArchiveReader.open(archive, timeout=0.05)
    holder.close()


def test_two_writers_take_turns(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as first, ArchiveWriter.open(archive) as second:
        for k, writer in enumerate((first, second)):
            writer.begin(make_run(f"w{k}"))
        for n in range(20):
            for k, writer in enumerate((first, second)):
                writer.flush(f"w{k}", [make_elite(n, measures={f"m{k}_{n % 3}": n})])
    with ArchiveReader.open(archive) as reader:
        for k in range(2):
            found = reader.elites(ElitesQuery(run=f"w{k}"))
            assert [view.measures[f"m{k}_{view.slot % 3}"] for view in found] == list(range(20))


# From here on: what only another user or another process can show.


def in_child(action, *values, unprivileged=False):
    """The answer of a function, or its error's line, from a forked process."""
    receiver, sender = SPAWN.Pipe(duplex=False)
    child = SPAWN.Process(target=_report, args=(sender, unprivileged, action, *values))
    child.start()
    sender.close()
    answer = receiver.recv()
    child.join()
    receiver.close()
    return answer


def _report(sender, unprivileged, action, *values):
    if unprivileged and os.geteuid() == 0:
        os.setuid(65534)  # permissions mean nothing to root
    try:
        sender.send(action(*values))
    except ArchiveError as error:
        sender.send(str(error))
    sender.close()


@pytest.fixture
def public():
    """A folder that other users may look into."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def count_elites(path):
    with ArchiveReader.open(path) as reader:
        return len(reader.elites(ElitesQuery()))


def open_writer(path):
    ArchiveWriter.open(path).close()
    return "opened"


def test_a_read_only_archive_is_read_but_not_written(archive, public):
    copy = Path(shutil.copy(archive, public / "a.db"))
    copy.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    public.chmod(0o555)
    assert in_child(count_elites, copy, unprivileged=True) == 30
    assert "cannot be written: allow writing" in in_child(open_writer, copy, unprivileged=True)
    assert "cannot be opened" in in_child(open_writer, public / "new.db", unprivileged=True)


def test_a_log_in_a_read_only_folder_is_read(archive, public, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(90)])
        copy = Path(shutil.copy(archive, public / "a.db"))
        shutil.copy(f"{archive}-wal", public / "a.db-wal")
    public.chmod(0o555)
    assert in_child(count_elites, copy, unprivileged=True) == 31
    assert sorted(each.name for each in public.iterdir()) == ["a.db", "a.db-wal"]


def no_folder(public):
    tempfile.tempdir = str(public / "none")


def forbidden_folder(public):
    tempfile.tempdir = str(public)


def full_folder(public):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def no_program(public):
    os.environ["PATH"] = str(public)


def count_hindered(hinder, public, path):
    hinder(public)
    return count_elites(path)


@pytest.mark.parametrize("hinder", [no_folder, forbidden_folder, full_folder, no_program])
def test_a_log_that_cannot_be_copied_is_told_in_one_line(archive, public, make_elite, hinder):
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(90)])
        copy = Path(shutil.copy(archive, public / "a.db"))
        shutil.copy(f"{archive}-wal", public / "a.db-wal")
    public.chmod(0o555)
    told = in_child(count_hindered, hinder, public, copy, unprivileged=True)
    assert re.fullmatch(rf"{copy} cannot be copied to be read \([^()]+\): allow writing .+", told)


def test_an_archive_that_may_not_be_read_is_refused(archive, public):
    copy = Path(shutil.copy(archive, public / "a.db"))
    copy.chmod(0)
    assert "Permission denied" in in_child(count_elites, copy, unprivileged=True)
    assert "Permission denied" in in_child(open_writer, copy, unprivileged=True)


def fill(path, make_elite, limit):
    """Flush until an error, in a process that may not write large files; how far it got."""
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    with ArchiveWriter.open(path) as writer:
        for n in range(1000):
            source = "x" * 1000
            try:
                writer.flush(
                    "run-1", [make_elite(k, n * 50 + k, source=source) for k in range(100, 150)]
                )
            except ArchiveError as error:
                return n, str(error)
    return None


def check_filled(path, answer):
    flushes, error = answer
    assert flushes > 0
    assert "disk" in error and "\n" not in error
    with ArchiveReader.open(path) as reader:
        found = reader.elites(ElitesQuery(where="slot >= 100"))
    assert {view.source for view in found} == {"x" * 1000}
    assert [view.quality for view in found] == [(flushes - 1) * 50 + k for k in range(100, 150)]


def test_a_flush_that_exceeds_the_size_limit_loses_only_itself(archive, make_elite):
    check_filled(archive, in_child(fill, archive, make_elite, 2_000_000))


def test_a_flush_on_a_full_disk_loses_only_itself(archive, make_elite, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        path = Path(shutil.copy(archive, disk / "a.db"))
        answer = in_child(fill, path, make_elite, None)
        check_filled(path, answer)
        assert "the disk is full: free some space and resume" in answer[1]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    "config",
    ["[]", "7", '{"pareto": 7}', '{"pareto": [["ops"]]}', '{"pareto": [[1, 1]]}', '{"problem": 3}'],
)
def test_a_crafted_configuration_is_damage(path, make_run, make_elite, config):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(1)])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE run SET config = ?", (config,))
    connection.commit()
    connection.close()
    with ArchiveReader.open(path) as reader:
        with pytest.raises(ArchiveError, match="damaged"):
            reader.run()
        with pytest.raises(ArchiveError, match="damaged"):
            reader.elites(ElitesQuery(pareto="ops,error"))
