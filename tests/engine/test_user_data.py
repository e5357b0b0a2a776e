"""Searches on what a user brings: known by its content, brought to every worker."""

import os
import pickle
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.data.contents import forget
from elitemap.engine.data.functions import find_function
from elitemap.engine.running.worker import run_supplied_job
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.settling import settled
from elitemap.engine.tasks import load_task

#: Waits after a while for as long as there is a file.
HELD = """
import time
from pathlib import Path

calls = []

def rule(bits):
    calls.append(len(bits))
    while len(calls) > 80 and Path("hold").exists():
        time.sleep(0.01)
    return bits[:, 0] * 3.0
"""

RULE = "def rule(bits):\n    return {sign}(bits[:, 0] * 3.0 + bits[:, 5])\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder with weights and a rule; this process has neither yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    np.save("w.npy", weights())
    Path("toy_rules.py").write_text(RULE.format(sign=""))
    forget()
    load_task.cache_clear()
    yield tmp_path
    forget()
    load_task.cache_clear()


def weights():
    return np.random.default_rng(4).normal(size=32)


def stop_after(epochs):
    seen = []
    return seen.append, lambda: sum(type(e).__name__ == "Progress" for e in seen) >= epochs


def problems(path):
    with ArchiveReader.open(path) as reader:
        return reader.problems()


def test_the_same_bytes_are_the_same_problem_and_others_are_another(spec, config):
    small = config(evaluations=1000, islands=1)
    np.savez("elsewhere.npz", weights())
    np.save("others.npy", weights()[::-1])
    runs = [
        search(Path("a.db"), spec(**brought), small).run
        for brought in (
            {"weights": "w.npy"},
            {"weights": "elsewhere.npz"},
            {"weights": "others.npy"},
            {"weights": "w.npy", "rule": "toy_rules:rule"},
            {},
        )
    ]
    found = problems(Path("a.db"))
    first, same, *others = (found[run] for run in runs)
    assert first == same and len({first.id, *(one.id for one in others)}) == 4
    digest = settled(spec(weights="w.npy")).digests[0][1]
    assert first.label == f"bits with weights {digest[:8]}"
    assert all("w.npy" not in one.text and "/" not in one.text for one in found.values())
    with ArchiveReader.open(Path("a.db")) as reader:
        record = reader.run(runs[1])
    assert record.options["weights"] == digest
    assert record.config["settings"] == {"weights": str(Path("elsewhere.npz").absolute())}
    assert record.config["data"] == {"weights": digest}


def test_what_is_brought_counts(spec, config, contents):
    small = config(evaluations=3000, islands=1)
    results = []
    for name, brought in (
        ("a", {}),
        ("b", {"weights": "w.npy"}),
        ("c", {"rule": "toy_rules:rule"}),
    ):
        search(Path(f"{name}.db"), spec(**brought), small)
        results.append({row[1] for row in contents(Path(f"{name}.db"))["elites"]})
    assert results[0] != results[1] != results[2] != results[0]
    task = load_task(settled(spec(weights="w.npy", rule="toy_rules:rule")))
    plain = load_task(spec())
    batch = plain.space.random(50, np.random.default_rng(1))
    bits = batch.bits.astype(float)
    more = bits @ (weights() - np.sin(np.arange(32) ** 2)) + 3 * bits[:, 0] + bits[:, 5]
    expected = plain.evaluator.score(batch).quality + more
    np.testing.assert_allclose(task.evaluator.score(batch).quality, expected, atol=2e-9)


class Elsewhere(ProcessPoolExecutor):
    """Workers in another folder; what is sent to them is counted."""

    def __init__(self, workers, place):
        super().__init__(
            workers, get_context("spawn"), initializer=os.chdir, initargs=(str(place),)
        )
        self.shipped, self.submitted = 0, 0

    def submit(self, fn, /, *args):
        self.shipped += fn is run_supplied_job
        self.submitted += 1
        return super().submit(fn, *args)


def recruited(place, hidden, opened, workers):
    """Opens such an executor; the files are gone by then, as on another machine."""
    for path in hidden:
        path.unlink(missing_ok=True)
    opened.append(Elsewhere(workers, place))
    return opened[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("brought", "visible", "workers", "shipped"),
    [
        ({"weights": "w.npy"}, True, 2, {0}),
        ({"weights": "w.npy", "rule": "toy_rules:rule"}, True, 1, {1}),
        ({"weights": "w.npy", "rule": "toy_rules:rule"}, False, 1, {1}),
        ({"weights": "w.npy", "rule": "toy_rules:rule"}, False, 2, range(2, 7)),
        ({"weights": "w.npy", "blocks": "40"}, False, 1, {1}),
    ],
    ids=["shared files", "a function", "another machine", "other machines", "an enumeration"],
)
def test_workers_anywhere_get_what_was_brought_and_find_the_same(
    folder, spec, config, contents, brought, visible, workers, shipped
):
    wanted = spec(**brought, noise="0.5")
    search(Path("here.db"), wanted, config(workers=1))
    (folder / "other").mkdir()
    forget()
    load_task.cache_clear()
    opened = []
    hidden = [] if visible else [folder / "w.npy", folder / "toy_rules.py"]
    recruit = partial(recruited, folder / "other", hidden, opened)
    search(Path("there.db"), wanted, config(workers=workers), recruit=recruit)
    assert contents(Path("here.db")) == contents(Path("there.db"))
    [executor] = opened
    # With two workers either may get what the other asked for, and asks once more then.
    assert executor.shipped in shipped and executor.submitted > 12


@pytest.mark.slow
def test_a_search_that_was_killed_goes_on_with_the_same_data(
    folder, spec, config, contents, process
):
    Path("held.py").write_text(HELD)
    settings = config(evaluations=60_000, workers=2, islands=2)
    brought = {"weights": "w.npy", "rule": "held:rule", "noise": "0.5"}
    search(Path("whole.db"), spec(**brought), config(evaluations=60_000, islands=2))
    Path("hold").touch()
    child = process(folder / "parts.db", settings, **brought)
    told = [child.stdout.readline().strip() for _ in range(6)]
    assert told == ["Started", *["Progress"] * 5]  # the fifth epoch is of the second leg
    # The first leg is written while the workers are held at the second.
    until = time.monotonic() + 300.0
    while len(contents(folder / "parts.db")["states"]) < 2:
        assert child.poll() is None and time.monotonic() < until
        time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    Path("hold").unlink()
    (folder / "w.npy").rename(folder / "moved.npy")
    forget()
    load_task.cache_clear()
    with pytest.raises(UsageError, match="no file there"):
        resume(folder / "parts.db", given={"rule": "held:rule"})
    given = {"rule": "held:rule", "weights": "moved.npy"}
    outcome = resume(folder / "parts.db", workers=2, given=given)
    assert outcome.done
    whole, parts = contents(folder / "whole.db"), contents(folder / "parts.db")
    assert parts["elites"] == whole["elites"]


def test_a_stopped_search_names_what_it_needs_and_refuses_what_changed(spec, config):
    path = Path("a.db")
    observer, halted = stop_after(2)
    brought = spec(weights="w.npy", rule="toy_rules:rule")
    outcome = search(path, brought, config(), observer, halted)
    assert outcome.cure == f"elitemap resume {outcome.run} --set rule=toy_rules:rule"
    named = {"rule": "toy_rules:rule"}
    old = dict(settled(brought).digests)

    np.save("w.npy", weights() + 1e-12)
    new = dict(settled(spec(weights="w.npy")).digests)["weights"]
    with pytest.raises(UsageError) as caught:
        resume(path, given=named)
    told = str(caught.value)
    assert f"expected the content {old['weights'][:12]} for weights, got {new[:12]}" in told
    assert "--set weights=" in told and "\n" not in told
    np.save("w.npy", weights())

    Path("toy_rules.py").write_text(RULE.format(sign="-"))
    with pytest.raises(UsageError, match=f"expected the content {old['rule'][:12]} for rule"):
        resume(path, given=named)
    Path("toy_rules.py").write_text(RULE.format(sign=""))
    assert resume(path, given=named).done


def test_a_function_is_called_for_an_archive_only_if_it_is_named_again(spec, config):
    path = Path("a.db")
    observer, halted = stop_after(2)
    run = search(path, spec(rule="toy_rules:rule"), config(), observer, halted).run
    for given, got in (({}, "got nothing"), ({"rule": "toy_rules:other"}, "got 'toy_rules:other'")):
        with pytest.raises(UsageError, match=got) as caught:
            resume(path, given=given)
        cure = f"if you trust it: elitemap resume {run} --set rule=toy_rules:rule"
        assert str(caught.value).endswith(cure)
    for name in ("delay", "weights"):
        with pytest.raises(UsageError, match=f"brings data to run {run} here, got '{name}'"):
            resume(path, given={"rule": "toy_rules:rule", name: "1"})


def test_bad_data_writes_nothing(spec, config):
    np.save("nan.npy", np.full(32, np.nan))
    np.save("short.npy", np.ones(31))
    for brought, message in (
        ({"weights": "none.npy"}, "no file there"),
        ({"weights": "nan.npy"}, "NaN"),
        ({"weights": "short.npy"}, "expected 32 weights"),
        ({"rule": "no_such_module:f"}, "expected a module"),
        ({"rule": "toy_rules:f"}, "got nothing of that name"),
    ):
        with pytest.raises(ElitemapError, match=message):
            search(Path("a.db"), spec(**brought), config())
    assert not Path("a.db").exists()


def test_a_spec_without_hashes_builds_no_task(spec):
    with pytest.raises(UsageError, match="expected the hash of what weights of toy brings"):
        load_task(spec(weights="w.npy"))


def test_a_function_that_came_from_elsewhere_is_what_was_hashed(spec):
    """What a worker keeps is known by what it is, not by what somebody says that it is."""
    from elitemap.engine.data.contents import keep, kept

    content = find_function("toy_rules:rule")
    Path("toy_rules.py").write_text(RULE.format(sign="-"))
    other = find_function("toy_rules:rule")
    assert keep(pickle.loads(pickle.dumps(content))) == content.digest()
    assert kept(other.digest()) is None
