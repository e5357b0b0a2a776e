"""What errors of weights count: in the encoder, in fits, in certificates, in what is refused."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.cli import cli
from elitemap.engine.protocols import Entrant
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.allocating import allocate
from elitemap.evaluators.quantizers.formats.counting import Counting
from elitemap.evaluators.quantizers.formats.importance import with_importance
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.tensors import sampled, tensors
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import written


def through(rule, levels, weights, importance=None):
    return decode(
        rule, levels, weights.size, pack(rule, encode(rule, levels, weights, importance))
    ).astype(float)


@pytest.fixture
def columns():
    """Weights [64, 48], and importance of columns over five orders of magnitude."""
    rng = np.random.default_rng(4)
    return rng.standard_t(4, (64, 48)).astype(np.float32), np.exp(rng.normal(0, 3, 48))


def test_importance_that_is_the_same_everywhere_changes_no_byte(quantizers):
    weights = np.random.default_rng(1).standard_normal(768).astype(np.float32)
    for rule, element in quantizers(60, 11):
        levels = element.levels(rule)
        plain = pack(rule, encode(rule, levels, weights))
        assert pack(rule, encode(rule, levels, weights, np.full(768, 3.0, np.float32))) == plain


def test_weighted_errors_fall_in_layouts_with_a_search(quantizers):
    """But for rotated ones, and a few where units are coarse: one block can spoil the others."""
    rng = np.random.default_rng(2)
    weights = rng.standard_t(4, 1000).astype(np.float32)
    importance = np.exp(rng.normal(0, 2, 1000)).astype(np.float32)
    better = []
    for rule, element in quantizers(300, 12):
        if rule.search and not rule.rotated:
            levels = element.levels(rule)
            plain, weighted = (
                (importance * (through(rule, levels, weights, u) - weights) ** 2).sum()
                for u in (None, importance)
            )
            better.append(np.log(weighted / plain))
    assert len(better) > 50 and np.mean(better) < -0.3 and np.quantile(better, 0.95) <= 1e-5


def test_a_block_gets_the_scale_that_is_best_by_importance(layout, uniform):
    """Against a fine grid of scales, one block in float32."""
    rng = np.random.default_rng(3)
    rule, levels = layout("fp32"), uniform.levels(layout("fp32"))
    for _ in range(40):
        weights = rng.standard_normal(16).astype(np.float32)
        u = np.exp(rng.normal(0, 2, 16)).astype(np.float32)
        scales = np.linspace(0.04, 1.2, 4001)[:, None]
        at = np.clip(np.rint(weights / scales), -8, 7) * scales
        best = (u * (weights - at) ** 2).sum(axis=1).min()
        got = (u * (weights - through(rule, levels, weights, u)) ** 2).sum()
        # Sixteen scales and their corrections are tried, not four thousand.
        assert best * (1 - 1e-2) <= got <= best * 2.5 + 1e-3 * (u * weights**2).sum()


def test_errors_by_importance_are_those_of_the_bytes(space, quantizers, columns):
    weights, each = columns
    u = np.broadcast_to(each, weights.shape).astype(np.float32).reshape(-1)
    flat = weights.reshape(-1)
    whole = Weights.of(flat, importance=[u])
    for rule, element in quantizers(25, 13):
        batch = space.from_json([written(rule, element)])
        got = measure(batch, whole, whole, 0)
        squares = (through(rule, element.levels(rule), flat, u) - flat) ** 2
        assert got.error[0] == pytest.approx(squares.sum() / (flat**2.0).sum(), rel=1e-4)
        counted = (u * squares).sum() / (u * flat**2.0).sum()
        assert got.counted[0] == pytest.approx(counted, rel=1e-4)


def test_levels_are_fitted_to_what_counts(space, layout, uniform):
    """Only half of the weights count, and those are of another distribution."""
    rng = np.random.default_rng(5)
    weights = np.where(np.arange(1 << 13) % 2, rng.uniform(-1, 1, 1 << 13), 0.05)
    u = [(np.arange(1 << 13) % 2).astype(np.float32)]
    rule = layout("fp32", block=0, bits=2)
    start = Element(1, None, (-1.0, -0.125, 0.25, 1.0))
    counted = Weights.of(weights.astype(np.float32), importance=u)
    batch = space.from_json([written(rule, start)])
    found = measure(batch, counted, counted, 80)
    np.testing.assert_allclose(np.diff(batch.table[0, :4]), 2 / 3, atol=0.04)
    assert found.counted[0] == pytest.approx(1 / 16, rel=0.02)
    blind = space.from_json([written(rule, start)])
    measure(blind, counted, Weights.of(counted.values), 80)
    assert measure(blind, counted, counted, 0).counted[0] > 1.1 / 16


@pytest.mark.parametrize("where", ["column", "weight", "imatrix", "only", "row of columns"])
def test_importance_of_columns_and_weights_is_the_same(columns, where):
    weights, each = columns
    full = np.broadcast_to(each, weights.shape)
    given = {
        "column": {"w": each},
        "weight": {"w": full.astype(np.float64)},
        "imatrix": {"w.in_sum2": each[None], "w.counts": np.ones((1, 1))},
        "only": {"arr_0": each},
        "row of columns": {"w": each[None]},
    }[where]
    found = with_importance(tensors({"w": weights}), given)
    part = sampled(found, 1 << 20)
    np.testing.assert_allclose(
        part.importance, (full / full.max()).reshape(-1)[: part.importance.size], rtol=1e-6
    )


@pytest.mark.parametrize(
    "given, told",
    [
        ({"w": np.ones(64)}, r"shape \(64, 48\) or \(48,\) for 'w', got \(64,\)"),
        ({"w": np.ones((48, 64))}, r"got \(48, 64\): one number for each weight"),
        ({"v": np.ones(48), "u": np.ones(48)}, "tensors such as 'w', got arrays such as 'v', 'u'"),
        ({"w": -np.ones(48)}, "not negative, got -1"),
        ({"w": np.full(48, 1e300)}, "finite in float32 and not negative, got inf"),
        ({"w": np.zeros(48)}, "not all 0"),
        ({"w": np.ones(48, complex)}, "as numbers, got complex128"),
    ],
)
def test_importance_that_does_not_fit_is_refused(columns, given, told):
    with pytest.raises(UsageError, match=told):
        with_importance(tensors({"w": columns[0]}), given)


@pytest.fixture
def files(tmp_path, columns):
    weights, each = columns
    np.savez(tmp_path / "w.npz", w=weights, v=weights[:, ::-1] ** 3, bias=np.ones(4))
    np.savez(tmp_path / "u.npz", w=each)
    return {"data": str(tmp_path / "w.npz"), "importance": str(tmp_path / "u.npz")}


def test_certificates_tell_both_errors(files, columns, layout, uniform):
    task = load_task(settled(TaskSpec.of("quantizers", "weights", files)))
    assert "with importance of 1" in task.asks
    document = written(layout("fp16"), uniform)
    _, objectives, certificate = task.certify(document, 1.0)
    assert task.verify(document, certificate, 1.0).outcome == "verified"
    plain = load_task(settled(TaskSpec.of("quantizers", "weights", {"data": files["data"]})))
    without = plain.certify(document, 1.0)[2]
    assert "weighted_mse" not in without and without["mse"] < certificate["mse"]
    weights, each = columns
    errors = []
    for tensor, u in ((weights, each), (weights[:, ::-1] ** 3, np.ones(48))):
        u = np.broadcast_to(u, tensor.shape).astype(np.float32).reshape(-1)
        flat, rule = tensor.reshape(-1), layout("fp16")
        squares = (through(rule, uniform.levels(rule), flat, u) - flat) ** 2
        errors.append((u * squares).sum() / (u * flat.astype(float) ** 2).sum())
    assert objectives["weighted_mse"] == pytest.approx(np.mean(errors), rel=1e-5)
    assert [o.name for o in task.evaluator.objectives if o.steers] == [
        "weighted_mse",
        "decode_cost",
    ]


@pytest.mark.slow
def test_a_search_and_an_allocation_by_importance(tmp_path, files):
    """On the real command: the front is by the weighted error, and the plan as well."""
    archive, plan = str(tmp_path / "a.sqlite"), tmp_path / "plan.json"
    given = [f"--set={name}={path}" for name, path in files.items()]
    command = ["search", "quantizers", "weights", *given, "--evaluations", "150", "--islands", "1"]
    done = CliRunner().invoke(cli, [*command, "--seed", "1", "--archive", archive, "--quiet"])
    assert done.exit_code == 0, done.output
    shown = CliRunner().invoke(
        cli, ["elites", "--sort", "weighted_mse", "--json", "--archive", archive]
    )
    elites = json.loads(shown.stdout)
    counted = [e["objectives"]["weighted_mse"] for e in elites if e["status"] == "confirmed"]
    assert counted and counted == sorted(counted)
    shared = ["allocate", "--bits", "5", "-o", str(plan), "--archive", archive]
    done = CliRunner().invoke(cli, shared)
    assert done.exit_code == 0 and "weighted_mse" in done.stdout, done.output
    told = json.loads(plan.read_text())
    assert 0 < told["weighted_mse"] <= told["uniform"]["weighted_mse"]


def test_allocations_choose_by_importance(columns, layout, uniform, space):
    """More bits for the tensor whose columns of small weights count."""
    rng = np.random.default_rng(6)
    even, steep = rng.standard_normal((2, 40, 64)).astype(np.float32)
    steep[:, 0] *= 20
    found = tensors({"a": even, "b": steep})
    u = np.ones(64)
    u[0] = 0.0
    layouts = [(layout("fp16", block=64), uniform), (layout("fp16", block=16), uniform)]
    entrants = [Entrant(str(k) * 64, written(*one), {}) for k, one in enumerate(layouts)]
    counted = with_importance(found, {"a": np.ones(64), "b": u})
    for one in (found, counted):
        got = allocate(one, space, entrants, 4.7, Counting(weighted=one is counted))
        sums = got.total["weighted_mse"] if one is counted else got.total["mse"]
        assert sums <= got.uniform.objectives["weighted_mse" if one is counted else "mse"]
    assert [share.elite[0] for share in got.shares] == ["1", "0"] or got.total["weighted_mse"] < 0.1


def test_importance_belongs_to_weights(tmp_path):
    np.save(tmp_path / "u.npy", np.ones(9))
    spec = TaskSpec.of("quantizers", "normal", {"importance": str(tmp_path / "u.npy")})
    with pytest.raises(UsageError, match="expected importance with the target weights"):
        load_task(settled(spec))
