"""Errors of products with activations, and cosines: in the kernel, in certificates, in searches."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import integrate, stats

from elitemap.archive.errors import UsageError
from elitemap.cli import cli
from elitemap.engine.protocols import Entrant
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.activations import MOST_SAMPLES, with_activations
from elitemap.evaluators.quantizers.formats.allocating import allocate
from elitemap.evaluators.quantizers.formats.closed import measure_closed
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.counting import Counting
from elitemap.evaluators.quantizers.formats.inputs import Inputs
from elitemap.evaluators.quantizers.formats.measuring import measure
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import sampled, taken, tensors
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.quantizers import written


def correlated(rng, samples, columns):
    """Activations with a mean, a few strong directions and columns of many sizes."""
    common = rng.standard_normal((samples, 3)) @ rng.standard_normal((3, columns))
    return (common + rng.standard_normal((samples, columns))) * np.exp(rng.normal(0, 1, columns))


@pytest.fixture
def layer():
    """Weights [40, 96], and activations [300, 96]."""
    rng = np.random.default_rng(4)
    return rng.standard_t(4, (40, 96)).astype(np.float32), correlated(rng, 300, 96)


def relative(weights, back, x):
    """Of products with the rows of x, in Frobenius's norm."""
    return np.linalg.norm(x @ (back - weights).T) / np.linalg.norm(x @ weights.T.astype(float))


def test_moments_are_those_of_the_samples(layer):
    _, x = layer
    for samples in (x, x[:50]):
        inputs = Inputs.of(samples, len(samples))
        second = samples.T @ samples / len(samples)
        np.testing.assert_allclose(
            inputs.factor.T @ inputs.factor, second, atol=1e-9 * second.max()
        )
        moments = inputs.moments.astype(float)
        near = moments[:-1].T @ moments[:-1] + np.diag(moments[-1])
        np.testing.assert_allclose(np.diag(near), np.diag(second), rtol=1e-3)
        assert np.linalg.norm(near - second) < 0.05 * np.linalg.norm(second)


def test_certificates_have_the_error_of_the_product(tmp_path, layer, layout, uniform, through):
    weights, x = layer
    np.savez(tmp_path / "w.npz", w=weights)
    np.savez(tmp_path / "x.npz", w=x.astype(np.float32))
    given = {"data": str(tmp_path / "w.npz"), "activations": str(tmp_path / "x.npz")}
    task = load_task(settled(TaskSpec.of("quantizers", "weights", given)))
    assert "with activations of 1" in task.asks
    document, rule = written(layout("e4m3"), uniform), layout("e4m3")
    _, objectives, certificate = task.certify(document, 1.0)
    back = through(rule, uniform.levels(rule), weights.reshape(-1)).reshape(weights.shape)
    exact = relative(weights, back, x.astype(np.float32))
    assert objectives["product_error"] == pytest.approx(exact, rel=1e-6)
    alike = (weights * back).sum() / np.sqrt((weights**2).sum() * (back**2).sum())
    assert objectives["cosine"] == pytest.approx(alike, rel=1e-5)
    assert certificate["samples"] == {"w": 300}
    assert task.verify(document, certificate, 1.0).outcome == "verified"
    wrong = certificate | {"product_error": exact * 1.001}
    assert task.verify(document, wrong, 1.0).reason.startswith("product_error")
    without = {k: v for k, v in certificate.items() if k not in ("cosine", "saturating")}
    assert task.verify(document, without, 1.0).outcome == "verified"


@pytest.mark.parametrize("more", [{}, {"outliers": 1}, {"rotated": 16}, {"rounding": 1}])
def test_searches_see_nearly_the_same_error(space, layer, layout, uniform, through, more):
    weights, x = layer
    found = with_activations(tensors({"w": weights}), {"w": x}, counting=False)
    rule = layout(**more)
    batch = space.from_json([written(rule, uniform)])
    whole = taken(found["w"], 1 << 20)
    got = measure(batch, whole, whole, 0)
    back = through(rule, uniform.levels(rule), weights.reshape(-1)).reshape(weights.shape)
    exact = relative(weights, back, x)
    lots = "rounding" in more
    assert np.sqrt(got.product[0]) == pytest.approx(exact, rel=0.25 if lots else 0.03)
    alike = (weights * back).sum() / np.sqrt((weights**2).sum() * (back**2).sum())
    assert 1 - got.cosine[0] == pytest.approx(1 - alike, rel=0.2 if lots else 1e-2)


def test_samples_are_whole_rows(layer):
    weights, x = layer
    found = with_activations(tensors({"a": weights, "b": weights[:8].ravel()}), {"a": x}, False)
    part = sampled(found, 1 << 11)
    first, second = np.diff(part.first).tolist()
    assert first % 96 == 0 and second == 256
    assert part.products.inputs[:, 0].tolist() == [96, 0]
    rows = part.values[:first].reshape(-1, 96) * np.sqrt(found["a"].power)
    assert all(np.isclose(weights, row, rtol=1e-5).all(axis=1).any() for row in rows)
    power = ((x @ rows.T.astype(float)) ** 2).sum() / len(x) / found["a"].power
    assert part.products.power[0] == pytest.approx(power, rel=1e-5)


def test_pieces_of_long_tensors_count_their_whole_rows(monkeypatch, layer, layout, uniform):
    """Pieces begin within rows; nothing is lost but the rows that they cut."""
    weights, x = layer
    module = "elitemap.evaluators.quantizers.formats.tensors"
    found = with_activations(tensors({"w": weights}), {"w": x}, counting=False)
    monkeypatch.setattr(f"{module}.PIECE", 1024)
    whole = taken(found["w"], 1 << 20)
    assert len(whole.first) > 3 and (whole.products.inputs[:, 2] > 0).any()
    assert (whole.products.inputs[:, 2] < 96).all() and (whole.products.power > 0).all()


@pytest.mark.parametrize("name", ["normal", "laplace"])
def test_cosines_in_closed_form(space, layout, uniform, name):
    """By quadrature at the scale of least error, and as a draw through bytes has it."""
    density = {"normal": stats.norm(), "laplace": stats.laplace(scale=0.5**0.5)}[name]
    x = np.linspace(-40, 40, 200_001)

    def moments(step):
        at = np.clip(np.rint(x / step), -8, 7) * step
        each = (x * at, at**2, (x - at) ** 2)
        return [integrate.trapezoid(y * density.pdf(x), x) for y in each]

    xy, yy, _ = min(map(moments, np.linspace(0.24, 0.6, 91)), key=lambda m: m[2])
    document = written(layout("fp32", block=0), uniform)
    got = measure_closed(space.from_json([document]), SOURCES[name], 0)
    assert 1 - got.cosine[0] == pytest.approx(1 - xy / yy**0.5, rel=1e-2)
    certificate = confirm(document, space, SOURCES[name])
    assert 1 - certificate["cosine"] == pytest.approx(1 - got.cosine[0], rel=0.06)


def test_products_steer_where_they_are_asked_for(tmp_path, layer, layout):
    """Scales and levels follow the columns of large activations, and so does the quality."""
    weights, x = layer
    np.save(tmp_path / "w.npy", weights)
    np.save(tmp_path / "x.npy", x)
    given = {"data": str(tmp_path / "w.npy"), "activations": str(tmp_path / "x.npy")}
    plain, steered = (
        load_task(settled(TaskSpec.of("quantizers", "weights", given | more)))
        for more in ({}, {"error": "product"})
    )
    assert [o.name for o in steered.evaluator.objectives if o.steers][0] == "product_error"
    assert [o.name for o in plain.evaluator.objectives if o.steers][0] == "mse"
    assert "error" in steered.problem and "error" not in plain.problem
    start = Element(1, None, tuple(np.linspace(-1, 1, 8).astype(np.float32).astype(float)))
    documents = [written(layout(bits=3), start)]
    errors = []
    for task in (plain, steered):
        batch = task.space.from_json(documents)
        errors.append(task.evaluator.refine(batch).objectives["product_error"][0])
    assert errors[1] < errors[0] * 0.99


def test_allocations_choose_by_products(layout, uniform, space):
    """More bits for the tensor whose errors products see."""
    rng = np.random.default_rng(6)
    a, b = rng.standard_normal((2, 40, 64)).astype(np.float32)
    b[:, :8] *= 30
    quiet = rng.standard_normal((50, 64))
    quiet[:, :8] = 0
    found = with_activations(tensors({"a": a, "b": b}), {"b": quiet}, counting=False)
    layouts = [(layout("fp16", block=64), uniform), (layout("fp16", block=16), uniform)]
    entrants = [Entrant(str(k) * 64, written(*one), {}) for k, one in enumerate(layouts)]
    chosen = {
        one.by: allocate(found, space, entrants, 4.7, one)
        for one in (Counting(products=True), Counting(products=True, by_products=True))
    }
    assert chosen["product_error"].total["product_error"] <= chosen["mse"].total["product_error"]
    assert chosen["product_error"].shares[1].elite[0] == "1"
    assert [one.name for one in chosen["mse"].columns[2:]] == ["mse", "product_error"]


@pytest.mark.parametrize(
    "given, told",
    [
        ({"w": np.ones((9, 95))}, r"shape \(samples, 96\) for 'w'.*got \(9, 95\)"),
        ({"w": np.ones(96)}, r"got \(96,\)"),
        ({"w": np.ones((0, 96))}, "got no samples"),
        ({"w": np.zeros((9, 96))}, "not all 0"),
        ({"w": np.full((9, 96), np.nan)}, "expected finite activations within float32 of 'w'"),
        ({"w": np.full((9, 96), -np.inf)}, "expected finite activations"),
        ({"w": np.full((9, 96), 1e300)}, "within float32"),
        ({"w": np.ones((9, 96), np.int32)}, "floating-point type, got int32"),
        ({"u": np.ones((9, 96)), "v": np.ones((9, 96))}, "expected activations of tensors such"),
    ],
)
def test_activations_that_do_not_fit_are_refused(layer, given, told):
    with pytest.raises(UsageError, match=told):
        with_activations(tensors({"w": layer[0]}), given, counting=False)


def test_a_number_that_is_none_is_found_wherever_it_is(layer):
    """Of many samples evenly spaced ones are used, and all are looked at."""
    x = np.ones((3 * MOST_SAMPLES, 96), np.float16)
    found = with_activations(tensors({"w": layer[0]}), {"w": x.reshape(3, -1, 96)}, False)
    assert (found["w"].inputs.samples, found["w"].inputs.given) == (MOST_SAMPLES, len(x))
    x[1, 5] = np.nan
    with pytest.raises(UsageError, match="finite"):
        with_activations(tensors({"w": layer[0]}), {"w": x}, False)


@pytest.mark.parametrize(
    "target, more, told",
    [
        ("weights", {"error": "product"}, "add --set activations=FILE"),
        ("weights", {"error": "cosine"}, "expected error as weights or product, got 'cosine'"),
        ("normal", {"error": "product"}, "expected error with the target weights"),
    ],
)
def test_what_is_impossible_is_refused(tmp_path, layer, target, more, told):
    np.save(tmp_path / "w.npy", layer[0])
    data = {"data": str(tmp_path / "w.npy")} if target == "weights" else {}
    with pytest.raises(UsageError, match=told):
        load_task(settled(TaskSpec.of("quantizers", target, data | more)))


@pytest.mark.slow
def test_a_search_by_products_on_the_command_line(tmp_path, layer):
    np.save(tmp_path / "w.npy", layer[0])
    np.save(tmp_path / "x.npy", layer[1])
    archive = str(tmp_path / "a.sqlite")
    given = [f"--set=data={tmp_path / 'w.npy'}", f"--set=activations={tmp_path / 'x.npy'}"]
    command = ["search", "quantizers", "weights", *given, "--set=error=product", "--evaluations"]
    command += ["100", "--islands", "1", "--seed", "1", "--archive", archive, "--quiet"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    listed = ["elites", "--sort", "product_error", "--json", "--archive", archive]
    elites = json.loads(CliRunner().invoke(cli, listed).stdout)
    told = [e["objectives"] for e in elites if e["status"] == "confirmed"]
    assert told and all(0 < one["product_error"] < 1 and one["cosine"] < 1 for one in told)
    shared = CliRunner().invoke(cli, ["allocate", "--bits", "5", "--archive", archive])
    assert shared.exit_code == 0 and "product" in shared.stdout, shared.output


def test_tables_of_small_tensors_stay_within_the_budget(tmp_path, layout, uniform):
    """Sixteen floats are half a bit for each of a thousand weights."""
    np.save(tmp_path / "w.npy", np.random.default_rng(1).standard_normal((8, 128)))
    given = {"data": str(tmp_path / "w.npy"), "bits": "5"}
    task = load_task(settled(TaskSpec.of("quantizers", "weights", given)))
    table = Element(1, None, tuple(np.linspace(-1, 1, 16).astype(np.float32).astype(float)))
    batch = task.space.from_json([written(layout(), one) for one in (table, uniform)])
    found = task.evaluator.evaluate(batch, lambda measures: np.zeros(len(measures)))
    assert np.isnan(found.quality).tolist() == [True, True]
    within = task.space.from_json([written(layout(block=64), one) for one in (table, uniform)])
    found = task.evaluator.evaluate(within, lambda measures: np.zeros(len(measures)))
    assert np.isnan(found.quality).tolist() == [False, False]
    assert (found.measures[:, 0] <= 5.005).all()


def test_distributions_are_confirmed_on_real_weights_too(tmp_path, layer, layout, uniform):
    np.savez(tmp_path / "w.npz", w=layer[0])
    spec = TaskSpec.of("quantizers", "laplace", {"data": str(tmp_path / "w.npz")})
    task = load_task(settled(spec))
    document = written(layout(), uniform)
    certificate = task.certify(document, 1.0)[2]
    weights = load_task(settled(TaskSpec.of("quantizers", "weights", dict(spec.settings))))
    on = weights.certify(document, 1.0)[2]["mse"]
    assert set(certificate["mse_beside"]) == {"normal", "student-t5", "laplace", "data"}
    assert certificate["mse_beside"]["data"] == on
    assert task.verify(document, certificate, 1.0).outcome == "verified"
