"""Options, exported code that tests itself, and L-Mul found again."""

import ctypes
import shutil
import subprocess
import sys

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.quantizers.exhaustion import fit
from elitemap.evaluators.quantizers.multiplier_task import exported, multiplier_task
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.multipliers import MultiplierSpace
from elitemap.searchspaces.quantizers.products import fields, read

STRICT = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror".split()
FORMATS = [(4, "nearest", 5), (4, "truncate", 0), (2, "nearest", 6), (8, "truncate", 6)]


@pytest.mark.parametrize(
    "name, value, told",
    [
        ("mantissa", "1", "from 2 to 8"),
        ("mantissa", "9", "from 2 to 8"),
        ("mantissa", "four", "from 2 to 8"),
        ("rounding", "up", "nearest or truncate"),
        ("rounding", "", "nearest or truncate"),
        ("guard", "-1", "from 0 to 6"),
        ("guard", "7", "from 0 to 6"),
        ("table", "3", "one of 0, 2, 4, 8, 16, 32, 64"),
        ("table", "128", "one of 0, 2, 4, 8, 16, 32, 64"),
        ("table", "x", "one of 0, 2, 4, 8, 16, 32, 64"),
        ("max_ops", "0", "from 1 to 20"),
        ("max_ops", "21", "from 1 to 20"),
    ],
)
def test_impossible_options_are_refused_with_what_is_possible(name, value, told):
    with pytest.raises(UsageError, match=f"expected {name}.*{told}"):
        multiplier_task("multiplier", {name: value})


def test_another_target_is_refused():
    with pytest.raises(UsageError, match="multiplier"):
        multiplier_task("divider", {})


@pytest.mark.parametrize(
    "table", [None, [1.5], [True], ["1"], [2**24], list(range(17)), {"0": 1}, [0, 0]]
)
def test_what_is_no_table_is_refused(segmented, table):
    mantissas = Mantissas.of(4, "nearest", 5)
    document = segmented(mantissas, 2) | {"table": table}
    with pytest.raises(ProgramError):
        fields(*read(document, 16), 16, mantissas)


def fitted(segmented, mantissas):
    space = MultiplierSpace(mantissas, 8, 16)
    batch = space.from_json([segmented(mantissas, min(2, mantissas.bits))])
    fit(batch, mantissas)
    return space.to_json(batch, 0)


@pytest.fixture(scope="module")
def compiler():
    found = shutil.which("cc") or shutil.which("gcc")
    if found is None:
        pytest.skip("needs a C compiler")
    return found


def rounded(bits, mantissas):
    """Exponent field and code of the magnitude of float32 numbers, by whole numbers."""
    drop = 23 - mantissas.bits
    kept = (bits & 0x7FFFFFFF).astype(np.int64)
    down = kept >> drop
    if mantissas.rounding == "nearest":
        rest, half = kept - (down << drop), 1 << (drop - 1)
        down = down + ((rest > half) | ((rest == half) & (down % 2 == 1)))
    return down >> mantissas.bits, down & (mantissas.codes - 1)


def expected(x, y, product, mantissas):
    """Products of normal numbers in float64, before float32 overflows or underflows."""
    (ex, a), (ey, b) = (rounded(v.view(np.uint32), mantissas) for v in (x, y))
    return np.sign(x) * np.sign(y) * np.ldexp(product[a, b], ex + ey - 254)


@pytest.mark.parametrize("told", FORMATS)
def test_exported_c_is_the_multiplier(tmp_path, segmented, compiler, told):
    mantissas = Mantissas.of(*told)
    document = fitted(segmented, mantissas)
    [(name, text)] = exported(document, "times", "c", mantissas, 16).items()
    path = tmp_path / name
    path.write_text(text)
    test = [compiler, *STRICT, "-DTIMES_SELF_TEST", str(path), "-o", str(tmp_path / "t")]
    subprocess.run(test, check=True)
    said = subprocess.run([str(tmp_path / "t")], capture_output=True, text=True)
    assert said.returncode == 0 and str(mantissas.codes**2) in said.stdout
    subprocess.run([compiler, *STRICT, "-shared", "-fPIC", str(path), "-o", str(tmp_path / "s.so")])
    times = ctypes.CDLL(str(tmp_path / "s.so")).times
    times.restype, times.argtypes = ctypes.c_float, [ctypes.c_float] * 2
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 2**32, (2, 3000), dtype=np.uint32).view(np.float32)
    drawn[0, :1000] = rng.uniform(-2, 2, 1000)
    drawn[1, :2000] = np.float32(1) + rng.integers(0, 512, 2000).astype(np.float32) / 512
    x, y = drawn[:, (np.isfinite(drawn) & (np.abs(drawn) >= 2.0**-126)).all(axis=0)]
    product = mantissas.value(fields(*read(document, 16), 16, mantissas))
    wanted = expected(x, y, product, mantissas)
    got = np.array([times(float(u), float(v)) for u, v in zip(x, y, strict=True)])
    big, small = np.abs(wanted) >= 2.0**128, np.abs(wanted) < 2.0**-126
    assert len(x) > 2000 and big.any() and small.any()
    np.testing.assert_array_equal(got[~big & ~small], wanted[~big & ~small])
    assert np.all(np.isinf(got[big])) and np.all(got[small] == 0)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(wanted))
    assert np.isnan(times(float("nan"), 1.0)) and np.isnan(times(float("inf"), 0.0))
    assert times(float("-inf"), 2.0) == -np.inf and np.signbit(times(-0.0, 2.0))


def test_a_changed_table_fails_the_exported_test(tmp_path, segmented, compiler):
    mantissas = Mantissas.of(4, "nearest", 5)
    document = fitted(segmented, mantissas)
    [text] = exported(document, "times", "c", mantissas, 16).values()
    entry = document["table"][3]
    path = tmp_path / "times.c"
    path.write_text(text.replace(f" {entry},", f" {entry + 1},", 1))
    command = [compiler, *STRICT, "-DTIMES_SELF_TEST", str(path), "-o", str(tmp_path / "t")]
    subprocess.run(command, check=True)
    assert subprocess.run([str(tmp_path / "t")], capture_output=True).returncode == 1


@pytest.mark.parametrize("told", FORMATS[:3])
def test_exported_numpy_is_the_multiplier(tmp_path, segmented, told):
    mantissas = Mantissas.of(*told)
    document = fitted(segmented, mantissas)
    [(name, text)] = exported(document, "times", "numpy", mantissas, 16).items()
    (tmp_path / name).write_text(text)
    command = [sys.executable, "-W", "error", str(tmp_path / name)]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0 and str(mantissas.codes**2) in said.stdout, said.stderr


def simulated(folder, document, mantissas, room):
    """What the bench says of a module, by Icarus Verilog."""
    for name, text in exported(document, "times", "verilog", mantissas, room).items():
        (folder / name).write_text(text)
    command = ["iverilog", "-g2005", "-Wall", "-Wno-timescale", "-o", str(folder / "bench")]
    files = [str(folder / "times.v"), str(folder / "times_test.v")]
    built = subprocess.run([*command, *files], capture_output=True, text=True)
    assert built.returncode == 0 and not built.stderr, built.stderr
    return subprocess.run(["vvp", str(folder / "bench")], capture_output=True, text=True).stdout


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus Verilog")
@pytest.mark.parametrize("told", FORMATS[:3])
def test_exported_verilog_is_the_multiplier(tmp_path, segmented, told):
    mantissas = Mantissas.of(*told)
    document = fitted(segmented, mantissas)
    said = simulated(tmp_path, document, mantissas, 16)
    assert f"all {mantissas.codes**2} products agree" in said
    text = (tmp_path / "times.v").read_text()
    last = f"32'd{len(document['table']) - 1}: entry = 32'd"
    assert last in text


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus Verilog")
def test_the_bench_finds_a_changed_module(tmp_path, adder):
    mantissas = Mantissas.of(4, "truncate", 0)
    assert "agree" in simulated(tmp_path, adder(2), mantissas, 0)
    module = tmp_path / "times.v"
    module.write_text(module.read_text().replace("= 32'd2;", "= 32'd1;"))
    files = [str(module), str(tmp_path / "times_test.v")]
    subprocess.run(["iverilog", "-o", str(tmp_path / "other"), *files], check=True)
    said = subprocess.run(["vvp", str(tmp_path / "other")], capture_output=True, text=True)
    assert "differ" in said.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus Verilog")
def test_verilog_of_a_brood_computes_its_products(tmp_path):
    mantissas = Mantissas.of(3, "nearest", 2)
    space = MultiplierSpace(mantissas, 8, 8)
    batch, valid = space.canonical(space.random(60, np.random.default_rng(2)))
    batch = batch.take(valid)
    sound = np.flatnonzero(np.isfinite(fit(batch, mantissas).mean))
    assert len(sound) > 20
    for row in sound.tolist():
        said = simulated(tmp_path, space.to_json(batch, row), mantissas, 8)
        assert "all 64 products agree" in said


def test_every_program_of_a_brood_compiles_without_a_warning(tmp_path, compiler):
    """Also those with equal operands, unused inputs and constant results."""
    mantissas = Mantissas.of(3, "nearest", 2)
    space = MultiplierSpace(mantissas, 8, 8)
    batch, valid = space.canonical(space.random(60, np.random.default_rng(2)))
    batch = batch.take(valid)
    fit(batch, mantissas)
    paths = []
    for row in range(len(batch)):
        document = space.to_json(batch, row)
        for name, text in exported(document, f"times {row}", "c", mantissas, 8).items():
            paths.append(tmp_path / name)
            paths[-1].write_text(text)
    assert len(paths) > 30
    command = [compiler, *STRICT, "-fsyntax-only", *map(str, paths)]
    subprocess.run(command, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("bits, last", [(2, 1), (3, 1), (4, 2)])
def test_the_offset_of_l_mul_is_found_from_random_programs(tmp_path, bits, last):
    """2^-l(m) with l(m) = m up to 3 and 3 for 4: the best of all programs of two operations."""
    settings = {"mantissa": str(bits), "rounding": "truncate", "guard": "0", "table": "0"}
    spec = TaskSpec.of("quantizers", "multiplier", settings | {"max_ops": "4"})
    config = SearchConfig(seed=1, evaluations=60_000, islands=1, workers=1, batch=256, epoch=4096)
    outcome = search(tmp_path / "a.sqlite", spec, config)
    with ArchiveReader.open(tmp_path / "a.sqlite") as reader:
        elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    two = [elite for elite in elites if elite.objectives["cost"] == 2]
    best = min(two, key=lambda elite: elite.objectives["mean_relative_error"])
    task = multiplier_task("multiplier", settings)
    mantissas = Mantissas.of(bits, "truncate", 0)
    found = fields(*read(best.program, 0), 0, mantissas)
    codes = np.arange(mantissas.codes)
    l_mul = codes[:, None] + codes + last
    np.testing.assert_array_equal(found, l_mul)
    assert task.certify(best.program, 1.0)[2]["mean_relative_error"] == pytest.approx(
        best.objectives["mean_relative_error"], abs=1e-13
    )
