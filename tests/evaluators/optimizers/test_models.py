"""Models that JAX differentiates: what is no model, what never returns, and what training does."""

import os
import signal
import textwrap

import numpy as np
import pytest

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.data.functions import find_function
from elitemap.evaluators.optimizers import catalogue
from elitemap.evaluators.optimizers.catalogue import SUMMARIES, WORKLOADS, chosen, sized
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.models import text
from elitemap.evaluators.optimizers.models import trainer as trainers
from elitemap.evaluators.optimizers.models.loop import parts, shape_of
from elitemap.evaluators.optimizers.models.runs import ModelRuns, model_runs
from elitemap.evaluators.optimizers.models.source import ModelError, Source
from elitemap.evaluators.optimizers.models.trainer import Trainer, trainer
from elitemap.evaluators.optimizers.training import losses, runs, traced
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known
from elitemap.searchspaces.programs.tensors.reference import step_of

#: A quadratic whose gradients do not depend on the key, and models that are none.
MODELS = """
import time

import jax
import jax.numpy as jnp
import numpy as np

SLOPES = jnp.linspace(0.5, 2.0, 6).reshape(3, 2)


def init(key):
    return {"b": jnp.ones(4), "a": 1.0 + jax.random.uniform(key, (3, 2))}


def loss(params, key):
    a, b = params["a"], params["b"]
    return 0.5 * jnp.sum(SLOPES * a**2) + 0.5 * jnp.sum((b - 3.0) ** 2) + 0.01


def bowl():
    return init, loss


def endless():
    def turns(b):
        return jax.lax.while_loop(lambda at: b > 2.0, lambda at: at + 1.0, 0.0)

    return init, lambda p, key: loss(p, key) + turns(jax.lax.stop_gradient(p["b"][0]))


def raises():
    raise KeyError("nope")


def raises_later():
    def bad(params, key):
        raise ValueError("two" + chr(10) + "lines")

    return init, bad


def numbers():
    return 3


def vector():
    return init, lambda params, key: params["b"]


def judges_by_many():
    return init, loss, lambda params: params["b"]


def whole():
    return lambda key: jnp.arange(3), loss


def empty():
    return lambda key: {}, loss


def nan():
    return init, lambda params, key: loss(params, key) * jnp.nan


def negative():
    return init, lambda params, key: -loss(params, key)


def sleeps():
    time.sleep(1000)
"""

SPACE = RuleSpace(2, 60, "random")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "bowls.py").write_text(textwrap.dedent(MODELS))
    return folder


@pytest.fixture
def source(written, monkeypatch):
    """Models of the module by name, as a user brings them."""
    monkeypatch.chdir(written)

    def made(name, limit=60.0):
        content = find_function(f"bowls:{name}")
        return Source("the model", content.digest(), lambda: content, limit)

    return made


def model(source, steps=12):
    return Workload("own", "a model", "model", (), steps, source=source)


def rules(*texts):
    programs = [known(each, 2) if each in ZOO else rule(each, 2) for each in texts]
    return SPACE.canonical(SPACE.batch(programs))[0].programs


REMEMBERS = "m = w\nupdate = add(g, scale(sub(w, m), 0.1))"


@pytest.mark.parametrize("which", ["momentum", "Lion", "Adam", REMEMBERS])
def test_training_is_what_a_loop_in_numpy_does(source, which):
    workload = model(source("bowl"))
    steps, rate, programs = 6, 0.05, rules(which)
    jobs = Jobs(np.array([0]), np.array([1]), np.array([rate]))
    of = runs(workload, "test", (5, 6))
    assert isinstance(of, ModelRuns) and workload.tensors == ((3, 2), (4,))
    loss, trace, finals = traced(programs, of, jobs, steps)
    w = of.begin(1)
    assert (w != of.begin(0)).any() and (w[6:] == 1).all()
    slots = [[np.zeros(s, np.float32) for s in workload.tensors] for _ in range(2)]
    slopes, centre = np.append(np.linspace(0.5, 2, 6), np.ones(4)), np.repeat([0, 3], [6, 4])
    for step in range(steps):
        g = (slopes * (w - centre)).astype(np.float32)
        seen = 0.5 * float(slopes @ (w - centre) ** 2) + 0.01
        np.testing.assert_allclose(trace[0, step], seen, rtol=1e-5)
        if step == 0:
            np.testing.assert_allclose(of.gradients(1, 2), [g, g], rtol=1e-5)
        split = [[a[:6].reshape(3, 2), a[6:]] for a in (w, g)]
        update, slots = step_of(programs.program(0), *split, slots, step + 1)
        flat = np.concatenate([np.ravel(part) for part in update])
        w = w - np.float32(rate * (1 - step / steps)) * flat
    np.testing.assert_allclose(finals[0], w, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(loss[0], 0.5 * slopes @ (w - centre) ** 2 + 0.01, rtol=1e-4)


def test_rules_are_data_and_runs_that_leave_all_bounds_are_given_up(source):
    """Nothing is compiled for a rule, whatever its length and slots, and whatever the steps."""
    workload = model(source("bowl"))
    of = runs(workload, "test", (0,))
    one = Jobs(np.zeros(1, int), np.zeros(1, int), np.array([0.01]))
    losses(rules("SGD"), of, one, 12)
    before = trainer().compilations()
    assert before > 0
    programs = rules("SGD", "Adam", "Lion", "update = div(g, sub(g, g))")
    jobs = Jobs(np.array([0, 1, 2, 3, 0]), np.zeros(5, int), np.array([0.1, 0.1, 0.1, 0.1, 99.0]))
    loss = losses(programs, of, jobs, 7)
    assert np.isfinite(loss[:3]).all() and np.isnan(loss[3:]).all()
    assert trainer().compilations() == before


def make(source, name):
    return source(name).content().load()


@pytest.mark.parametrize(
    "name, told",
    [
        ("raises", "the function raised KeyError: 'nope'; repair it"),
        ("raises_later", "loss raised ValueError: two lines; repair it"),
        ("numbers", r"expected \(init, loss\) or \(init, loss, judge\), three functions, got int"),
        ("vector", r"expected one number from loss, got float32\[4\]; take a mean"),
        ("judges_by_many", r"expected one number from judge, got float32\[4\]; take a mean"),
        ("whole", r"expected float32 arrays with entries from init, got int32\[3\]"),
        ("empty", "expected 1 to 256 arrays from init, got 0"),
        ("nan", "expected a finite loss at the first parameters, got nan or inf"),
        ("negative", "expected a positive loss at the first parameters, got -"),
    ],
)
def test_what_is_no_model_is_told_in_one_line(source, name, told):
    with pytest.raises(UsageError, match=f"cannot train the model: {told}") as caught:
        trainer().shape(source(name), 12)
    assert "\n" not in str(caught.value)


def test_parts_are_told_from_what_else_is_returned():
    with pytest.raises(ModelError, match="got tuple"):
        parts(lambda: (len, 3))
    with pytest.raises(ModelError, match=r"got float32\[2\]"):
        parts(lambda: np.zeros(2, np.float32))
    with pytest.raises(ModelError, match="float32"):
        shape_of([np.zeros(2)])


def test_a_model_that_never_returns_ends_its_process(source, monkeypatch):
    monkeypatch.setattr(trainers, "COMPILING", 0.0)
    mine = Trainer()
    with pytest.raises(UsageError, match="within 0 s.*loop without end.*limit=SECONDS"):
        mine.shape(source("sleeps", 0.5), 12)
    assert mine.process is None


@pytest.mark.slow
def test_a_run_that_takes_too_long_is_no_run_and_the_others_are_made(source, monkeypatch):
    """The loss turns for ever once a rule has moved a parameter beyond a bound."""
    mine = Trainer()
    monkeypatch.setattr("elitemap.evaluators.optimizers.models.runs.trainer", lambda: mine)
    workload = model(source("endless", 3.0))
    of = model_runs(workload, workload.source, "test", (0,))
    jobs = Jobs(np.zeros(3, int), np.zeros(3, int), np.array([1e-3, 1.9, 1e-3]))
    loss = of.train(rules("SGD"), jobs, 12, False)[0]
    mine.end()
    assert np.isnan(loss[1]) and np.isfinite(loss[0]) and loss[0] == loss[2]


@pytest.mark.slow
def test_a_process_that_ends_by_itself_is_told(source):
    mine = Trainer()
    mine.shape(source("bowl"), 12)
    os.kill(mine.process.pid, signal.SIGKILL)
    with pytest.raises(SearchError, match="it ended with -9; is there enough memory"):
        mine.begin(source("bowl"), 12, np.zeros(2, np.uint32))
    assert mine.begin(source("bowl"), 12, np.zeros(2, np.uint32)).shape == (10,)
    mine.end()


def test_without_jax_the_cure_is_told(source, monkeypatch):
    monkeypatch.setattr(trainers, "find_spec", lambda name: None)
    with pytest.raises(SearchError, match=r"install elitemap\[jax\], or train digits-mlp"):
        Trainer().shape(source("bowl"), 12)


def test_text_is_numbers_of_its_characters():
    corpus = text.corpus()
    assert corpus.min() >= 0 and corpus.max() < text.CHARACTERS and len(corpus) > 100_000
    assert "The " in "".join(chr(c + 31) for c in corpus[:2000] if c)
    assert len(text.digest()) == 12


def test_sizes_are_told_by_names_and_small_ones_are_as_they_were():
    assert sized("quadratic", "small") == WORKLOADS["quadratic"]
    medium = chosen("quadratic,digits-mlp", "medium", 50, 9.0, None)
    assert [w.name for w in medium] == ["quadratic medium", "digits-mlp medium"]
    assert all(w.steps == 50 for w in medium) and medium[1].entries == 25_194
    assert sized("digits-mlp", "large").entries > 10 * medium[1].entries


def test_the_own_target_wants_a_model_and_no_other_does():
    for target, given in ("own", None), ("quadratic", object()):
        with pytest.raises(
            UsageError, match="expected --set model=module:function with the target"
        ):
            chosen(target, "small", None, 60.0, given)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in SUMMARIES if n in catalogue._DIFFERENTIATED])
def test_models_of_the_space_learn(name):
    workload = sized(name, "small")
    rates = np.array([1e-3, 1e-2])
    jobs = Jobs(np.zeros(2, int), np.zeros(2, int), rates)
    loss, trace, _ = traced(rules("Adam"), runs(workload, "test", (0,)), jobs, workload.steps)
    assert loss.min() < 0.6 * trace[0, 0]
