"""Tables fitted piece by piece: the whole program is as good as its worst piece."""

import types

import jax
import numpy as np
import pytest
from scipy.special import ndtr

from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.functions import exported, interpreter
from elitemap.evaluators.float32.task import float32_task
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import read
from elitemap.searchspaces.programs.batch import Batch

#: The functions, in float64.
TRUE = {"tanh": np.tanh, "gelu": lambda x: x * ndtr(x)}


@pytest.fixture(scope="module", params=["tanh", "gelu"])
def task(request):
    options = {"reduction": "table", "bound": "max_ulp<=1", "cpu": "avx512", "max_ops": "6"}
    return float32_task(request.param, options)


@pytest.fixture(scope="module")
def name(task):
    return task.evaluator.function.name


@pytest.fixture(scope="module")
def found(task, horner):
    """Scores of a core of degree 3."""
    batch, valid = task.space.canonical(Batch.from_programs([horner(3)], task.space.length))
    assert valid.all()
    return task.evaluator.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))


def test_a_core_of_degree_3_is_within_a_unit(task, name, found):
    document = task.space.to_json(found.batch, 0)
    seen = found.objectives["ulp"][0]
    assert 0.5 < seen < 1.0 and 7.2 < found.quality[0]
    points = np.random.default_rng(1).uniform(-9.5, 9.5, 20_000).astype(np.float32)
    got = interpreter(read(document))(points).astype(np.float64)
    wanted = TRUE[name](points.astype(np.float64))
    error = np.abs(got - wanted) / np.spacing(np.abs(wanted).astype(np.float32))
    assert error.max() < seen + 0.1


def test_refining_makes_tables_no_worse(task, found):
    again = task.evaluator.refine(found.batch)
    assert again.corrects and again.objectives["ulp"][0] < 1.0
    assert again.batch.entries.any()


def test_hopeless_cores_are_not_fitted_in_every_piece(task, horner):
    batch, _ = task.space.canonical(Batch.from_programs([horner(1)], task.space.length))
    scores = task.evaluator.evaluate(batch, lambda measures: np.full(len(measures), 7.0))
    assert scores.quality[0] < 7.0
    fitted = scores.batch.entries[0].any(axis=0)
    assert fitted[task.space.tables.main] and fitted.sum() == 1


def test_an_evaluation_counts_as_one_without_tables(task, found, horner):
    main = task.evaluator.pieces[task.space.tables.main]
    cores, _ = task.space.canonical(Batch.from_programs([horner(3)], task.space.length))
    alone = main.evaluate(cores.cores, lambda measures: np.full(len(measures), -np.inf))
    assert found.work.tolist() == alone.work.tolist()
    assert task.evaluator.refine(found.batch).work.tolist() == [1.0]


@pytest.mark.parametrize("flags", [(), ("-DELITEMAP_PORTABLE=1",), ("-mno-avx512f",)], ids=str)
def test_every_loop_has_the_bits_of_the_choices(task, name, found, flags):
    program = read(task.space.to_json(found.batch, 0))
    rng = np.random.default_rng(2)
    points = np.concatenate(
        [
            rng.integers(0, 2**32, 100_000, dtype=np.uint32).view(np.float32),
            rng.uniform(-15, 10, 100_003).astype(np.float32),
            np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -9.02], np.float32),
        ]
    )
    with compiled(program, resolve(name, None, "table"), *flags) as library:
        got = exported(library, NAME)(points)
    wanted = interpreter(program)(points)
    numbers = ~np.isnan(wanted)
    np.testing.assert_array_equal(got[numbers].view(np.uint32), wanted[numbers].view(np.uint32))
    assert np.isnan(got[~numbers]).all()
    ends = {"tanh": [1.0, -1.0], "gelu": [np.inf, 0.0]}[name]
    assert got[-7:-3].tolist() == [0.0, -0.0, *ends] and np.signbit(got[-6])


@pytest.mark.parametrize("language", ["c", "numpy", "python", "rust", "cuda", "triton", "jax"])
def test_every_export_is_written(task, found, language):
    document = task.space.to_json(found.batch, 0)
    texts = task.export(document, None, "with_tables", language)
    assert all(texts.values())


def test_jax_has_the_bits_of_c_where_nothing_is_subnormal(task, found):
    """What rounding takes of a square is lost where XLA rounds the product that it shares."""
    document = task.space.to_json(found.batch, 0)
    (text,) = task.export(document, None, "f", "jax").values()
    module = types.ModuleType("f")
    exec(compile(text, "f", "exec"), module.__dict__)
    points = np.random.default_rng(3).uniform(-12.0, 10.0, 20_000).astype(np.float32)
    with jax.default_device(jax.devices("cpu")[0]):
        got = np.asarray(jax.jit(module.f)(points))
    np.testing.assert_array_equal(got, interpreter(read(document))(points))


@pytest.mark.parametrize(("short", "bits", "degree"), [("tanh", 8, 1), ("gelu", 16, 3)])
def test_few_bits_need_few_terms(short, bits, degree, horner):
    bound = f"max_absolute_error<=2**-{bits}"
    options = {"reduction": "table", "bound": bound, "cpu": "avx512"}
    task = float32_task(short, options | ({"domain": "-15,80"} if short == "gelu" else {}))
    core = Batch.from_programs([horner(degree)], task.space.length)
    batch, _ = task.space.canonical(core)
    scores = task.evaluator.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))
    seen = scores.objectives["absolute_error"][0]
    assert seen < 2.0**-bits
    # What is clamped counts as well.
    points = np.linspace(-12.0, 12.0, 20_001, dtype=np.float32)
    points = points[np.abs(points) <= task.evaluator.function.domain[1]]
    got = interpreter(read(task.space.to_json(scores.batch, 0)))(points).astype(np.float64)
    assert np.abs(got - TRUE[short](points.astype(np.float64))).max() < 1.05 * seen
