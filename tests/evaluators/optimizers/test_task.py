"""Options, certificates, names by behaviour, and a search from end to end."""

import json
from itertools import count

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Unproved
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.certificate import certify, verify
from elitemap.evaluators.optimizers.comparing import tuned
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.task import curve, rule_task
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known

QUADRATIC = (WORKLOADS["quadratic"],)


@pytest.mark.parametrize(
    "options, told",
    [
        ({"start": "adam"}, "start as one of adamw, momentum, sgd, adafactor, muon, random"),
        ({"slots": "0"}, "slots as a whole number from 1 to 4"),
        ({"slots": "two"}, "slots as a whole number from 1 to 4"),
        ({"max_cost": "1000"}, "max_cost as a whole number from 2 to 120"),
        ({"slots": "1"}, "slots of at least 2 for adamw"),
        ({"max_cost": "9"}, "max_cost of at least 20 for adamw, got 9"),
        ({"matrices": "maybe"}, "matrices as one of no, yes"),
        ({"start": "muon", "max_cost": "90"}, "matrices=yes for muon"),
    ],
)
def test_impossible_options_are_refused_with_what_is_possible(options, told):
    with pytest.raises(UsageError, match=f"expected {told}"):
        rule_task("quadratic", options)


def test_an_unknown_workload_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError, match="digits-mlp, .*mixed, got 'imagenet'"):
        rule_task("imagenet", {})


def slow_but(*names):
    """Known rules, of which those named are tested in the fast lane."""
    return [n if n in names else pytest.param(n, marks=pytest.mark.slow) for n in ZOO]


@pytest.mark.parametrize("name", slow_but("SGD", "momentum", "AdamW"))
def test_known_rules_are_called_by_their_names_whatever_their_constants(name):
    one = ZOO[name]
    factors = dict(zip(one.constants, (1.7, 0.6, 0.5, 2.0), strict=False))
    values = {key: usual * factors[key] for key, usual in one.constants.items()}
    made = label(one.program(2, values))
    assert made.text == name and made.difference < 0.01


@pytest.mark.parametrize(
    "constants",
    [
        (0.1, 0.01, 0.1),
        pytest.param((0.101, 0.003, 0.46), marks=pytest.mark.slow),
        pytest.param((0.3, 0.05, 0.02), marks=pytest.mark.slow),
    ],
)
def test_lion_is_found_by_its_signs_alone(constants):
    a, b, k = constants
    lines = f"update = add(sign(interp(m, g, {a})), scale(w, {k}))\nm = interp(m, g, {b})"
    assert label(rule(lines, 2)).text == "Lion"


@pytest.mark.parametrize(
    "lines, name",
    [
        ("m = interp(m, g, 0.2)\nupdate = div(m, abs(m))", "Signum"),
        ("update = scale(sign(tanh(g)), 3.0)", "signSGD"),
        ("m = add(scale(m, 0.5), scale(g, 7.0))\nupdate = scale(m, 0.1)", "momentum"),
        ("v = interp(v, square(g), 0.02)\nupdate = div(g, shift(sqrt(v), 1e-7))", "RMSProp"),
    ],
)
def test_other_spellings_are_the_same_rule(lines, name):
    assert label(rule(lines.replace("div(m, abs(m))", "sign(cube(m))"), 2)).text == name


def test_what_is_like_no_known_rule_is_new():
    made = label(rule("update = cbrt(g)", 1))
    assert made.text.startswith("new") and made.difference > 0.2


@pytest.fixture(scope="module")
def space():
    return RuleSpace(2, 60, "adamw")


@pytest.fixture(scope="module")
def confirmed(space):
    """A rule with its rate, and its certificate."""
    document = space.to_json(tuned("momentum", QUADRATIC), 0)
    return document, certify(document, space, QUADRATIC)


def test_a_certificate_says_how_fresh_runs_went(confirmed):
    _, made = confirmed
    assert made["loss_low"] < made["loss"] < made["loss_high"] and made["runs"] == 16
    assert made["label"] == "momentum"
    low, ratio, high = (made[f"against_adamw{end}"] for end in ("_low", "", "_high"))
    assert low < ratio < high and ratio == pytest.approx(made["loss"] / made["adamw"], rel=1e-4)
    json.dumps(made, allow_nan=False)


def test_adamw_is_as_good_as_itself(space):
    document = space.to_json(tuned("AdamW", QUADRATIC), 0)
    assert certify(document, space, QUADRATIC)["against_adamw"] == 1.0


def test_a_certificate_is_verified_by_training_again(confirmed, space):
    document, made = confirmed
    assert verify(document, made, space, QUADRATIC).outcome == "verified"


@pytest.mark.parametrize(
    "change",
    [
        {"loss": 1e-3},
        {"loss": None},
        {"against_adamw": 0.5},
        {"label": "Lion"},
        {"runs": 1000},
        {"workloads": ["digits-mlp"]},
    ],
)
def test_certificates_that_claim_something_else_fail(confirmed, space, change):
    document, made = confirmed
    verdict = verify(document, {**made, **change}, space, QUADRATIC)
    assert verdict.outcome == "failed" and next(iter(change)) in verdict.reason


def test_a_rule_that_diverges_on_fresh_runs_is_not_confirmed(space):
    batch = space.batch([known("SGD", 2)])
    batch.rate[:] = 10.0
    made = certify(space.to_json(batch, 0), space, QUADRATIC)
    assert isinstance(made, Unproved) and "16 fresh runs diverged" in made.reason


def test_a_curve_follows_the_loss(confirmed, space):
    document, _ = confirmed
    made = curve(document, space, QUADRATIC)
    assert len(made.x) == WORKLOADS["quadratic"].steps and made.y[-1] < 0.01 * made.y[0]
    assert curve({**document, "rates": []}, space, QUADRATIC) is None


@pytest.mark.slow
def test_a_search_with_matrices_has_cells_for_them(tmp_path):
    config = SearchConfig(seed=3, evaluations=60, islands=1, workers=1)
    options = {"matrices": "yes", "start": "adafactor"}
    outcome = search(tmp_path / "a.db", TaskSpec.of("optimizers", "quadratic", options), config)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    assert {elite.measures["matrices"] > 0 for elite in elites} == {True, False}


@pytest.mark.slow
def test_a_search_fills_the_map_and_confirms_its_front(tmp_path):
    config = SearchConfig(seed=3, evaluations=150, islands=2, workers=1, batch=64, epoch=256)
    spec = TaskSpec.of("optimizers", "mixed", {"start": "sgd"})
    outcome = search(tmp_path / "a.db", spec, config)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    front = [elite for elite in elites if elite.status == "confirmed"]
    assert front and all(elite.certificate["runs"] == 16 for elite in front)
    assert {elite.objectives["slots"] for elite in elites} >= {0.0, 1.0}
    start = tuned("SGD", tuple(WORKLOADS.values()))
    losses = [elite.objectives["loss"] for elite in elites]
    assert min(losses) < 0.5 * max(losses) and start.rate.shape == (1, 4)
    assert all(np.isfinite(elite.quality) for elite in elites)


def test_generations_are_small_because_evaluations_are_dear(tmp_path):
    """Else a search of a few thousand evaluations would be its first, random, generation."""
    config = SearchConfig(seed=3, evaluations=20, islands=1, workers=1)
    spec = TaskSpec.of("optimizers", "rosenbrock", {})
    outcome = search(tmp_path / "a.db", spec, config)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        recorded = reader.run(outcome.run).config["search"]
    assert recorded["batch"] == 256 and recorded["epoch"] == 2048


def found(path, run):
    """Documents, qualities and runs of all elites, in order."""
    with ArchiveReader.open(path) as reader:
        elites = list(reader.elites(ElitesQuery(run=run)))
    return sorted(
        (json.dumps(e.program), e.quality, e.objectives["runs"], e.status) for e in elites
    )


@pytest.mark.slow
def test_an_interrupted_search_ends_as_one_that_was_not(tmp_path):
    """To the bit, although every evaluation is noisy and whatever the number of workers."""
    config = SearchConfig(seed=5, evaluations=400, islands=2, workers=1)
    spec = TaskSpec.of("optimizers", "rosenbrock", {"start": "sgd"})
    whole = search(tmp_path / "a.db", spec, config)
    asked = count()
    halted = search(tmp_path / "b.db", spec, config, halted=lambda: next(asked) >= 2)
    assert whole.done and not halted.done
    again = resume(tmp_path / "b.db", workers=2)
    assert again.done
    assert found(tmp_path / "a.db", whole.run) == found(tmp_path / "b.db", again.run)
