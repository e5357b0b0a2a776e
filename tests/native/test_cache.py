"""Folders of kernels go when nobody has used them for long, and nothing else does."""

import os
import time

import pytest

from elitemap.native.cache import NOTED, UNUSED, kernel_folders, note_use, size, sweep

NAMES = [f"kernels-{k:016x}" for k in range(3)]


@pytest.fixture
def base(tmp_path):
    """Three folders of one kernel each, the first of them old, beside what is not ours."""
    for name in (*NAMES, "kernels-mine", "else"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fit.so").write_bytes(bytes(100))
    (tmp_path / "kernels-ffffffffffffffff").write_text("a file")
    (tmp_path / "kernels-eeeeeeeeeeeeeeee").symlink_to(tmp_path / "else")
    for name in (NAMES[0], "kernels-mine", "else"):
        age(tmp_path / name, 2 * UNUSED)
    age(tmp_path / NAMES[1], 2 * NOTED)
    return tmp_path


def age(folder, seconds):
    then = time.time() - seconds
    os.utime(folder, (then, then))


def test_old_folders_of_kernels_go_and_nothing_else(base):
    before = set(base.iterdir())
    assert sweep(base) == [base / NAMES[0]]
    assert before - set(base.iterdir()) == {base / NAMES[0]}
    assert sweep(base) == []


def test_one_that_is_used_stays(base):
    assert sweep(base, keep=base / NAMES[0]) == []
    note_use(base / NAMES[0])
    assert sweep(base) == []


def test_use_is_noted_once_a_day(base):
    fresh, older = base / NAMES[2], base / NAMES[1]
    before = fresh.stat().st_mtime
    note_use(fresh)
    note_use(older)
    note_use(base / "none")
    assert fresh.stat().st_mtime == before
    assert time.time() - older.stat().st_mtime < NOTED


def test_what_there_is(base, tmp_path):
    assert [folder.name for folder in kernel_folders(base)] == NAMES
    assert kernel_folders(tmp_path / "none") == []
    assert size(base / NAMES[0]) == 100
