"""Files larger than memory: windows instead of copies, pieces instead of tensors."""

import json
import os
import struct
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats import tensors as tensors_module
from elitemap.evaluators.quantizers.formats.confirming_weights import confirm_weights
from elitemap.evaluators.quantizers.formats.readers import READERS, Brain, singles
from elitemap.evaluators.quantizers.formats.tensors import sampled, taken, tensors
from elitemap.native import windows
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import written

BRINGS = ArrayFile(readers=READERS)


def brain_file(path, weights):
    """A safetensors file with one tensor in bfloat16."""
    bits = (np.asarray(weights, np.float32).view(np.uint32) >> 16).astype("<u2")
    told = {"dtype": "BF16", "shape": list(bits.shape), "data_offsets": [0, bits.nbytes]}
    text = json.dumps({"w": told}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bits.tobytes())


@pytest.fixture
def files(tmp_path):
    """The same weights in files of three kinds."""
    weights = np.random.default_rng(0).standard_normal((40, 50)).astype(np.float32)
    np.save(tmp_path / "w.npy", weights)
    np.savez(tmp_path / "w.npz", w=weights)
    brain_file(tmp_path / "w.safetensors", weights)
    np.savez_compressed(tmp_path / "packed.npz", w=weights)
    names = ("w.npy", "w.npz", "w.safetensors", "packed.npz")
    return [tmp_path / name for name in names]


def test_windows_are_the_same_content(files, monkeypatch):
    before = [read_arrays(path, BRINGS) for path in files]
    monkeypatch.setattr(windows, "MOST_IN_MEMORY", 0)
    for path, known in zip(files, before, strict=True):
        found = read_arrays(path, BRINGS)
        assert found.digest() == known.digest()
        for name, array in found.load().items():
            assert not array.flags.writeable
            base = array
            while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
                base = base.base
            assert isinstance(base, np.memmap), path.name
            np.testing.assert_array_equal(singles(array), singles(known.load()[name]))


def test_bits_of_bfloat16_are_no_whole_numbers(files):
    brain = read_arrays(files[2], BRINGS)
    (array,) = brain.load().values()
    assert isinstance(array, Brain)
    whole = type(brain)({"w": np.asarray(array)})
    assert whole.digest() != brain.digest()


@pytest.mark.parametrize("n", [999, 1000, 1001, 2560])
def test_long_tensors_are_confirmed_in_pieces(monkeypatch, space, layout, uniform, n):
    """Each as a tensor of its own; all are, or evenly spaced ones."""
    monkeypatch.setattr(tensors_module, "PIECE", 500)
    weights = np.random.default_rng(n).standard_t(4, n).astype(np.float32)
    found, rule = tensors({"w": weights}), layout("e4m3")
    levels = uniform.levels(rule)
    document = written(rule, uniform)
    size, squares = 0, []
    spans = found["w"].spans()
    assert spans[0][0] == 0 and spans[-1][1] == n and max(b - a for a, b in spans) <= 512
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    for start, end in spans:
        part = weights[start:end]
        data = pack(rule, encode(rule, levels, part))
        size += len(data)
        squares.append((decode(rule, levels, part.size, data).astype(float) - part) ** 2)
    whole = confirm_weights(document, space, found, n)
    assert whole["bytes"] == size + 16 and whole["weights"] == n
    error = np.concatenate(squares).sum() / (weights.astype(float) ** 2).sum()
    assert whole["mse"] == pytest.approx(error, rel=1e-9)
    assert whole["bits_per_weight"] == pytest.approx(8 * (size + 16) / n)
    some, end = confirm_weights(document, space, found, 10), spans[0][1]
    assert some["weights"] == end and some["weights_of_file"] == n and "pieces" in some["method"]
    error = squares[0].sum() / (weights[:end].astype(float) ** 2).sum()
    assert some["mse"] == pytest.approx(error, rel=1e-9)


def test_what_is_looked_at_of_long_tensors_is_spread_over_them(monkeypatch):
    monkeypatch.setattr(tensors_module, "PIECE", 256)
    ramp = np.repeat(np.arange(1, 65, dtype=np.float32), 256)
    found = tensors({"w": ramp})
    part = sampled(found, 4 * 256).values * np.sqrt(found["w"].power)
    np.testing.assert_allclose(part.reshape(4, 256).mean(axis=1), [1, 22, 43, 64], rtol=1e-6)
    some = taken(found["w"], 3 * 256)
    assert some.values[::256].tolist() == [1, 32, 64]


_SEARCH = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
sys.argv = ["elitemap", *sys.argv[2:]]
from elitemap.cli import main
main()
"""


@pytest.mark.slow
def test_a_file_larger_than_memory_is_searched(tmp_path):
    """Half a gibibyte of bfloat16, mostly a hole, with 350 MB for data: a copy would not fit."""
    path, count, stripe = tmp_path / "w.safetensors", 1 << 28, 1 << 20
    told = {"dtype": "BF16", "shape": [1 << 14, 1 << 14], "data_offsets": [0, 2 * count]}
    head = json.dumps({"w": told}).encode()
    bits = np.random.default_rng(0).standard_normal(stripe).astype(np.float32).view(np.uint32)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for at in range(0, count, count // 4):
            file.seek(8 + len(head) + 2 * at)
            file.write((bits >> 16).astype("<u2").tobytes())
        file.truncate(8 + len(head) + 2 * count)
    archive = str(tmp_path / "a.sqlite")
    command = ["search", "quantizers", "weights", "--set", f"data={path}", "--set", "confirm=8"]
    command += ["--evaluations", "60", "--islands", "1", "--workers", "1", "--quiet", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", _SEARCH, str(350 << 20), *command, "--archive", archive],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert any(elite["status"] == "confirmed" for elite in json.loads(done.stdout)["best"])
    assert Path(archive).stat().st_size < 1 << 24


_READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (350 << 20,) * 2)
from pathlib import Path
from elitemap.engine.data.arrays import READERS
from elitemap.evaluators.quantizers.formats.tensors import sampled, tensors
(found,) = tensors(READERS[".npz"](Path(sys.argv[1]))).values()
print(found.size, found.power, sampled({"w": found}, 1 << 16).values.size)
"""


@pytest.mark.slow
def test_an_archive_of_arrays_larger_than_memory_is_read(tmp_path):
    """Half a gibibyte of float16, compressed, with 350 MB for data."""
    part, times = np.random.default_rng(0).integers(-4, 5, 1 << 20).astype("<f2"), 1 << 8
    with (
        zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("w.npy", "w", force_zip64=True) as member,
    ):
        told = {"descr": "<f2", "fortran_order": False, "shape": (times, part.size)}
        np.lib.format.write_array_header_1_0(member, told)
        for _ in range(times):
            member.write(part.tobytes())
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(tmp_path / "w.npz")],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    size, power, some = done.stdout.split()
    assert int(size) == times * part.size and int(some) == 1 << 16
    assert float(power) == pytest.approx(float((part.astype(np.float64) ** 2).mean()))


def test_the_most_that_is_confirmed_is_an_option(files):
    settings = {"data": str(files[0]), "confirm": "3"}
    task = load_task(settled(TaskSpec.of("quantizers", "weights", settings)))
    assert task.options["confirm"] == 3 and "confirm" not in task.problem
