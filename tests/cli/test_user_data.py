"""What a user brings, on the command line; and archives of strangers that name code."""

import hashlib
import json
import os
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

from elitemap.archive.errors import ElitemapError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.data.arrays import ArraysContent
from elitemap.engine.data.contents import forget
from elitemap.engine.tasks import load_task
from elitemap.terminal.commands.recorded import recorded_task

PLUGIN = Path(__file__).parents[1] / "engine" / "plugin"
SMALL = ("--evaluations", "3000", "--islands", "1", "--workers", "1", "--quiet")
EVIL = "from pathlib import Path\nPath('pwned').touch()\ndef rule(bits):\n    return bits[:, 0]\n"


@pytest.fixture(autouse=True)
def toy(monkeypatch, tmp_path):
    """The toy space is installed, and this process has no data yet."""
    monkeypatch.setattr(sys, "path", [str(PLUGIN), *sys.path])
    np.save(tmp_path / "w.npy", np.arange(32.0))
    forget()
    load_task.cache_clear()
    yield
    forget()
    load_task.cache_clear()


def hostile(path, settings, digests, options=None, status="interrupted"):
    """Let the run of an archive name other things; its problem too, unless it is told."""
    asked = (digests if isinstance(digests, dict) else {}) if options is None else options
    with sqlite3.connect(path) as db:
        [(key, config, options)] = db.execute("SELECT key, config, options FROM run").fetchall()
        told = json.loads(config) | {"settings": settings, "data": digests}
        db.execute(
            "UPDATE run SET config = ?, options = ?, status = ?, finished_at = NULL WHERE key = ?",
            (json.dumps(told), json.dumps(json.loads(options) | asked), status, key),
        )
    db.close()


def evil_digest():
    return hashlib.sha256(b"function\nevil:rule\n" + EVIL.encode()).hexdigest()


def commands(identifier):
    yield ("runs",)
    yield ("elites",)
    yield ("show", identifier)
    yield ("show", identifier, "--json")
    yield ("families",)
    yield ("verify", identifier)
    yield ("certify", identifier)
    yield ("export", identifier, "--to", "c")
    yield ("report",)
    yield ("browse", "--screenshot", "b.svg")
    yield ("resume",)
    yield ("resume", "--set", "rule=evil:other")
    yield ("resume", "--set", "weights=w.npy")


@pytest.mark.slow
@pytest.mark.parametrize("option", ["rule", "weights"])
def test_no_command_runs_the_code_that_an_archive_names(run, tmp_path, option):
    assert run("search", "toy", "bits", *SMALL).code == 0
    identifier = json.loads(run("elites", "--limit", "1", "--json").out)[0]["id"]
    (tmp_path / "evil.py").write_text(EVIL)
    os.mkfifo(tmp_path / "pipe.npy")
    if option == "rule":
        hostile("elitemap.db", {"rule": "evil:rule"}, {"rule": evil_digest()})
    else:  # a pipe that never ends, and a module in the place of arrays
        hostile("elitemap.db", {"weights": "pipe.npy"}, {"weights": evil_digest()})
    for command in commands(identifier):
        done = run(*command)
        assert done.code in (0, 1, 2, 3) and done.err.count("\n") <= 2, (command, done.err)
        assert not (tmp_path / "pwned").exists() and "evil" not in sys.modules, command
    with ArchiveReader.open(tmp_path / "elitemap.db") as reader:
        record = reader.run()
    if option == "rule":
        task = recorded_task(record)  # for what can do without
        with pytest.raises(ElitemapError, match="never for an archive"):
            task.evaluator.evaluate(task.space.random(3, np.random.default_rng(0)), None)
        assert not (tmp_path / "pwned").exists()
        # The user's own word is another matter; so this test could have failed.
        run("resume", "--set", "rule=evil:rule", "--quiet")
        assert (tmp_path / "pwned").exists()


def test_an_archive_without_hashes_is_not_believed(run, tmp_path):
    assert run("search", "toy", "bits", *SMALL).code == 0
    (tmp_path / "evil.py").write_text(EVIL)
    for digests in ({}, {"rule": "x" * 64}, {"other": evil_digest()}):
        hostile("elitemap.db", {"rule": "evil:rule"}, digests)
        done = run("resume", "--set", "rule=evil:rule")
        assert done.code == 3 and "expected the hash of what rule" in done.err
        assert done.err.count("\n") == 1
    hostile("elitemap.db", {"rule": "evil:rule"}, ["rule"])
    done = run("resume", "--set", "rule=evil:rule")
    assert done.code == 3 and "expected the data of run" in done.err
    assert not (tmp_path / "pwned").exists()


def test_hashes_are_those_of_the_problem(run, tmp_path):
    """Nobody makes results on easy data pass for results on hard ones."""
    assert run("search", "toy", "bits", "--set", "weights=w.npy", *SMALL).code == 0
    identifier = json.loads(run("elites", "--limit", "1", "--json").out)[0]["id"]
    np.save(tmp_path / "easy.npy", np.zeros(32))
    with ArchiveReader.open(tmp_path / "elitemap.db") as reader:
        asked = {"weights": reader.run().options["weights"]}
    easy = ArraysContent.of({"arr_0": np.zeros(32)}).digest()
    path = str(tmp_path / "easy.npy")
    hostile("elitemap.db", {"weights": path}, {"weights": easy}, asked)
    done = run("certify", identifier)
    assert done.code == 3 and "expected the data of run" in done.err
    hostile("elitemap.db", {"weights": path}, {"weights": easy})
    assert run("certify", identifier).code == 0


def test_what_an_archive_names_is_printed_as_text(run):
    assert run("search", "toy", "bits", *SMALL).code == 0
    hostile("elitemap.db", {"rule": "evil\n\x1b[31m:rule"}, {"rule": evil_digest()})
    done = run("resume")
    assert done.code == 2 and "\x1b" not in done.err and done.err.count("\n") == 1


def test_a_search_on_ones_own_data(run, tmp_path):
    brought = ("--set", "weights=w.npy")
    assert run("search", "toy", "bits", *brought, *SMALL).code == 0
    [told] = json.loads(run("runs", "--json").out)
    assert told["problem"]["label"].startswith("bits with weights ")
    (tmp_path / "w.npy").unlink()
    done = run("search", "toy", "bits", *brought, *SMALL)
    assert done.code == 2 and done.err.count("\n") == 1 and "no file there" in done.err


def test_commands_on_a_run_are_told_where_its_arrays_are_now(run, tmp_path):
    assert run("search", "toy", "bits", "--set", "weights=w.npy", *SMALL).code == 0
    identifier = json.loads(run("elites", "--limit", "1", "--json").out)[0]["id"]
    (tmp_path / "w.npy").rename(tmp_path / "moved.npy")
    np.save(tmp_path / "other.npy", np.ones(32))

    def certified(*words):
        forget()
        load_task.cache_clear()
        return run("certify", identifier, *words)

    lost = certified()
    assert lost.code == 2 and "no file there" in lost.err and lost.err.count("\n") == 1
    other = certified("--set", "weights=other.npy")
    assert other.code == 2 and "expected the content" in other.err and other.err.count("\n") == 1
    rule = certified("--set", "rule=evil:rule")
    assert rule.code == 2 and "got 'rule'" in rule.err
    assert certified("--set", "weights=moved.npy").code == 0
    done = run("export", identifier, "--to", "c", "--set", "weights=moved.npy")
    assert "unknown language 'c'" in done.err  # the toy has none, but the task was built
    done = run("verify", identifier, "--set", "weights=moved.npy", "--quiet")
    assert "no file there" not in done.out + done.err


def test_a_search_says_what_the_hash_of_a_function_covers(run, tmp_path):
    (tmp_path / "mine.py").write_text("def rule(bits):\n    return bits[:, 0] * 2.0\n")
    loud = [word for word in SMALL if word != "--quiet"]
    done = run("search", "toy", "bits", "--set", "rule=mine:rule", *loud)
    assert done.code == 0
    note = (
        "rule is known by the source of 'mine:rule', which says nothing of what its module imports"
    )
    assert note in done.err


def test_spaces_tell_what_options_bring(run):
    [toy] = [one for one in json.loads(run("spaces", "--json").out) if one["name"] == "toy"]
    told = {option["name"]: option["brings"] for option in toy["options"]}
    assert told["weights"] == "file of arrays: .npy, .npz"
    assert told["rule"] == "function: module:name" and told["delay"] is None
    out = " ".join(run("spaces").out.split())
    assert "worth [file of arrays: .npy, .npz]" in out and "[function: module:name]" in out
