"""Archives of every released schema still open; ``data/schema_N.db`` was written by schema N."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from elitemap.archive.reader import ArchiveReader, ElitesQuery
from elitemap.archive.schema import STEPS
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


def test_a_new_archive_has_the_schema_of_an_upgraded_one(tmp_path):
    """The layout must not depend on where an archive began."""
    new = tmp_path / "new.db"
    ArchiveWriter.open(new).close()
    old = Path(shutil.copy(FILES[-1], tmp_path / "old.db"))
    ArchiveWriter.open(old).close()
    assert tables(new) == tables(old)


def tables(path):
    """Columns of each table, without those that objectives and measures add."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT list.name, info.name, info.type, info.pk FROM pragma_table_list AS list,"
        " pragma_table_info(list.name) AS info WHERE list.type = 'table'"
        " AND info.name NOT GLOB 'objective_*' AND info.name NOT GLOB 'measure_*'"
    ).fetchall()
    connection.close()
    return sorted(rows)
