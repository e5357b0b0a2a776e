"""Float32 in the space of elementary functions: settings, a search, code, and its certificate."""

import copy
import json
import subprocess

import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.cli import cli
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Unproved
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task

STRICT = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror -ffp-contract=off".split()
SETTINGS = {"arithmetic": "float32", "domain": "1,1.25", "max_ops": "6"}
#: About the zero at pi, which no float32 is.
ABSOLUTE = {"arithmetic": "float32", "domain": "3,3.25", "max_ops": "4", "reduction": "none"}


def task(name="exp2", **settings):
    return load_task(TaskSpec.of("elementary", name, {"arithmetic": "float32"} | settings))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"arithmetic": "float31"}, "one of real, float32"),
        ({"error": "relative"}, "a bound says how errors count"),
        ({"cpu": "sse"}, "avx2 or avx512"),
        ({"ops": "square"}, "square"),
        ({"max_ops": "0"}, "max_ops"),
        ({"domain": "3,2"}, "domain"),
        ({"bound": "ulp<=1"}, "max_ulp<=CONSTANT"),
        ({"bound": "max_ulp>=1"}, "max_ulp<=CONSTANT"),
        ({"bound": "max_ulp<=-1"}, "positive bound"),
        ({"bound": "max_absolute_error<=0"}, "positive bound"),
    ],
)
def test_impossible_settings_are_refused(settings, said):
    with pytest.raises(UsageError, match=said):
        task(**settings)


def test_settings_of_float32_are_none_of_the_reals():
    with pytest.raises(UsageError, match="arithmetic=float32 only"):
        load_task(TaskSpec.of("elementary", "exp2", {"cpu": "avx2"}))


def test_a_task_is_made_again_of_its_options():
    for settings in (
        {},
        {"domain": "0,1"},
        {"bound": "max_ulp<=1"},
        {"bound": "max_absolute_error<=2**-11"},
        {"reduction": "none", "domain": "0,1"},
    ):
        one = task(**settings)
        options = {name: str(value) for name, value in one.options.items()}
        again = load_task(TaskSpec.of("elementary", options.pop("target"), options))
        assert again.options == one.options and again.asks == one.asks


@pytest.fixture(scope="module")
def elites(tmp_path_factory):
    """Elites of a short search with a certificate, the best first."""
    path = tmp_path_factory.mktemp("float32") / "a.db"
    config = SearchConfig(
        seed=1, evaluations=80_000, islands=1, workers=1, batch=256, epoch=4096, cache_bits=12
    )
    search(path, TaskSpec.of("elementary", "exp2", SETTINGS), config)
    with ArchiveReader.open(path) as reader:
        found = [e for e in reader.elites(ElitesQuery()) if e.status == "certified"]
    return sorted(found, key=lambda e: e.objectives["max_ulp"])


def test_a_search_finds_and_proves(elites):
    best = elites[0].objectives
    assert best["max_ulp"] < 400
    assert best["ulp"] <= best["max_ulp"] * 1.001
    assert all(e.objectives["max_relative_error"] > 0 for e in elites)


def test_code_for_all_float32_compiles_without_a_warning(elites, tmp_path):
    """With the shorter way for blocks without special cases."""
    own = task("exp2")
    document = own.space.to_json(task(**SETTINGS).space.from_json([elites[0].program]), 0)
    for name, text in own.export(document, None, "complete_exp2", "c").items():
        (tmp_path / name).write_text(text)
    text = (tmp_path / "complete_exp2.c").read_text()
    assert "complete_exp2_fast(" in text and "INF" not in text
    run = tmp_path / "run"
    source = str(tmp_path / "complete_exp2.c")
    command = ["cc", *STRICT, "-DELITEMAP_SELFTEST", source, "-o", str(run), "-lm"]
    subprocess.run(command, check=True)
    assert "cases match" in subprocess.run([run], check=True, capture_output=True, text=True).stdout


def test_code_compiles_without_a_warning_and_passes_its_test(elites, tmp_path):
    program = elites[0].program
    own = task(**SETTINGS)
    _, _, certificate = own.certify(program, 60.0)
    for name, text in own.export(program, certificate, "fast_exp2", "c").items():
        (tmp_path / name).write_text(text)
    head = (tmp_path / "fast_exp2.h").read_text()
    assert f"{certificate['max_ulp']:.4f} units in the last place" in " ".join(head.split())
    run = tmp_path / "run"
    command = ["cc", *STRICT, "-DELITEMAP_SELFTEST", str(tmp_path / "fast_exp2.c"), "-o", str(run)]
    subprocess.run([*command, "-lm"], check=True)
    assert "cases match" in subprocess.run([run], check=True, capture_output=True, text=True).stdout


def test_certificates_are_proved_again_and_false_ones_fail(elites):
    program = elites[0].program
    own = task(**SETTINGS)
    _, objectives, certificate = own.certify(program, 60.0)
    json.dumps(certificate, allow_nan=False)
    assert objectives["max_ulp"] == certificate["max_ulp"]
    assert own.verify(program, certificate, 60.0).outcome == "verified"
    for name, value in (("max_ulp", 0.4), ("arguments", 7), ("domain", "every float32")):
        false = copy.deepcopy(certificate) | {name: value}
        assert own.verify(program, false, 60.0).outcome == "failed"


def test_what_is_not_proved_says_why(elites):
    program = task(**SETTINGS).space.from_json([elites[0].program])
    own = task("exp2")
    document = own.space.to_json(program, 0)
    *_, unproved = own.certify(document, 0.0)
    assert isinstance(unproved, Unproved) and not unproved.final


def test_a_bound_is_answered_and_nobody_is_better_for_more(tmp_path):
    path = tmp_path / "a.db"
    command = ["search", "elementary", "exp2", "--evaluations", "40000", "--workers", "1"]
    for name, value in (SETTINGS | {"bound": "max_relative_error<=0.01"}).items():
        command += ["--set", f"{name}={value}"]
    run = CliRunner().invoke(cli, [*command, "--archive", str(path)])
    assert run.exit_code == 0, run.output
    assert "max_relative_error<=0.01: " in run.stderr and ", proved" in run.stderr
    with ArchiveReader.open(path) as reader:
        elites = list(reader.elites(ElitesQuery()))
    best = max(e.quality for e in elites)
    assert sum(e.quality == best for e in elites) > 1


@pytest.fixture(scope="module")
def absolute(tmp_path_factory):
    """The answer to a bound of the absolute error, and what the command said."""
    path = tmp_path_factory.mktemp("absolute") / "a.db"
    command = ["search", "elementary", "sin", "--evaluations", "30000", "--workers", "1"]
    for name, value in (ABSOLUTE | {"bound": "max_absolute_error<=2**-9"}).items():
        command += ["--set", f"{name}={value}"]
    run = CliRunner().invoke(cli, [*command, "--archive", str(path)])
    assert run.exit_code == 0, run.output
    with ArchiveReader.open(path) as reader:
        found = [e for e in reader.elites(ElitesQuery()) if e.status == "certified"]
    met = [e for e in found if e.objectives["max_absolute_error"] <= 2.0**-9]
    return min(met, key=lambda e: e.objectives["cost"]), run.stderr


def test_an_absolute_error_is_a_bound_of_its_own(absolute):
    """Around a zero of the sine far from 0 no relative error is small."""
    elite, said = absolute
    worth = elite.objectives
    assert "max_absolute_error<=2**-9: " in said and ", proved" in said
    assert worth["absolute_error"] <= worth["max_absolute_error"] * 1.001
    assert worth["max_relative_error"] > 0.01 and worth["max_ulp"] > 2.0**16


def test_code_and_curves_tell_the_absolute_error(absolute):
    elite, _ = absolute
    own = task("sin", **ABSOLUTE, bound="max_absolute_error<=2**-9")
    made = own.export(elite.program, elite.certificate, "near_sin", "c")
    error = elite.objectives["max_absolute_error"]
    (line,) = (s for s in made["near_sin.h"].splitlines() if "Largest absolute error" in s)
    told = float(line.split("error ")[1].split(",")[0])
    assert error <= told <= error * 1.001
    curve = own.curve(elite.program)
    assert curve.y_name == "absolute error"
    assert abs(curve.y).max() == pytest.approx(error, rel=0.2)
    worse = copy.deepcopy(elite.certificate) | {"max_absolute_error": error / 2}
    assert own.verify(elite.program, worse, 60.0).outcome == "failed"


def test_curves_show_the_error(elites):
    own = task(**SETTINGS)
    curve = own.curve(elites[0].program)
    assert curve.y_name == "error in ULP"
    assert abs(curve.y).max() <= elites[0].objectives["max_ulp"] + 1e-6


def test_the_command_compares_the_front_of_a_run(elites, tmp_path_factory):
    path = next(tmp_path_factory.getbasetemp().glob("float32*/a.db"))
    run = CliRunner().invoke(cli, ["bench", "--archive", str(path), "--json"])
    assert run.exit_code == 0, run.output
    made = json.loads(run.stdout)
    names = [row["name"] for row in made["rows"]]
    assert elites[0].id[:10] in names and "glibc exp2" in names
    refused = CliRunner().invoke(cli, ["bench", "abc", "--run", "abc", "--archive", str(path)])
    assert isinstance(refused.exception, UsageError)
