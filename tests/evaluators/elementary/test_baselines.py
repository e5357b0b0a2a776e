"""What is known before a search, as plots show it."""

import pytest

from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.baselines.tabulated import baselines
from elitemap.searchspaces.elementary.targets import resolve_target


def test_the_published_program_is_among_those_of_exp2():
    known = {b.objectives["ops"]: b.objectives["digits"] for b in baselines(resolve_target("exp2"))}
    assert known[10] == pytest.approx(14.66, abs=0.01)
    digits = [known[ops] for ops in sorted(known)]
    assert digits == sorted(digits) and len(digits) > 8


@pytest.mark.parametrize(
    ("name", "domain", "error"),
    [("exp2", "0,2", None), ("exp2", None, "absolute"), ("exp2(x) + x", None, "absolute")],
)
def test_other_problems_have_none(name, domain, error):
    assert baselines(resolve_target(name, domain, error)) == ()


def test_an_expression_that_names_the_same_function_has_the_same():
    one, other = (
        baselines(resolve_target("exp2(x)", "0,1", "relative")),
        baselines(resolve_target("exp2")),
    )
    assert one == other != ()


def test_tasks_offer_them():
    assert load_task(TaskSpec.of("elementary", "tanh", {})).baselines
