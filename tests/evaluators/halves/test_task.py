"""16-bit functions in the space of elementary functions: settings, a search, code that agrees."""

import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.cli import cli
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.halves.certificate import results_of
from elitemap.searchspaces.elementary.halves.formats import EVERY, FORMATS

STRICT = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror -ffp-contract=off".split()
SETTINGS = {"arithmetic": "bfloat16", "domain": "1,5/4", "max_ops": "6"}


def task(name="exp2", **settings):
    return load_task(TaskSpec.of("elementary", name, {"arithmetic": "bfloat16"} | settings))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"arithmetic": "float8"}, "real, float32, bfloat16, float16"),
        ({"error": "relative"}, "a bound says how errors count"),
        ({"cpu": "sse"}, "avx2 or avx512"),
        ({"ops": "square"}, "square"),
        ({"max_ops": "0"}, "max_ops"),
        ({"domain": "3,2"}, "domain"),
        ({"bound": "ulp<=1"}, "misrounded<=CONSTANT, max_ulp<=CONSTANT or max_absolute_error"),
        ({"bound": "max_absolute_error<=0"}, "positive bound"),
        ({"bound": "misrounded<=7"}, "misrounded<=0"),
        ({"bound": "max_ulp<=1/4"}, "correct rounding"),
    ],
)
def test_impossible_settings_are_refused(settings, said):
    with pytest.raises(UsageError, match=said):
        task(**settings)


def test_a_task_is_made_again_of_its_options():
    for settings in (
        {},
        {"arithmetic": "float16", "domain": "0,1"},
        {"bound": "max_ulp<=3/4"},
        {"bound": "max_absolute_error<=2**-7"},
        {"bound": "misrounded <= 0", "reduction": "none", "domain": "0,1"},
    ):
        one = task(**settings)
        options = {name: str(value) for name, value in one.options.items()}
        again = load_task(TaskSpec.of("elementary", options.pop("target"), options))
        assert again.options == one.options and again.asks == one.asks


@pytest.fixture(scope="module")
def elites(tmp_path_factory):
    """Elites of a short search with a certificate, the best first."""
    path = tmp_path_factory.mktemp("halves") / "a.db"
    config = SearchConfig(
        seed=1, evaluations=40_000, islands=1, workers=1, batch=256, epoch=4096, cache_bits=12
    )
    search(path, TaskSpec.of("elementary", "exp2", SETTINGS), config)
    with ArchiveReader.open(path) as reader:
        found = [e for e in reader.elites(ElitesQuery()) if e.status == "certified"]
    return sorted(found, key=lambda e: (e.objectives["misrounded"], e.objectives["cost"]))


def test_a_search_finds_and_proves_correct_rounding(elites):
    assert elites[0].objectives["misrounded"] == 0
    for elite in elites:
        worth = elite.objectives
        assert (worth["max_ulp"] <= 0.5) == (worth["misrounded"] == 0)
        assert (worth["ulp"] <= 0.5) <= (worth["misrounded"] == 0)


@pytest.mark.slow
@pytest.mark.parametrize("bound", ["max_ulp<=1", "max_absolute_error<=2**-6"])
def test_a_bound_is_answered(tmp_path, bound):
    command = ["search", "elementary", "exp2", "--evaluations", "20000", "--workers", "1"]
    for name, value in (SETTINGS | {"bound": bound}).items():
        command += ["--set", f"{name}={value}"]
    run = CliRunner().invoke(cli, [*command, "--archive", str(tmp_path / "a.db")])
    assert run.exit_code == 0, run.output
    assert f"{bound}: " in run.stderr and ", proved" in run.stderr


@pytest.mark.slow
def test_the_command_compares_with_the_float32_way(elites, tmp_path_factory):
    path = next(tmp_path_factory.getbasetemp().glob("halves*/a.db"))
    run = CliRunner().invoke(cli, ["bench", elites[0].id[:12], "--archive", str(path)])
    assert run.exit_code == 0, run.output
    assert elites[0].id[:10] in run.stdout and "table of 65,536" in run.stdout


def test_curves_show_the_error(elites):
    own = task(**SETTINGS)
    curve = own.curve(elites[0].program)
    assert curve.y_name == "error in ULP" and np.nanmax(np.abs(curve.y)) <= 0.5


#: Whole functions, their cores and what their code is compared at.
CODE = [("exp2", "bfloat16", None, 4), ("sigmoid", "float16", "-8,8", 4)]


@pytest.fixture(params=CODE, ids=lambda case: f"{case[0]}-{case[1]}")
def exported(request, settled, tmp_path):
    """``language -> file`` of code, and bits of the results at all arguments."""
    name, number, domain, degree = request.param
    _, program, *_ = settled(name, number, domain, degree)
    own = task(name, arithmetic=number, **({"domain": domain} if domain else {}))

    def write(language):
        for file, text in own.export(program.to_json(), None, "half_code", language).items():
            (tmp_path / file).write_text(text)
        return tmp_path

    return write, results_of(program, EVERY), number


def test_c_compiles_without_a_warning_and_passes_its_test_of_all_bits(exported):
    write, _, _ = exported
    folder = write("c")
    command = ["cc", *STRICT, "-DELITEMAP_SELFTEST", str(folder / "half_code.c"), "-lm"]
    subprocess.run([*command, "-o", str(folder / "run")], check=True)
    run = subprocess.run([folder / "run"], check=True, capture_output=True, text=True)
    assert "65536 of 65536 cases match" in run.stdout


def load(path):
    space = {"__name__": "code"}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space["half_code"]


def test_numpy_has_the_same_bits_and_passes_its_test(exported):
    write, wanted, number = exported
    path = write("numpy") / "half_code_numpy.py"
    run = subprocess.run([sys.executable, path], check=True, capture_output=True, text=True)
    assert "65536 of 65536 cases match" in run.stdout
    code, kind = load(path), np.dtype(getattr(ml_dtypes, number, number))
    one = np.ones((2, 3), kind)
    made = code(one)
    assert made.dtype == kind and made.shape == (2, 3)
    assert code(one[0, 0]) == made[0, 0]
    assert (made.view(np.uint16) == wanted[one.view(np.uint16)]).all()
    with pytest.raises(TypeError, match=number):
        code(np.ones(3, np.float32))


def test_jax_has_the_same_bits_where_nothing_is_flushed(exported):
    jax = pytest.importorskip("jax")
    write, wanted, number = exported
    code, kind = load(write("jax") / "half_code_jax.py"), getattr(jax.numpy, number)
    x = EVERY.view(kind)
    got = np.asarray(jax.jit(code)(x)).view(np.uint16)
    own = FORMATS[number]
    values = own.values(wanted)
    small = (np.abs(values) <= 2.0**-126) | (np.abs(own.values(EVERY)) < 2.0**-126)
    asked = ~(small | own.is_nan(wanted)) & np.isfinite(own.values(EVERY))
    # XLA may fuse one of two sums with a product that both have.
    apart = own.places(got[asked]) - own.places(wanted[asked])
    assert np.abs(apart).max() <= 1 and np.count_nonzero(apart) <= (3 if number == "float16" else 0)
    slope = jax.grad(lambda v: code(v).astype(jax.numpy.float32))(kind(1.0))
    assert slope.dtype == kind and float(slope) > 0
