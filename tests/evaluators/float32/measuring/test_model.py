"""Measured models of costs: what they are fitted to, their text, what a search keeps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.float32.functions import interpreter
from elitemap.evaluators.float32.measuring import here, kernels
from elitemap.evaluators.float32.measuring.fitting import batch_of, fit, rank_correlation
from elitemap.evaluators.float32.measuring.model import NARROW, Fitted, read
from elitemap.evaluators.float32.measuring.programs import ADDITIVE, EVERY, random_program
from elitemap.evaluators.float32.pricing import MODELS, chosen, costs
from elitemap.evaluators.float32.timing import Timing
from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import live

MODEL = Fitted(
    "Some CPU @ 2.70GHz",
    {"fma": 0.5, "fmul": 0.51, "fadd": 0.4, "fdiv": 0.6, "select": 0.67},
    {"fdiv": 5.0, "shr": 0.75},
    1.5,
    2.0,
    90.0,
)


@pytest.mark.parametrize("pieces", [ADDITIVE, EVERY])
def test_random_programs_are_what_they_are_said_to_be(pieces):
    rng, met = np.random.default_rng(3), set()
    for _ in range(40):
        program = random_program(rng, pieces)
        short = looked(program, masked=False)
        computing = [i for i in short.instructions if not i.constant]
        met |= {short.primitive(i).name for i in computing}
        # The place of a look-up is an instruction of its own.
        looks = sum(short.primitive(i).name == "look" for i in computing)
        assert 6 <= len(computing) - looks <= 25
        assert len(live(program)) == len(program.instructions)
        values = interpreter(program)(kernels.points()[:64])
        assert np.isfinite(values).all()
    assert {"fma", "fadd", "fmul", "shr", "and", "float"} <= met
    assert ({"select", "look"} <= met) == (pieces is EVERY)


def test_the_same_seed_gives_the_same_programs():
    two = [random_program(np.random.default_rng(5)).to_json() for _ in range(2)]
    assert two[0] == two[1]


def test_a_model_is_found_again_from_what_it_says():
    """Programs priced by a model lead the fit to one that ranks others nearly as it does."""
    rng = np.random.default_rng(1)
    programs = [random_program(rng) for _ in range(160)]
    entries = [p.name for p in FLOAT32.primitives if p.name not in ("single", "word")]
    true = Fitted(
        "x",
        {name: 0.01 + 0.0005 * k for k, name in enumerate(entries)},
        {name: 0.02 + 0.02 * k for k, group in enumerate(NARROW) for name in group},
        0.03,
        0.05,
        90.0,
    )
    noise = np.exp(rng.normal(0.0, 0.01, len(programs)))
    ns = true.costs(batch_of(programs)) * noise
    made = fit(programs[:120], ns[:120].tolist(), "x")
    assert rank_correlation(made, programs[120:], ns[120:].tolist()) > 0.99
    assert made.busy["fma"] == pytest.approx(0.5)
    assert made.busy["select"] == pytest.approx(0.67)


def test_costs_grow_with_every_instruction():
    rng = np.random.default_rng(2)
    programs = [random_program(rng) for _ in range(20)]
    batch = batch_of(programs)
    more = replace(MODEL, busy={n: v + 1 for n, v in MODEL.busy.items()})
    assert (costs(batch, MODEL) > 1.5).all() and (costs(batch, more) >= costs(batch, MODEL)).all()


def test_a_long_chain_of_many_instructions_waits_for_itself():
    """The same instructions one after the other, and in two chains."""
    one, two = Assembly(1), Assembly(1)
    value = 0
    for _ in range(16):
        value = one.do("fma", value, value, 0)
    left = right = 0
    for _ in range(8):
        left, right = two.do("fma", left, left, 0), two.do("fma", right, 0, right)
    two.do("fadd", left, right)
    chain, chains = (
        Program(("x",), tuple(code.rows), (len(code.rows),), dialect=FLOAT32) for code in (one, two)
    )
    far, near = (costs(batch_of([chain, chains]), replace(MODEL, window=w)) for w in (1e5, 50.0))
    assert far[0] < far[1] and near[0] > 1.2 * near[1]


@given(
    st.dictionaries(st.sampled_from(["fadd", "fmul", "fdiv"]), st.floats(0.0, 99.0)),
    st.floats(1.0, 999.0),
)
def test_a_model_is_its_text(busy, window):
    narrow = {name: 0.125 for name in busy}
    text = Fitted("CPU 1", {"fma": 0.25} | busy, narrow, 1.0, 2.0, window).text
    assert read(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "measured x: fma=1",
        "measured x: fma=1/1, least=1, around=1, window=nan",
        "measured x: fma=1/1, least=1, around=-1, window=1",
        "measured x: fma=1/1, least=1, around=1, window=0",
        "measured x: fma=1/1, least=1, around=1, window=.",
        "measured x: fma=1/1, least=1, around=1, window=1, rm -rf",
        "measured x",
        "measured " + "9" * 1000,
    ],
)
def test_what_is_no_model_is_refused(text):
    with pytest.raises(UsageError, match="expected a model of costs that was measured"):
        chosen(text)


def test_a_static_model_with_a_reason():
    one = chosen("avx512: not measured, the machine is too busy")
    assert (one.name, one.model, one.doubt) == (
        "avx512", MODELS["avx512"], "not measured, the machine is too busy",
    )  # fmt: skip
    with pytest.raises(UsageError, match="expected cpu as measured, avx2 or avx512, got 'sse: x'"):
        chosen("sse: x")


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("ELITEMAP_CACHE", str(tmp_path))
    return tmp_path


def test_a_run_keeps_the_model_that_it_began_with(cache, monkeypatch):
    monkeypatch.setattr(here, "_measured", lambda: MODEL)
    asked = {"arithmetic": "float32", "cpu": "measured"}
    spec = settled(TaskSpec.of("elementary", "exp2", asked))
    assert dict(spec.settings)["cpu"] == MODEL.text
    # Another model in the cache, or none, changes nothing.
    monkeypatch.setattr(here, "_measured", lambda: pytest.fail("measured twice"))
    assert settled(spec) == spec
    task = load_task(spec)
    assert task.options["cpu"] == read(MODEL.text).short and not task.notes
    assert isinstance(task.evaluator.placing.table, Fitted)
    # What was measured is in the cache for the next run.
    assert settled(TaskSpec.of("elementary", "exp2", asked)) == spec
    assert len(list(cache.glob("cycles-*.txt"))) == 1


def test_a_new_search_measures_where_nobody_says_otherwise(cache, monkeypatch):
    monkeypatch.setattr(here, "_measured", lambda: MODEL)
    for arithmetic in ("float32", "bfloat16"):
        spec = TaskSpec.of("elementary", "exp2", {"arithmetic": arithmetic})
        assert dict(settled(spec).settings)["cpu"] == MODEL.text
        # A run of before goes on with what it had.
        assert settled(spec, again=True) == spec
        assert load_task(spec).options["cpu"] == "avx512"
    monkeypatch.setattr(here, "_measured", lambda: pytest.fail("nothing was to be measured"))
    said = TaskSpec.of("elementary", "exp2", {"arithmetic": "float32", "cpu": "avx2"})
    assert settled(said) == said
    over_reals = TaskSpec.of("elementary", "exp2", {})
    assert settled(over_reals) == over_reals


def test_a_damaged_cache_is_measured_again(cache, monkeypatch):
    monkeypatch.setattr(here, "_measured", lambda: MODEL)
    here.here()
    (path,) = cache.glob("cycles-*.txt")
    path.write_text("measured nonsense")
    assert here.here().text == MODEL.text and path.read_text().strip() == MODEL.text


def test_a_busy_machine_is_given_up(cache, monkeypatch):
    rng = np.random.default_rng(0)
    programs = [random_program(rng) for _ in range(30)]
    busy = [Timing(1.0 + k, 1.0, 0.9) for k in range(30)]
    monkeypatch.setattr(kernels, "timed", lambda seed, batches, pieces: (programs, busy))
    value = here.settle("measured")
    assert value == "avx512: not measured, the machine is too busy: times spread by 90%"
    task = load_task(TaskSpec.of("elementary", "exp2", {"arithmetic": "float32", "cpu": value}))
    assert task.options["cpu"] == "avx512"
    assert task.notes == (f"cost by the static model {value}",)
    # What obeys no model is noise as well.
    random = [Timing(float(x), 1.0, 0.0) for x in rng.uniform(1, 2, 30)]
    monkeypatch.setattr(kernels, "timed", lambda seed, batches, pieces: (programs, random))
    monkeypatch.setattr(here, "_SOUND", 0.9999)
    assert "times follow no model" in here.settle("measured")


def test_without_a_compiler_it_is_said(cache, monkeypatch):
    def none():
        raise SearchError("expected a C compiler named 'cc'")

    monkeypatch.setattr(here, "compiler_name", none)
    assert here.settle("measured") == "avx512: not measured, expected a C compiler named 'cc'"
    assert here.settle("avx2") == "avx2"


@pytest.mark.slow
def test_a_real_model_of_this_cpu(cache):
    """Whatever the machine is doing: a model, or why there is none."""
    value = here.settle("measured")
    assert chosen(value).doubt or isinstance(chosen(value).model, Fitted)
