"""The cheaper reduction: by the model of costs, for bounds of few units, and only where asked."""

import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.float32.asked import asked
from elitemap.evaluators.float32.choosing import settled
from elitemap.evaluators.float32.task import float32_task
from elitemap.evaluators.halves.task import half_task
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16


@pytest.mark.parametrize(
    ("name", "cpu", "most", "absolute", "found"),
    [
        ("tanh", "avx512", 0.97, None, "table"),
        ("erf(x)", "avx512", 4.0, None, "table"),
        ("tanh", "avx2", 0.97, None, "usual"),
        ("tanh", "avx512", 1000.0, None, "usual"),
        ("tanh", "avx512", float("inf"), None, "usual"),
        ("tanh", "avx512", 8.0, 2.0**-21, "usual"),
        ("exp", "avx512", 0.97, None, "usual"),
        ("tanh", "avx512", 4096.0, 2.0**-12, "table"),
        ("gelu", "avx512", 4096.0, 2.0**-12, "table"),
        ("exp", "avx512", 4096.0, 2.0**-12, "usual"),
        # No polynomial of few terms is near the other's quotient, whatever tables cost.
        ("gelu", "avx512", 0.97, None, "table"),
        ("gelu", "avx2", 0.97, None, "table"),
        ("gelu", "avx2", 100.0, None, "usual"),
    ],
)
def test_the_cheaper_reduction_is_taken(name, cpu, most, absolute, found):
    assert settled(name, asked({"cpu": cpu}, "float32"), most, absolute) == found


@pytest.mark.parametrize("value", ["usual", "table", "none"])
def test_what_is_asked_for_stays(value):
    assert settled("tanh", asked({"reduction": value}, "float32"), 0.97, None) == value


def test_runs_record_what_they_have():
    options = {"bound": "max_ulp<=1", "cpu": "avx512"}
    assert float32_task("tanh", options).options["reduction"] == "table"
    assert float32_task("exp", options).options["reduction"] == "usual"


def test_functions_of_16_bits_have_no_tables():
    with pytest.raises(UsageError, match="usual or none in bfloat16, got table"):
        half_task("tanh", {"reduction": "table"}, BFLOAT16)
