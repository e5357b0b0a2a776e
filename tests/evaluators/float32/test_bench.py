"""Peers are what they are called, and elites are measured beside them."""

import subprocess
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from elitemap.engine.protocols import Bench, Compared, Entrant, Missing, Objective
from elitemap.evaluators.float32 import bench as measuring
from elitemap.evaluators.float32.arguments import truth
from elitemap.evaluators.float32.bench import largest
from elitemap.evaluators.float32.peers import (
    Peer,
    eigen,
    intel,
    libm,
    llvm,
    python,
    sleef,
    sollya,
    tricks,
)
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.terminal.commands.bench import bench_json, front_of
from elitemap.terminal.tables.benches import bench_table

#: Peers with names of functions; all but the tricks are near.
ALL = (libm, sleef, intel, llvm, eigen, python)


@cache
def every(name):
    """What is compiled is compiled once."""
    return [one for module in ALL for one in module.peers(name)]


def slow(name):
    return pytest.param(name, marks=pytest.mark.slow)


@pytest.mark.parametrize("name", ["exp2", "sigmoid", slow("log"), slow("sin"), slow("erf")])
def test_peers_compute_the_function(name):
    points = truth(resolve(name, "-1,1" if name != "log" else "1/2,3", "usual"), 2)
    found = every(name)
    there = [one for one in found if isinstance(one, Peer)]
    exact = [one for one in there if " EP " not in one.name and "Eigen" not in one.name]
    assert exact and all(largest(one.function, points)["ulp"] < 100 for one in exact)
    assert all(one.version for one in there)
    assert all(one.cure for one in found if isinstance(one, Missing))
    assert {f"glibc {name}", f"NumPy {name}"} & {one.name for one in there} or name == "sigmoid"


@pytest.mark.parametrize("name", ["exp2", slow("tanh")])
def test_peers_take_any_number_of_arguments(name):
    """Vectors are filled up; nothing is written beyond the end."""
    x = np.linspace(-1, 1, 37, dtype=np.float32)
    for one in every(name):
        if isinstance(one, Peer):
            parts = [one.function(part.copy()) for part in np.split(x, [1, 5, 21])]
            # Some take another function for what fills no vector.
            assert np.allclose(np.concatenate(parts), one.function(x), 1e-3), one.name


@pytest.mark.parametrize("name", ["exp2", "log", "tanh", slow("silu")])
def test_tricks_are_near(name):
    ends = "1/2,3" if name.startswith("log") else "-2,2"
    points = truth(resolve(name, ends, "usual"), 1)
    found = [one for one in tricks.peers(name) if isinstance(one, Peer)]
    assert len(found) >= 2
    for one in found:
        error = np.abs(one.function(points.points) - points.values)
        assert error.max() < 0.07 * max(1.0, float(np.abs(points.values).max())), one.name
    assert not list(tricks.peers("sin"))


def test_peers_leave_subnormal_numbers_as_they_were():
    """A library that is linked with -ffast-math would flush them in the whole process."""
    assert every("exp2")
    tiny = np.full(8, 1e-40, np.float32)
    assert (tiny * np.float32(0.5) > 0).all()


def test_nobody_has_other_functions():
    assert all(isinstance(one, Missing) for one in every("x+1"))


def test_libraries_of_packages_are_found_by_their_lists_of_files(monkeypatch, tmp_path):
    for file in ("libsvml.so", "libintlc.so.5", "notes.txt"):
        (tmp_path / file).touch()

    class Known:
        version = "1.2"
        files = ("libsvml.so", "libintlc.so.5", "notes.txt", "libgone.so")
        locate_file = staticmethod(lambda name: tmp_path / name)

    monkeypatch.setattr(intel, "distribution", lambda name: Known)
    found, version = intel.installed("some", ("libsvml", "libintlc"))
    assert [path.name for path in found] == ["libsvml.so", "libintlc.so.5"] and version == "1.2"
    assert intel.installed("some", ("libsvml", "libgone")) == ([], "")
    monkeypatch.undo()
    assert intel.installed("no-such-package-at-all", ("libsvml",)) == ([], "")


def test_the_newest_c_library_of_llvm(tmp_path):
    for name in ("llvm-9", "llvm-22", "llvm-x"):
        (tmp_path / name / "lib").mkdir(parents=True)
        (tmp_path / name / "lib" / "libllvmlibc.a").write_bytes(b"..__llvm_libc_22_1_8_exp..")
    found = llvm.newest(tmp_path)
    assert found.parts[-3] == "llvm-22" and llvm.version(found) == "22.1.8"
    assert llvm.newest(tmp_path / "llvm-9") is None


@pytest.mark.parametrize(
    "coefficients",
    [[1.5, 0.25, -0.5], [0.0, 2.0, 1.0, 0.25], [0.0, 1.0, -0.5, 0.25], [0.0, 1.0, 0.0, -0.125],
     [0.0, 1.5, 0.0, -0.125, 0.0, 0.5]],
)  # fmt: skip
def test_polynomials_are_what_their_coefficients_say(coefficients):
    program = sollya.polynomial(coefficients)
    batch = Batch.from_programs([program], len(program.instructions))
    x = np.array([-1.5, -0.25, 0.0, 0.5, 2.0])
    assert np.allclose(evaluate(batch, x)[0], np.polynomial.polynomial.polyval(x, coefficients))


def test_polynomials_of_sollya_stand_in_the_reductions(monkeypatch):
    """With a stand-in for Sollya, which may not be installed."""
    single = resolve("exp2", None, "usual")
    said = "degree 2:\n0x1p0\n0x1.62e43p-1\n0x1.ebfbd8p-3\ndegree 3:\nerror\n"
    done = [said, "This is sollya 8.0 connected to a regular file.\n"]
    monkeypatch.setattr(
        sollya.subprocess, "run", lambda *a, **k: SimpleNamespace(stdout=done.pop(0))
    )
    monkeypatch.setattr(sollya, "compiled", CoreOnly)
    (found,) = sollya.peers(single)
    assert (found.name, found.version) == ("Sollya degree 2 exp2", "8.0")
    assert CoreOnly.seen == sollya.whole(
        sollya.polynomial([1.0, float.fromhex("0x1.62e43p-1"), float.fromhex("0x1.ebfbd8p-3")]),
        single.reduction,
    )


def test_what_special_cases_and_reduction_cost_is_measured_beside(monkeypatch):
    single = resolve("exp2", None, "usual")
    said = "degree 6:\n" + "".join(f"0x1p-{k}\n" for k in range(7))
    done, run = [said, "This is sollya 8.0 connected to a regular file.\n"], subprocess.run

    def answered(command, **settings):
        ours = command[0] == "sollya"
        return SimpleNamespace(stdout=done.pop(0)) if ours else run(command, **settings)

    monkeypatch.setattr(subprocess, "run", answered)
    complete, bare, core = sollya.peers(single)
    assert bare.name == "Sollya degree 6 without special cases: exp2"
    assert core.name == "Sollya degree 6 without reduction: exp2"
    x = np.array([-0.5, 0.25, 0.5, 2.25, -100.5], np.float32)
    np.testing.assert_array_equal(bare.function(x), complete.function(x))
    np.testing.assert_array_equal(core.function(x[:3]), complete.function(x[:3]))
    assert core.function(x[3:4])[0] != complete.function(x[3:4])[0]
    assert not np.isnan(complete.function(x[:1] * np.float32(np.inf))[0])


class CoreOnly:
    """Stands for compiling."""

    seen = None
    candidate_n = None

    def __init__(self, program, single):
        type(self).seen = program

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


def test_what_sollya_has_no_name_for_is_said():
    (found,) = sollya.peers(resolve("airyai(x)", "0,1", "usual"))
    assert isinstance(found, Missing) and "airyai" in found.cure
    assert sollya.written(resolve("exp2", None, "usual").reduction.core) == "2^(x)"


def test_without_sollya_it_is_said_how_to_get_it(monkeypatch):
    def absent(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(sollya.subprocess, "run", absent)
    (found,) = sollya.peers(resolve("exp2", None, "usual"))
    assert found == Missing("Sollya exp2", "apt install sollya")


def test_elites_are_measured_beside_peers(horner, settled, monkeypatch):
    few = [*libm.peers("exp2"), *python.peers("exp2"), Missing("SLEEF exp2", "apt install it")]
    monkeypatch.setattr(measuring, "peers", lambda single: few)
    function, program, *_ = settled("exp2", None, horner(5))
    entrant = Entrant("0123456789abcdef", program.to_json(), {"max_ulp": 2.5, "ulp": 2.0})
    said = []
    found = measuring.bench(function, [entrant], False, said.append)
    assert Missing("SLEEF exp2", "apt install it") in found.missing
    ours, *others = found.rows
    assert (ours.name, ours.objectives["max_ulp"]) == ("0123456789", 2.5)
    assert 0.5 < ours.objectives["ulp"] < 4
    assert all(ours.objectives[name] > 0 for name in ("ns", "memory", "latency"))
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
