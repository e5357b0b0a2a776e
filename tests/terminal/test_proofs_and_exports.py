"""What commands and browser share: recording proofs while others write, and writing files."""

from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.searchspaces.programs.program import Program
from elitemap.terminal.commands.certify import keep
from elitemap.terminal.commands.export import export_elite, occupied

RUN = RunRecord(
    id="run-1",
    space="elementary",
    target="exp2",
    options={},
    config={"settings": {}, "pareto": [["digits", 1]]},
    seed=1,
    started_at="2026-01-01T00:00:00+00:00",
    finished_at=None,
    status="running",
    version="0.1.0",
    summary={},
)


def elite(constant: float, **changes: Any) -> EliteRecord:
    rows = [["const", constant.hex(), (0.0).hex()], ["add", 0, 1]]
    document = {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [2]}
    values: dict[str, Any] = {
        "slot": 3,
        "cell": (1,),
        "program": Program.from_json(document).to_json(),
        "source": f"y = x + {constant}",
        "quality": 1.0,
        "objectives": {"digits": None},
        "measures": {"ops": 1.0},
        "status": "candidate",
        "certificate": None,
        "parent": None,
        "operator": "random",
    }
    return EliteRecord(**{**values, **changes})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "elitemap.db"
    with ArchiveWriter.open(path) as writer:
        writer.begin(RUN)
        writer.flush(RUN.id, [elite(0.96)])
    return path


def test_a_proof_is_kept(archive: Path) -> None:
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(elite(0.96).id)
    proved = elite(0.96, status="certified", certificate={"digits": 1.4})
    keep(view, proved, archive)
    with ArchiveReader.open(archive) as reader:
        assert reader.elite(view.id).certificate == {"digits": 1.4}


def test_a_proof_never_takes_the_place_of_a_better_elite(archive: Path) -> None:
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(elite(0.96).id)
    better = elite(0.9643, quality=2.0)
    with ArchiveWriter.open(archive) as writer:
        writer.flush(RUN.id, [better])
    with pytest.raises(SearchError, match="a better one has taken its place"):
        keep(view, elite(0.96, status="certified", certificate={"digits": 1.4}), archive)
    with ArchiveReader.open(archive) as reader:
        assert reader.elite(better.id).parent is None
        assert reader.elite(better.id).status == "candidate"


def test_an_elite_that_moved_to_another_slot_is_not_where_it_was(archive: Path) -> None:
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(elite(0.96).id)
    with ArchiveWriter.open(archive) as writer:
        writer.flush(RUN.id, [elite(0.96, slot=4)], removed_slots=[3])
    with pytest.raises(SearchError, match="is no elite of run run-1 any more"):
        keep(view, elite(0.96, status="certified", certificate={"digits": 1.4}), archive)
    with ArchiveReader.open(archive) as reader:
        assert (reader.elite(view.id).slot, reader.elite(view.id).status) == (4, "candidate")


def test_nothing_can_come_between_the_look_and_the_proof(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process replaces the elite just before the proof is written."""
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(elite(0.96).id)
    better = elite(0.9643, quality=2.0)
    certify = ArchiveWriter.certify

    def late(writer: ArchiveWriter, *args: Any, **named: Any) -> bool:
        with ArchiveWriter.open(archive) as other:
            other.flush(RUN.id, [better])
        return certify(writer, *args, **named)

    monkeypatch.setattr(ArchiveWriter, "certify", late)
    with pytest.raises(SearchError, match="a better one has taken its place"):
        keep(view, elite(0.96, status="certified", certificate={"digits": 1.4}), archive)
    with ArchiveReader.open(archive) as reader:
        assert reader.elite(better.id).status == "candidate"


def test_files_are_lost_only_by_force(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, folder = elite(0.96).id, archive.parent / "out"
    export_elite(name, "c", folder, "found", archive)
    written = {Path(line) for line in capsys.readouterr().out.split()}
    assert written == set(folder.iterdir())
    (folder / "found.c").write_text("precious")
    (folder / "found.h").unlink()
    with pytest.raises(UsageError, match="found.c, .*, which exist: .*--force"):
        export_elite(name, "c", folder, "found", archive)
    assert (folder / "found.c").read_text() == "precious"
    # None of the files is written if one of them would be lost.
    assert not (folder / "found.h").exists()
    export_elite(name, "c", folder, "found", archive, force=True)
    assert set(folder.iterdir()) == written
    assert "double found(" in (folder / "found.c").read_text()


def test_stdout_takes_nothing_away(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        export_elite(elite(0.96).id, "python", Path("-"), "found", archive)
        assert "def found(" in capsys.readouterr().out


def test_occupied_names_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    assert occupied({"a": "", "b": ""}, tmp_path) == [tmp_path / "b"]
    assert occupied({"a": ""}, tmp_path / "nowhere") == []
