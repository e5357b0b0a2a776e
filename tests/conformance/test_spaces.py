"""What the engine asks of a space, for every installed one and every setting."""

import json
import os
import subprocess
import sys
from typing import get_args

import numpy as np
import pytest

from elitemap.archive.identity import canonical_text
from elitemap.engine.protocols import Vouched, steering
from elitemap.engine.tasks import find_space, load_task, space_names


def test_spaces_are_found():
    assert {"elementary", "toy"} <= set(space_names())


def test_the_entry_describes_itself(spec):
    entry = find_space(spec.space)
    assert entry.name == spec.space and entry.summary and "\n" not in entry.summary
    assert all(isinstance(o.default, str) and o.help for o in entry.options)
    assert spec.target in entry.targets


def test_the_task_is_complete(task, spec):
    space, evaluator = task.space, task.evaluator
    assert space.name == spec.space and len(set(space.operators)) == len(space.operators) > 0
    declared = [*evaluator.objectives, *task.objectives]
    assert len({one.name for one in declared}) == len(declared)
    assert steering(evaluator.objectives)
    assert all(one.direction in (-1, 0, 1) and one.vouched in get_args(Vouched) for one in declared)
    assert all(one.direction for one in declared if one.steers)
    assert all(json.loads(json.dumps(one.to_json()))["name"] == one.name for one in declared)
    assert all(screen.name and screen.price > 0 for screen in evaluator.screens)
    assert evaluator.depth >= 1 and evaluator.tolerance >= 0
    for axis in evaluator.axes:
        assert list(axis.edges) == sorted(set(axis.edges)) and np.all(np.isfinite(axis.edges))
    json.dumps(dict(task.options), allow_nan=False)
    assert task.problem is None or set(task.problem) <= set(task.options)


def test_the_brood_has_candidates(batch):
    assert len(batch) > 20


def test_rows_can_be_moved(task, batch, equal, copied):
    half = len(batch) // 2
    parts = [batch.take(np.arange(half)), batch.take(np.arange(half, len(batch)))]
    assert equal(type(batch).concatenate(parts), batch)
    assert equal(batch.from_arrays(batch.arrays()), batch)
    room = task.space.empty(len(batch))
    order = np.arange(len(batch), dtype=np.intp)[::-1].copy()
    room.put(order, batch)
    assert equal(room.take(order), batch)
    mask = np.arange(len(batch)) % 3 == 0
    assert equal(batch.take(mask), batch.take(np.flatnonzero(mask)))
    assert len(task.space.empty(0)) == 0


def test_canonical_is_idempotent(task, batch, equal):
    again, valid = task.space.canonical(batch)
    assert valid.dtype == bool and valid.all()
    assert equal(again, batch)


def test_json_round_trip(task, batch, equal):
    documents = [task.space.to_json(batch, row) for row in range(len(batch))]
    texts = [canonical_text(d) for d in documents]
    again = task.space.from_json([json.loads(t) for t in texts])
    assert equal(again, batch)
    assert [canonical_text(task.space.to_json(again, r)) for r in range(len(again))] == texts
    for document in documents[:20]:
        source = task.space.source(document)
        assert source.strip() and source.isascii()


def test_random_and_varied_candidates_repeat(task, batch, equal, copied):
    space = task.space
    one, same = (space.random(40, np.random.default_rng(3)) for _ in range(2))
    assert equal(one, same) and len(one) == 40
    before = copied(batch)
    operators = (np.arange(len(batch)) % len(space.operators)).astype(np.uint8)
    partners = batch.take(np.arange(len(batch))[::-1])
    made = [space.vary(batch, partners, operators, np.random.default_rng(s)) for s in (1, 1, 2)]
    assert equal(made[0], made[1]) and not equal(made[0], made[2])
    assert len(made[0]) == len(batch)
    assert equal(batch, before)


def test_every_operator_makes_candidates(task, batch):
    space = task.space
    for number in range(len(space.operators)):
        operators = np.full(len(batch), number, np.uint8)
        made = space.vary(batch, batch, operators, np.random.default_rng(number))
        assert space.canonical(made)[1].any()


def test_keys_belong_to_rows(task, batch):
    keys = task.space.keys(batch)
    assert keys.dtype == np.uint64 and keys.shape == (len(batch),)
    order = np.random.default_rng(0).permutation(len(batch))
    np.testing.assert_array_equal(task.space.keys(batch.take(order)), keys[order])
    texts = {canonical_text(task.space.to_json(batch, r)): k for r, k in enumerate(keys.tolist())}
    assert len(set(texts.values())) > 0.8 * len(texts)


SCRIPT = """
import json, sys
from elitemap.engine.protocols import Vouched, steering
from elitemap.engine.tasks import TaskSpec, load_task
lines = []
for given in json.load(sys.stdin):
    task = load_task(TaskSpec.of(*given["spec"]))
    batch = task.space.from_json(given["documents"])
    lines.append(task.space.keys(batch).tolist())
print(json.dumps(lines))
"""


@pytest.mark.slow
def test_keys_are_the_same_in_every_process(every_spec, brood, plugin):
    """Whatever the seed of Python's own hashes."""
    given, expected = [], []
    for spec in every_spec:
        task = load_task(spec)
        batch = brood(task, 30)
        documents = [task.space.to_json(batch, row) for row in range(len(batch))]
        names = (spec.space, spec.target, dict(spec.settings))
        given.append({"spec": names, "documents": documents})
        expected.append(task.space.keys(batch).tolist())
    env = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(plugin)}
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    child = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, env=env, timeout=120
    )
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout) == expected
