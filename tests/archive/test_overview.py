from elitemap.archive.objectives import merged, recorded
from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter


def test_problems_come_by_space_and_target_with_their_runs(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        for name, changes in (
            ("second", {"started_at": "2026-02-01"}),
            ("other domain", {"options": {"domain": "0,2"}, "started_at": "2025-01-01"}),
            ("before", {"target": "cos"}),
            ("empty", {"space": "alpha", "target": "z"}),
        ):
            writer.begin(make_run(name, **changes))
        writer.flush("second", [make_elite(k, 100 + k) for k in range(4)])
    with ArchiveReader.open(archive) as reader:
        found = reader.overview()
        runs = {run.id: run for run in reader.runs()}
    assert [
        (o.problem.space, o.problem.label, [c.run.id for c in o.runs], o.elites, o.certified)
        for o in found
    ] == [
        ("alpha", "z", ["empty"], 0, 0),
        ("elementary", "cos", ["before"], 0, 0),
        ("elementary", "exp2 domain 0,2", ["other domain"], 0, 0),
        ("elementary", "exp2 domain 0,1", ["run-1", "second"], 34, 10),
    ]
    assert [(c.elites, c.certified) for c in found[-1].runs] == [(30, 10), (4, 0)]
    assert all(runs[c.run.id] == c.run for o in found for c in o.runs)
    assert len({o.problem for o in found}) == 4


def test_an_archive_without_runs_is_about_nothing(path):
    ArchiveWriter.open(path).close()
    with ArchiveReader.open(path) as reader:
        assert reader.overview() == []
        assert reader.columns(ElitesQuery()) == []
        assert reader.count(ElitesQuery()) == len(reader.listing(ElitesQuery())) == 0


def test_columns_tell_what_their_values_range_over(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("texts", space="fractions", config={"pareto": [["gain", 1]]}))
        objectives = {"gain": 2.5, "label": "known", "depth": -1}
        writer.flush("texts", [make_elite(1, objectives=objectives, measures={"gain": 7})])
    with ArchiveReader.open(archive) as reader:
        declared = merged([recorded("elementary", reader.run("run-1").config)])
        found = reader.columns(ElitesQuery(run="run-1", where="slot < 10"))
        assert found == [
            ColumnInfo("ops", "objective", 0, 6, -1, declared["ops"]),
            ColumnInfo("digits", "objective", 0, 4.5, 1, declared["digits"]),
            ColumnInfo("error", "objective", 1e-9, 1, 0),
            ColumnInfo("measure_depth", "measure", 0, 4, 0),
            ColumnInfo("divisions", "measure", 0.5, 0.5, 0),
        ]
        texts = reader.columns(ElitesQuery(space="fractions"))
        assert {c.name: (c.kind, c.low, c.high, c.sign, c.numeric) for c in texts} == {
            "gain": ("objective", 2.5, 2.5, 1, True),
            "depth": ("objective", -1, -1, 0, True),
            "label": ("text", None, None, 0, False),
            "measure_gain": ("measure", 7, 7, 0, True),
        }
        for column in texts:  # by these names queries find them
            query = ElitesQuery(space="fractions", where=f"{column.name} is not null")
            assert reader.count(query) == 1
        assert reader.columns(ElitesQuery(target="none")) == []
        assert {c.low for c in reader.columns(ElitesQuery(where="slot < 0"))} == {None}


def test_columns_follow_changes(archive, make_elite):
    with ArchiveReader.open(archive) as reader, ArchiveWriter.open(archive) as writer:
        before = reader.columns(ElitesQuery())
        assert reader.columns(ElitesQuery()) == before
        writer.flush("run-1", [make_elite(40, objectives={"ops": 99, "new": 1})])
        after = {column.name: column.high for column in reader.columns(ElitesQuery())}
    assert (after["ops"], after["new"]) == (99, 1)


def test_elites_of_a_cell_come_best_first(archive, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(50 + k, cell=(4, 2), quality=k % 3) for k in range(9)])
    with ArchiveReader.open(archive) as reader:
        mates = reader.cell_mates("run-1", (4, 2))
        assert [(line.quality, line.slot) for line in mates] == [
            (8, 8),
            *((2, s) for s in (52, 55, 58)),
            *((1, s) for s in (51, 54, 57)),
            *((0, s) for s in (50, 53, 56)),
        ]
        assert reader.cell_mates("run-1", (4, 2), 2) == mates[:2]
        assert reader.cell_mates("run-1", (4,)) == reader.cell_mates("none", (4, 2)) == []


def test_a_path_may_lead_elsewhere_later(archive, tmp_path):
    with ArchiveReader.open(archive) as reader:
        assert not reader.vanished
        moved = archive.rename(tmp_path / "moved.db")
        assert reader.vanished
        assert len(reader.runs()) == 1  # what was there can still be read
        ArchiveWriter.open(archive).close()
        assert reader.vanished
    assert {each.name for each in tmp_path.iterdir()} >= {moved.name, archive.name}
