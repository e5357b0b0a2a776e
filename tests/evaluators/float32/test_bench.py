"""Peers are what they are called, and elites are measured beside them."""

import numpy as np
import pytest

from elitemap.engine.protocols import Bench, Compared, Entrant, Missing, Objective
from elitemap.evaluators.float32.arguments import truth
from elitemap.evaluators.float32.bench import bench, largest
from elitemap.evaluators.float32.peers import Peer, peers
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.terminal.commands.bench import bench_json, front_of
from elitemap.terminal.tables.benches import bench_table


@pytest.mark.parametrize("name", ["exp2", "log", "sin", "erf", "sigmoid"])
def test_peers_compute_the_function(name):
    points = truth(resolve(name, "-1,1" if name != "log" else "1/2,3", "usual"), 2)
    found = list(peers(name))
    there = [one for one in found if isinstance(one, Peer)]
    assert there and all(largest(one.function, points) < 100 for one in there)
    assert all(one.cure for one in found if isinstance(one, Missing))
    assert {f"glibc {name}", f"NumPy {name}"} & {one.name for one in there} or name == "sigmoid"


def test_peers_leave_subnormal_numbers_as_they_were():
    """A library that is linked with -ffast-math would flush them in the whole process."""
    for _ in peers("exp2"):
        pass
    tiny = np.full(8, 1e-40, np.float32)
    assert (tiny * np.float32(0.5) > 0).all()


def test_nobody_has_other_functions():
    assert all(isinstance(one, Missing) for one in peers("x+1"))


def test_elites_are_measured_beside_peers(horner, settled):
    function, program, *_ = settled("exp2", None, horner(5))
    entrant = Entrant("0123456789abcdef", program.to_json(), {"max_ulp": 2.5, "ulp": 2.0})
    said = []
    found = bench(function, [entrant], False, said.append)
    ours, *others = found.rows
    assert (ours.name, ours.objectives["max_ulp"]) == ("0123456789", 2.5)
    assert 0.5 < ours.objectives["ulp"] < 4 and ours.objectives["ns"] > 0
    assert {row.name.split()[0] for row in others} >= {"glibc", "NumPy"} and "timing" in said
    assert all(row.version for row in others)


COLUMNS = (Objective("ulp", -1), Objective("ns", -1, unit="ns"), Objective("spread", 0))
ROWS = (
    Compared("ours", "", {"ulp": 1.0, "ns": 0.2, "spread": 0.1}),
    Compared("theirs", "1.0", {"ulp": 2.0, "ns": 0.3}),
    Compared("fast", "1.0", {"ulp": np.inf, "ns": 0.1}),
    Compared("untimed", "1.0", {"ulp": 0.5}),
)


def test_the_front_is_of_what_has_all_figures():
    found = Bench(COLUMNS, ROWS, (Missing("SLEEF", "apt install it"),), ("a note",))
    assert front_of(found) == {0, 2}
    assert front_of(Bench(COLUMNS, (), ())) == frozenset()
    made = bench_json(found, front_of(found))
    assert [row["front"] for row in made["rows"]] == [True, False, True, False]
    assert made["rows"][2]["objectives"]["ulp"] is None
    assert made["missing"] == [{"name": "SLEEF", "cure": "apt install it"}]


def test_the_table_says_who_is_missing(capsys):
    from rich.console import Console

    found = Bench(COLUMNS, ROWS, (Missing("SLEEF", "apt install it"),), ("a note",))
    Console(width=120).print(bench_table(found, front_of(found)))
    told = capsys.readouterr().out
    assert "missing: SLEEF (apt install it)" in told and "a note" in told
    assert [line.split()[0] for line in told.splitlines() if "●" in line][:2] == ["●", "●"]
