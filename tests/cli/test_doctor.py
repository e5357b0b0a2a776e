"""``elitemap doctor`` tells what works, what does not, and how to get it."""

import json
import shutil

import pytest

NEEDS_C = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


@NEEDS_C
def test_what_works_is_told(run):
    told = run("doctor", "--quick")
    assert told.code == 0
    lines = {line[:14].strip(): line[16:] for line in told.out.splitlines() if line[:1].strip()}
    assert {"elitemap", "C compiler", "SIMD", "kernels", "JAX", "[report]", "rustc"} <= set(lines)
    assert lines["elitemap"].startswith("ok")


def test_what_is_missing_is_told_with_its_cure(run, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setenv("PATH", "/nowhere")
    told = run("doctor", "--json")
    found = {check["name"]: check for check in json.loads(told.out)}
    assert told.code == 1 and "C compiler must be repaired" in told.err
    assert found["C compiler"]["state"] == "broken"
    assert "apt install gcc" in found["C compiler"]["cure"]
    assert found["rustc"] | {"detail": ""} == {
        "name": "rustc",
        "state": "missing",
        "detail": "",
        "cure": "Debian: apt install rustc",
    }
    assert "search" not in found  # nothing to measure with


def test_a_cache_that_cannot_be_written_is_told(run, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ELITEMAP_CACHE", str(tmp_path / "file"))
    found = {check["name"]: check for check in json.loads(run("doctor", "--json").out)}
    assert found["kernels"]["state"] == "broken" and "ELITEMAP_CACHE" in found["kernels"]["cure"]


@pytest.mark.slow
@NEEDS_C
def test_speeds_are_measured_and_nothing_is_left(run, tmp_path):
    told = run("doctor", "--json")
    found = {check["name"]: check for check in json.loads(told.out)}
    assert "proposals/s" in found["search"]["detail"]
    assert "programs/s" in found["archive"]["detail"]
    assert list(tmp_path.iterdir()) == []
