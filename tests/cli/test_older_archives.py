"""What searches of older versions left is read, proved again, exported and merged today."""

import json
import shutil
from pathlib import Path

import pytest

from elitemap.archive.files.schema import STEPS

DATA = Path(__file__).parents[1] / "archive/data"
FILES = sorted(DATA.glob("real_*.db"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def older(request, tmp_path):
    """An archive of an older version, where commands look for one."""
    return Path(shutil.copy(request.param, tmp_path / "elitemap.db"))


def test_every_layout_has_a_real_archive():
    assert [file.stem for file in FILES] == [f"real_{k + 1}" for k in range(len(STEPS))]


def test_what_was_proved_is_proved_again(run, older):
    before = older.read_bytes()
    told = run("verify", "--json", "--quiet")
    outcomes = [line["outcome"] for line in json.loads(told.out)]
    assert told.code == 0 and outcomes and set(outcomes) == {"verified"}
    assert older.read_bytes() == before  # to look changes nothing


def test_elites_are_shown_and_exported(run, older, tmp_path):
    elites = json.loads(run("elites", "--where", "status = 'certified'", "--json").out)
    assert elites and all(elite["certificate"] for elite in elites)
    assert json.loads(run("runs", "--json").out)[0]["status"] == "done"
    for elite in elites[:2]:
        assert json.loads(run("show", elite["id"], "--json").out)["source"] == elite["source"]
        told = run("export", elite["id"], "--to", "python", "-o", "-", "--seconds", "0")
        assert told.code == 0
        compile(told.out, "exported", "exec")


def test_an_older_archive_is_upgraded_when_it_is_written_to(run, older):
    (first, *_) = json.loads(run("elites", "--json").out)
    before = json.loads(run("elites", "--json").out)
    assert run("vacuum").code == 0
    assert json.loads(run("elites", "--json").out) == before
    told = run("merge", str(older), "--archive", "new.db")
    assert told.code == 0
    merged = json.loads(run("elites", "--json", "--archive", "new.db").out)
    assert sorted(elite["id"] for elite in merged) == sorted(elite["id"] for elite in before)
    assert first["id"] in {elite["id"] for elite in merged}
