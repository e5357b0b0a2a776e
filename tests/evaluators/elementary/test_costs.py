"""Cost tables: where they come from, what they do to searches and known forms."""

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.baselines.computed import computed
from elitemap.evaluators.elementary.costs import X86, Costs, chosen_costs, said_of
from elitemap.evaluators.elementary.evaluator import totals
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

FOUR = tuple(REAL.opcodes[name] for name in ("add", "sub", "mul", "div"))
DEAR = Costs("dear", lambda: X86)


def task(**settings):
    return load_task(settled(TaskSpec.of("elementary", "tanh", settings)))


def table(tmp_path, text):
    path = tmp_path / "costs.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("settings", "cost"),
    [
        ({}, None),
        ({"bound": "error<=1e-3"}, "x86"),
        ({"bound": "error<=1e-3", "costs": "equal"}, None),
        ({"costs": "x86"}, "x86"),
        # x86 says nothing of a primitive of somebody else's
        ({"costs": "equal", "ops": "add,sub"}, None),
    ],
)
def test_divisions_are_dear_where_the_cheapest_is_asked_for(settings, cost):
    made = task(**settings)
    assert made.options.get("costs") == cost
    steering = [o.name for o in made.evaluator.objectives if o.steers]
    assert steering == ["ops" if cost is None else "cost", "error"]
    assert made.goal is None or made.goal.cost == steering[0]
    assert ("costs" in made.problem) == (cost is not None)


def test_a_program_costs_what_its_instructions_cost():
    rng = np.random.default_rng(3)
    batch = random_programs(200, 30, 9, FOUR, rng)
    found = totals(batch, DEAR.by_opcode(REAL))
    for row in range(0, 200, 7):
        program = batch.program(row)
        names = [program.primitive(i).name for i in program.instructions]
        assert found[row] == DEAR.of(program) == sum(X86.get(name, 0.0) for name in names)


def test_a_file_is_known_by_its_numbers(tmp_path):
    one = table(tmp_path, "add = 1\nsub = 1\nmul = 1\ndiv = 30\n")
    first = task(costs=one)
    again = task(costs=table(tmp_path, "div = 30.0\nmul = 1\nsub = 1\nadd = 1.0\n"))
    other = task(costs=table(tmp_path, "div = 31.0\nmul = 1\nsub = 1\nadd = 1.0\n"))
    assert first.options["costs"] == again.options["costs"] != other.options["costs"]
    assert "with costs " in first.words["costs"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("add = 1\nsub = 1\nmul = 1\n", "expected a cost of div, got none"),
        ("add = 1\nsub = 1\nmul = 1\ndiv = 0\n", "expected positive numbers .* div = 0"),
        ("add = 1\nsub = 1\nmul = 1\ndiv = -1\n", "expected positive numbers"),
        ("add = 1\nsub = 1\nmul = 1\ndiv = nan\n", "expected positive numbers"),
        ("add = 1\nsub = true\nmul = 1\ndiv = 1\n", "expected positive numbers"),
        ('add = 1\nsub = 1\nmul = "dear"\ndiv = 4\n', "expected positive numbers"),
        ("[costs]\nadd = 1\n", "expected positive numbers"),
        ("add = 1\nsub = 1\nmul = 1\ndiv = 4\nsqr = 4\n", "primitives .* got 'sqr'; use sqrt"),
        ("add: 1\n", "cannot be read"),
        ("", "got none"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path, text, words):
    with pytest.raises(UsageError, match=words) as caught:
        task(costs=table(tmp_path, text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x87", "expected costs as x86, equal or a file, got 'x87'"),
        ("costs.csv", r"ends in \.toml"),
        ("missing.toml", "no file there"),
    ],
)
def test_other_values_are_told_in_one_line(value, words):
    with pytest.raises(UsageError, match=words):
        task(costs=value)


def test_costs_of_float32_are_the_cpu():
    with pytest.raises(UsageError, match="cpu names its cost model"):
        task(costs="x86", arithmetic="float32")


def test_what_was_found_needs_no_file_to_be_shown(tmp_path):
    path = table(tmp_path, "add = 1\nsub = 1\nmul = 1\ndiv = 30\n")
    spec = settled(TaskSpec.of("elementary", "cos", {"costs": path}))

    class Gone:
        digest = dict(spec.digests)["costs"]

        @staticmethod
        def load():
            raise UsageError("no file there")

    costs = chosen_costs(Gone.digest, FOUR, REAL, Gone, False)
    assert said_of(costs) == "own costs"
    with pytest.raises(UsageError, match="no file there"):
        costs.by_opcode(REAL)


def test_known_forms_are_the_best_at_their_cost():
    target = resolve_target("tanh")
    plain, dear = computed(target, 10), computed(target, 10, DEAR)
    prices = [DEAR.of(known.program) for known in dear]
    assert prices == sorted(prices)
    assert [k.digits for k in dear] == sorted(k.digits for k in dear)
    # Every form of the plain table is matched at its price, and polynomials are cheaper somewhere.
    for known in plain:
        least = max(
            k.digits for k, p in zip(dear, prices, strict=True) if p <= DEAR.of(known.program)
        )
        assert least > known.digits - 0.01
    assert {k.program.cost for k in dear} - {k.program.cost for k in plain}


def test_a_search_keeps_programs_of_few_divisions(tmp_path):
    path = tmp_path / "a.db"
    spec = TaskSpec.of("elementary", "tanh", {"costs": "x86", "max_ops": "8"})
    config = SearchConfig(
        seed=1, evaluations=60_000, islands=1, workers=1, batch=512, epoch=8192, cache_bits=12
    )
    search(path, spec, config, lambda event: None)
    with ArchiveReader.open(path) as reader:
        elites = reader.elites(ElitesQuery())
        front = reader.elites(ElitesQuery(pareto="cost,error"))
    assert {e.measures["divisions"] for e in elites} >= {0, 1, 2}
    costs = [e.objectives["cost"] for e in front]
    assert len(set(costs)) == len(costs)
    for elite in elites:
        divisions, ops = elite.measures["divisions"], elite.objectives["ops"]
        assert elite.objectives["cost"] == pytest.approx(ops + 9 * divisions)


def test_batches_of_constants_cost_nothing():
    assert totals(Batch(2, 3), DEAR.by_opcode(REAL)).tolist() == [0.0, 0.0]
