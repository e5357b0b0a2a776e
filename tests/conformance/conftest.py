"""Every installed space, found as the engine finds it; a stranger's toy space is one of them."""

import sys
from pathlib import Path

import numpy as np
import pytest

from elitemap.engine.tasks import TaskSpec, find_space, load_task, space_names
from elitemap.searchspaces.elementary.float32.wholes import ROUNDED
from elitemap.searchspaces.programs.real import REAL

PRIMITIVES = REAL.primitives

PLUGIN = Path(__file__).parents[1] / "engine" / "plugin"
sys.path.insert(0, str(PLUGIN))


ALL = [p.name for p in PRIMITIVES if p.name != "const"]
#: In float32: all float32, a domain without a reduction, and every operation of cores.
FLOAT32 = [
    {},
    {"domain": "-2,3", "cpu": "avx2"},
    {
        "domain": "0,1",
        "reduction": "none",
        "ops": ",".join(name for name in ROUNDED if name != "const"),
        "max_ops": "6",
    },
]
#: In 16 bits the same.
HALVES = [
    {"arithmetic": "bfloat16", "domain": "-2,3", "cpu": "avx2"},
    {"arithmetic": "float16", "domain": "0,1", "reduction": "none", "max_ops": "6"},
]
#: Each primitive with what it needs, all of them, and the extremes of length.
SETTINGS = {
    "elementary": [
        {},
        {"ops": ",".join(ALL), "max_ops": "9"},
        {"ops": ",".join(ALL), "max_ops": "23", "error": "absolute", "domain": "-1,2"},
        {"max_ops": "1"},
        *({"ops": f"{name},add,mul", "max_ops": "5"} for name in ALL),
        *({"ops": name, "max_ops": "4"} for name in ALL if name not in ("sub", "div")),
        *({"arithmetic": "float32"} | more for more in FLOAT32),
        *HALVES,
    ],
}
SETTINGS["quantizers"] = [
    {},
    {"table": "0"},
    {"mantissa": "2", "rounding": "truncate", "guard": "0", "table": "64", "max_ops": "20"},
    {"mantissa": "6", "table": "4", "max_ops": "3"},
]
SETTINGS["optimizers"] = [
    {},
    {"start": "random", "slots": "1", "max_cost": "12"},
    {"start": "sgd", "slots": "4", "max_cost": "60"},
]
SETTINGS["toy"] = [
    {},
    {"rungs": "0"},
    {"rungs": "3"},
    {"noise": "0.5"},
    {"noise": "0.1", "rungs": "0"},
]
TARGETS = {"elementary": "exp2", "optimizers": "rosenbrock"}

#: Other targets of a space, with candidates of another kind.
FURTHER = {
    "elementary": [
        ("hypot", {}),
        ("atan2", {"ops": ",".join(ALL), "max_ops": "23"}),
        ("pow", {"domain": "1,2,-1,1", "error": "absolute", "max_ops": "1"}),
        (
            "tanh",
            {"arithmetic": "float32", "reduction": "table", "cpu": "avx512", "max_ops": "6"},
        ),
    ],
    "quantizers": [
        ("normal", {}),
        ("laplace", {"bits": "3.3", "table": "0"}),
        ("softmax-exp", {"fraction": "6"}),
        ("gelu-int", {"fraction": "5", "table": "8", "products": "2"}),
        ("rsqrt-seed", {"max_ops": "8"}),
    ],
}


def cases():
    """One task per space and setting; a space that is not listed is tested as it comes."""
    for name in space_names():
        target = TARGETS.get(name) or next(iter(find_space(name).targets))
        asked = [(target, settings) for settings in SETTINGS.get(name, [{}])]
        for target, settings in asked + FURTHER.get(name, []):
            spec = TaskSpec.of(name, target, settings)
            label = ";".join(f"{k}={v}" for k, v in spec.settings) or "defaults"
            yield pytest.param(spec, id=f"{name}-{target}-{label[:60]}")


@pytest.fixture(scope="session")
def every_spec():
    """Names of all tasks under test."""
    return [case.values[0] for case in cases()]


@pytest.fixture(scope="module", params=cases())
def spec(request):
    """Names one task."""
    return request.param


@pytest.fixture(scope="module")
def task(spec):
    """The task."""
    return load_task(spec)


@pytest.fixture(scope="module")
def batch(task, brood):
    """Canonical candidates."""
    return brood(task)


@pytest.fixture(scope="session")
def plugin():
    """Folder of the toy space, for the path of other processes."""
    return PLUGIN


@pytest.fixture(scope="session")
def anything():
    """The hurdle of an empty archive."""
    return lambda measures: np.full(len(measures), -np.inf)


@pytest.fixture(scope="session")
def equal():
    """bool: whether two batches hold the same bytes."""

    def compare(one, other):
        mine, theirs = one.arrays(), other.arrays()
        return mine.keys() == theirs.keys() and all(
            np.array_equal(mine[name], theirs[name], equal_nan=mine[name].dtype.kind == "f")
            for name in mine
        )

    return compare


@pytest.fixture(scope="session")
def copied():
    """A batch of its own: evaluators may change what they are given."""
    return lambda batch: batch.take(np.arange(len(batch)))


@pytest.fixture(scope="session")
def brood():
    """Canonical candidates: random ones and three generations of their offspring."""

    def make(task, n=150, seed=0):
        rng = np.random.default_rng(seed)
        space = task.space
        batch, valid = space.canonical(space.random(n, rng))
        batch = batch.take(valid)
        for _ in range(3):
            partners = batch.take(rng.permutation(len(batch)))
            operators = rng.integers(0, len(space.operators), len(batch)).astype(np.uint8)
            offspring, valid = space.canonical(space.vary(batch, partners, operators, rng))
            batch = type(batch).concatenate([batch, offspring.take(valid)])
        return batch.take(np.sort(rng.permutation(len(batch))[:n]))

    return make
