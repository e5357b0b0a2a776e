"""Certificates proved again: real ones hold, planted ones are found and exported by no command."""

import json
import sqlite3
import subprocess

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Verdict
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.commands import verify
from elitemap.terminal.tables.standing import CHECKED, RECORDED


def change(archive, **entries):
    """Plant entries in all certificates."""
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE certificate SET body = json_patch(body, ?)", [json.dumps(entries)])
    db.close()


def outcomes(run, *arguments):
    done = run("verify", "--json", "--quiet", *arguments)
    return done, json.loads(done.out)


@pytest.fixture
def best(run, archive):
    """The id of a certified elite."""
    found = run("elites", "--where", "status = 'certified'", "--sort", "-digits", "--json").out
    return json.loads(found)[0]["id"]


def test_what_a_search_certified_is_verified(run, archive, best):
    before = archive.read_bytes()
    done, found = outcomes(run)
    assert done.code == 0 and len(found) > 1
    assert {one["outcome"] for one in found} == {"verified"}
    assert best in {one["id"] for one in found}
    assert archive.read_bytes() == before
    done, found = outcomes(run, str(archive), best[:12])
    assert done.code == 0 and [one["id"] for one in found] == [best]


def test_progress_and_table(run, archive, best):
    done = run("verify", best)
    assert done.code == 0 and "1 verified" in done.out
    assert done.err == f"elitemap: 1 of 1: {best[:10]} verified\n"


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        ({"upper": 1e-30, "digits": 30.0}, "the error is at least"),
        ({"digits": 29.5}, "digits are attained"),
        ({"domain": ["0", "1/2"]}, "about the domain"),
        ({"target": "sin(x)"}, "about the target"),
        ({"error": "absolute"}, "about the error"),
        ({"upper": "tiny"}, "no bound"),
        ({"upper": None}, "no bound"),
    ],
)
def test_planted_certificates_fail(run, archive, best, planted, reason):
    change(archive, **planted)
    done, found = outcomes(run, best)
    assert done.code == 1 and "1 of 1 certificates failed" in done.err
    assert found[0]["outcome"] == "failed" and reason in found[0]["reason"]
    done = run("export", best, "--to", "python", "-o", "-")
    assert done.code == 1 and done.out == "" and reason in done.err


def test_a_bound_that_is_a_little_too_good_is_not_verified(run, archive, best):
    certificate = json.loads(run("show", best, "--json").out)["certificate"]
    change(archive, upper=(certificate["lower"] + certificate["upper"]) / 2)
    done, found = outcomes(run, best)
    assert done.code == 0 and found[0]["outcome"] == "could not"
    assert "neither verified nor refuted" in done.err
    done = run("export", best, "--to", "python", "-o", "-")
    assert done.code == 0 and RECORDED in done.out and "not re-checked" in done.err


def test_a_table_that_promises_more_fails(run, archive, best):
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE elite SET objective_digits = objective_digits + 3")
    db.close()
    done, found = outcomes(run, best)
    assert done.code == 1 and "its certificate" in found[0]["reason"]


@pytest.mark.parametrize("language", ["python", "c", "latex"])
def test_headers_say_who_has_checked(run, archive, best, language):
    change(archive, standing=CHECKED, note="looked at by a referee")
    done = run("export", best, "--to", language, "-o", "-")
    assert done.code == 0 and CHECKED in done.out and "referee" not in done.out
    done = run("export", best, "--to", language, "-o", "-", "--seconds", "0")
    assert done.code == 0 and RECORDED in done.out and CHECKED not in done.out


def test_what_was_done_before_an_interruption_is_told(run, archive, monkeypatch):
    verdicts = iter([Verdict("verified")])

    def checked(*arguments):
        try:
            return next(verdicts)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(verify, "checked", checked)
    done, found = outcomes(run)
    assert done.code == 130 and [one["outcome"] for one in found] == ["verified"]


def test_a_space_that_is_not_installed_cannot_verify(run, archive, best):
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE run SET space = 'gears'")
    db.close()
    done, found = outcomes(run, best)
    assert done.code == 0 and found[0]["outcome"] == "could not"
    assert "unknown space" in found[0]["reason"]


def test_nothing_to_verify(run, archive):
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE elite SET status = 'candidate'")
    db.close()
    done = run("verify")
    assert done.code == 0 and done.out == "" and "no elite has a certificate" in done.err


def test_a_file_that_is_not_there(run):
    done = run("verify", "nothing.db")
    assert done.code == 3 and "nothing.db" in done.err


@pytest.fixture(scope="module")
def fractions(tmp_path_factory, script):
    path = tmp_path_factory.mktemp("fractions") / "f.db"
    command = [*script, "search", "fractions", "zeta(3)", "--quiet", "--archive", str(path)]
    command += ["--set", "mode=sweep", "--set", "b=-n**6", "--workers", "1"]
    command += ["--set", "a=(2*n+1)*([17..17]*n*(n+1)+[5..5])"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return path


@pytest.mark.parametrize(
    ("planted", "outcome", "reason"),
    [
        ({}, "verified", ""),
        ({"digits": 5000}, "could not", "5000"),
        ({"value": "4.125"}, "failed", "4.125"),
        ({"label": {"name": "explained"}}, "could not", "'explained'"),
        ({"label": 7, "value": 7, "digits": "x", "rigorous": []}, "failed", "value"),
    ],
)
def test_formulas(run, fractions, tmp_path, planted, outcome, reason):
    copy = tmp_path / "copy.db"
    copy.write_bytes(fractions.read_bytes())
    change(copy, **planted)
    done, (found,) = outcomes(run, "copy.db")
    assert found["outcome"] == outcome and reason in found["reason"]
    assert done.code == (outcome == "failed")
    done = run("export", found["id"], "--to", "latex", "-o", "-", "--archive", "copy.db")
    assert done.code == (outcome == "failed")
    assert (CHECKED in done.out) == (outcome == "verified")


def test_a_formula_that_is_false_fails(fractions):
    task = load_task(TaskSpec.of("fractions", "zeta(3)", {}))
    with ArchiveReader.open(fractions) as reader:
        (view,) = reader.elites(ElitesQuery())
    false = dict(view.program) | {"value": dict(view.program["value"]) | {"numerator": [7, 0]}}
    found = task.verify(false, view.certificate, 20.0)
    assert found.outcome == "failed" and "is not 7/zeta(3)" in found.reason
