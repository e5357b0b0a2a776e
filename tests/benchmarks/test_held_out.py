"""Found rules beside tuned peers: what a row of the comparison says."""

from benchmarks.optimizers.held_out import row_of
from elitemap.engine.protocols import Bench, Compared, Objective


def test_a_row_has_the_whole_and_every_workload():
    figures = {"loss": 0.9, "low": 0.8, "high": 1.1, "steps": float("nan"), "ahead": 1.0}
    figures |= {"behind": 0.0, "profile": 1.0, "failed": 2.0, "on quadratic": 0.97}
    columns = (Objective("loss", -1), Objective("on quadratic", 0, label="quadratic"))
    one = Compared("aad37f679f", "", figures)
    assert row_of(one, Bench(columns, (one,), ())) == {
        "rule": "aad37f679f",
        "loss / AdamW's": "0.900 (0.800 to 1.100)",
        "steps / AdamW's": "not reached",
        "ahead": "1",
        "behind": "0",
        "diverged": "2",
        "quadratic": "0.970",
    }
