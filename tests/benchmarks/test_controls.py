"""Searches beside their controls: what intervals over runs and fresh runs say."""

import json

import numpy as np
import pytest

from benchmarks.optimizers import controls
from benchmarks.optimizers.searching import changed
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.zoo import known


def run(method, seed, logs, target="quadratic"):
    return {
        "target": target,
        "evaluations": 1000,
        "method": method,
        "seed": seed,
        "processor seconds": 10,
        "logs": np.asarray(logs).tolist(),
    }


def runs(method, level, spread, rng):
    """Five runs, whose rules differ by ``spread``, on 32 fresh runs that differ by 0.05."""
    luck = 0.05 * np.random.default_rng(7).standard_normal(32)
    levels = level + spread * rng.standard_normal(5)
    return [run(method, k, [each + luck]) for k, each in enumerate(levels, 1)]


@pytest.mark.parametrize(
    ("better", "verdict"), [(0.3, "ahead"), (0.0, "not told apart"), (-0.3, "behind")]
)
def test_a_difference_counts_if_it_is_more_than_runs_differ(better, verdict):
    rng = np.random.default_rng(1)
    searches = runs("search", -better, 0.05, rng)
    told = controls.rows([*searches, *runs("random rules", 0.0, 0.05, rng)])
    assert [row["method"] for row in told] == ["search", "random rules"]
    assert told[0]["the search is"] == "" and told[1]["the search is"] == verdict
    assert told[1]["beaten"] == {0.3: "25 of 25", -0.3: "0 of 25"}.get(better, told[1]["beaten"])


def test_runs_that_differ_widely_say_nothing_of_as_small_a_difference():
    rng = np.random.default_rng(2)
    searches = runs("search", -0.1, 0.5, rng)
    told = controls.rows([*searches, *runs("constants of AdamW", 0.0, 0.5, rng)])
    assert told[1]["the search is"] == "not told apart"


def test_a_measurement_that_is_not_complete_has_rows():
    rng = np.random.default_rng(3)
    searches = runs("search", -0.3, 0.05, rng)
    told = controls.rows([*searches[:3], *runs("random rules", 0.0, 0.05, rng)[:2]])
    assert told[1]["the search is"] == "ahead" and told[1]["beaten"] == "6 of 6"


def test_workloads_count_alike_and_targets_are_kept_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(controls, "PATH", tmp_path / "controls.json")
    one = run("search", 1, [[0.1] * 32, [-0.3] * 32], "mixed")
    other = run("random rules", 1, [[0.2] * 32])
    controls.write([one, other])
    assert controls.kept() == [one, other]
    told = json.loads((tmp_path / "controls.json").read_text())["rows"]
    assert [row["searched"] for row in told] == ["mixed", "quadratic"]
    assert told[0]["loss / AdamW's"].startswith(f"{np.exp(-0.1):.3f}")
    assert told[1]["search's loss / its"] == "", "there is no search of that target"


def test_constants_change_and_nothing_else_does():
    space = RuleSpace(2, 1000, "random")
    begun = space.canonical(space.batch([known("AdamW", 2)]))[0].take(np.zeros(200, np.intp))
    made = changed(begun, np.random.default_rng(1))
    np.testing.assert_array_equal(made.opcode, begun.opcode)
    np.testing.assert_array_equal(made.operand, begun.operand)
    differ = (made.constant != begun.constant).any(axis=2)
    assert differ.any(axis=1).mean() > 0.95, "one is left to itself where it leaves nothing"
    assert not begun.opcode[differ].any(), "only literals have constants"
    # 0.9 is what 0.1 leaves to one: either of them is multiplied.
    share = made.constant[:, 2, 0]
    assert ((share > 0.9) & (share < 1.0)).any() and (share < 0.9).any()


def test_a_run_is_kept_with_all_that_rows_need():
    made = controls.ran("rosenbrock", "random rules", 1, 4)
    assert np.array(made["logs"]).shape == (1, controls.FRESH)
    assert np.isfinite(made["logs"]).all()
    assert controls.rows([made])[0]["method"] == "random rules"
    assert "update" in made["rule"]
