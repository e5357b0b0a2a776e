"""Archives of every released schema still open; ``data/schema_N.db`` was written by schema N."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.creation import upgrade
from elitemap.archive.files.schema import STEPS
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Member
from elitemap.archive.store import ArchiveWriter

DATA = Path(__file__).parent / "data"
FILES = sorted(DATA.glob("schema_*.db"))


def test_every_schema_has_a_file():
    assert [file.stem for file in FILES] == [f"schema_{k + 1}" for k in range(len(STEPS))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_archive_of_each_schema_is_upgraded_and_read(file, tmp_path):
    path = Path(shutil.copy(file, tmp_path / "old.db"))
    ArchiveWriter.open(path).close()
    with ArchiveReader.open(path) as reader:
        assert reader.run("run").target == "exp2"
        found = reader.elites(ElitesQuery(pareto="ops,digits"))
        assert [view.objectives for view in found] == [
            {"ops": 0, "digits": 10.5, "error": 1e-21},
            {"ops": 3, "digits": 12, "error": 1e-24},
            {"ops": 6, "digits": 13.5, "error": 1e-27},
        ]
        assert reader.elite(found[0].id).certificate == {"k": 21}
        assert reader.state("run-1") == {0: b"s"}
        assert reader.metrics("run-1")[0]["rate"] == 5.0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_archive_of_each_schema_is_read_as_it_is(file, tmp_path):
    path = Path(shutil.copy(file, tmp_path / "old.db"))
    before = path.read_bytes()
    with ArchiveReader.open(path) as reader:
        assert reader.older == (file.stem != f"schema_{len(STEPS)}")
        found = reader.elites(ElitesQuery(pareto="ops,digits"))
        assert [view.objectives["digits"] for view in found] == [10.5, 12, 13.5]
        assert reader.members("run-1", found[0].id) == []
        listing = reader.listing(ElitesQuery(run="run-1", sort="-mark,slot"))
        assert len(reader.page(listing, 0, 50)) == len(listing) == 30
        assert reader.count(ElitesQuery(run="run-1", search="x + 1")) == 11
        assert reader.elite(found[0].id) == found[0]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("schema", [2, 3])
def test_families_and_texts_are_read_as_they_were_written(tmp_path, schema):
    path = Path(shutil.copy(DATA / f"schema_{schema}.db", tmp_path / "old.db"))
    ArchiveWriter.open(path).close()
    with ArchiveReader.open(path) as reader:
        (view,) = reader.elites(ElitesQuery(where="label = 'unexplained'"))
        assert view.objectives == {"significance": 0, "label": "unexplained"}
        members = reader.members("box-1", view.id)
    assert members == [{"source": f"disguise {n}"} for n in range(4)]


def test_an_upgraded_archive_takes_families_and_texts(tmp_path, make_elite):
    path = Path(shutil.copy(DATA / "schema_1.db", tmp_path / "old.db"))
    labelled = make_elite(50, objectives={"ops": 1, "label": "known"})
    with ArchiveWriter.open(path) as writer:
        writer.flush("run-1", [labelled], disguises=[Member(50, 0, {"source": "x"})])
    with ArchiveReader.open(path) as reader:
        assert len(reader.elites(ElitesQuery())) == 31
        (view,) = reader.elites(ElitesQuery(where="label = 'known' and ops = 1"))
        assert reader.members("run-1", view.id) == [{"source": "x"}]


def test_remarks_are_read_as_they_were_written():
    with ArchiveReader.open(DATA / "schema_3.db") as reader:
        found = {view.id: view.remark for view in reader.elites(ElitesQuery()) if view.remark}
        starred = reader.elites(ElitesQuery(where="mark = 'star'"))[0]
    assert {(remark.mark, remark.note) for remark in found.values()} == {
        ("star", "the one to keep"),
        (None, "what is it?"),
    }
    assert (starred.run, starred.slot) == ("run-1", 21)


@pytest.mark.parametrize("schema", [1, 2])
def test_a_reader_sees_what_an_upgrade_makes_room_for(tmp_path, make_elite, schema):
    path = Path(shutil.copy(DATA / f"schema_{schema}.db", tmp_path / "old.db"))
    star = make_elite(4)
    with ArchiveReader.open(path) as reader:
        version = reader.data_version
        assert reader.older
        assert reader.elite(star.id).remark is None
        with ArchiveWriter.open(path) as writer:
            writer.remark(star.id, "star", None)
            writer.flush("run-1", [star], disguises=[Member(4, 0, {"source": "x"})])
        assert reader.data_version != version
        assert not reader.older
        assert reader.elite(star.id).remark.mark == "star"
        assert reader.members("run-1", star.id) == [{"source": "x"}]
        assert reader.count(ElitesQuery(where="mark = 'star'")) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_upgrading_alone_is_enough(file, tmp_path):
    path = Path(shutil.copy(file, tmp_path / "old.db"))
    upgrade(path)
    with ArchiveReader.open(path) as reader:
        assert not reader.older
    before = path.read_bytes()
    upgrade(path)
    assert path.read_bytes() == before


def test_upgrading_makes_no_archive(tmp_path):
    with pytest.raises(ArchiveError, match="run a search first"):
        upgrade(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_layout_without_its_tables_is_refused(tmp_path):
    path = Path(shutil.copy(DATA / "schema_1.db", tmp_path / "old.db"))
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE state")
    connection.close()
    with pytest.raises(ArchiveError, match="tables are missing"):
        ArchiveReader.open(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_new_archive_has_the_schema_of_an_upgraded_one(file, tmp_path):
    """The layout must not depend on where an archive began."""
    new = tmp_path / "new.db"
    ArchiveWriter.open(new).close()
    old = Path(shutil.copy(file, tmp_path / "old.db"))
    ArchiveWriter.open(old).close()
    assert tables(new) == tables(old)


def tables(path):
    """Columns of each table, without those that objectives and measures add."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT list.name, info.name, info.type, info.pk FROM pragma_table_list AS list,"
        " pragma_table_info(list.name) AS info WHERE list.type = 'table'"
        " AND info.name NOT GLOB 'objective_*' AND info.name NOT GLOB 'measure_*'"
        " AND info.name NOT GLOB 'text_*'"
    ).fetchall()
    connection.close()
    return sorted(rows)
