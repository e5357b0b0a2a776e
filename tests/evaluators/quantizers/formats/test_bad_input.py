"""Weights that are none, and odd ones that are some, on the real command."""

import json
import re
import struct

import numpy as np
import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.cli import cli


def tensors_file(path, told, body, length=None):
    text = json.dumps(told).encode()
    size = len(text) if length is None else length
    path.write_bytes(struct.pack("<Q", size) + text + body)
    return path


def named(name, shape, offsets, kind="F32"):
    return {name: {"dtype": kind, "shape": shape, "data_offsets": offsets}}


def gguf_file(path, count, offset, body, kind=0):
    """One tensor of so many numbers, at an offset."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", 1) + b"w"
    head += struct.pack("<IQIQ", 1, count, kind, offset)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + body)
    return path


def array_file(path, array):
    np.save(path, array)
    return path


def some(n, **changed):
    array = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    for place, value in changed.items():
        array[int(place[1:])] = value
    return array


REFUSED = {
    "offsets beyond the file": (
        lambda p: tensors_file(p / "w.safetensors", named("w", [300], [0, 1200]), bytes(900)),
        "should be at 0 to 1200 of 900 bytes",
    ),
    "a size that is not the shape's": (
        lambda p: tensors_file(p / "w.safetensors", named("w", [400], [0, 1200]), bytes(1200)),
        "with the shape",
    ),
    "a header longer than the file": (
        lambda p: tensors_file(p / "w.safetensors", {}, b"", 10**12),
        "header should have 1000000000000 bytes",
    ),
    "a tensor of GGUF beyond the file": (
        lambda p: gguf_file(p / "w.gguf", 300, 64, bytes(1200)),
        "should be at 64 to 1264 of 1200 bytes",
    ),
    "a GGUF of 2^61 numbers": (
        lambda p: gguf_file(p / "w.gguf", 1 << 61, 0, bytes(1200)),
        "of 1200 bytes",
    ),
    "a GGUF that is quantized": (
        lambda p: gguf_file(p / "w.gguf", 320, 0, bytes(180), kind=2),
        "quantized already",
    ),
    "NaN": (lambda p: array_file(p / "w.npy", some(300, _5=np.nan)), "NaN or infinity 1 times"),
    "infinity": (lambda p: array_file(p / "w.npy", some(300, _0=np.inf)), "NaN or infinity 1"),
    "NaN in bfloat16": (
        lambda p: tensors_file(
            p / "w.safetensors", named("w", [300], [0, 600], "BF16"), b"\xff\x7f" * 300
        ),
        "finite weights within float32 as 'w', got larger ones or NaN",
    ),
    "all zero": (lambda p: array_file(p / "w.npy", np.zeros(300)), "not all 0, got none"),
    "no numbers": (lambda p: array_file(p / "w.npy", np.zeros((0, 4))), "shape .0, 4."),
    "an empty tensor of safetensors": (
        lambda p: tensors_file(p / "w.safetensors", named("w", [0, 7], [0, 0]), b""),
        "shape .0, 7.",
    ),
    "whole numbers": (
        lambda p: array_file(p / "w.npy", np.arange(300)),
        "floating-point type as 'arr_0', got int64",
    ),
    "few weights": (lambda p: array_file(p / "w.npy", some(200)), "at least 256 weights"),
    "no file": (lambda p: p / "w.npy", "no file there"),
    "text": (lambda p: (p / "w.npy").write_text("x") and p / "w.npy", "cannot be read"),
}


def search(path, *more):
    command = ["search", "quantizers", "weights", "--set", f"data={path}", "--evaluations", "40"]
    command += ["--islands", "1", "--workers", "1", "--seed", "1", "--quiet", "--json", *more]
    return CliRunner().invoke(cli, [*command, "--archive", str(path.parent / "a.sqlite")])


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_file_of_weights_is_refused(tmp_path, case):
    make, told = REFUSED[case]
    done = search(make(tmp_path))
    assert isinstance(done.exception, UsageError), done.output
    assert done.exception.exit_code == 2
    line = str(done.exception)
    assert "\n" not in line and re.search(told, line), line


@pytest.mark.parametrize("bits, least", [("1", "2.01"), ("2", "2.01"), ("0.5", "2.01")])
def test_an_impossible_budget_names_the_least(tmp_path, bits, least):
    done = search(array_file(tmp_path / "w.npy", some(1 << 12)), "--set", f"bits={bits}")
    assert isinstance(done.exception, UsageError)
    assert f"at least {least} per weight, got {bits}" in str(done.exception)


@pytest.mark.slow
@pytest.mark.parametrize("n, zeros", [(257, 0), (4099, 0), (3000, 1024), (300, 299)])
def test_odd_weights_are_quantized(tmp_path, n, zeros):
    """Lengths that are no multiple of any block, and blocks of zeros."""
    weights = some(n)
    weights[:zeros] = 0.0
    done = search(array_file(tmp_path / "w.npy", weights), "--set", "bits=5")
    assert done.exit_code == 0, done.output
    confirmed = [e for e in json.loads(done.stdout)["best"] if e["status"] == "confirmed"]
    assert confirmed and all(0 <= e["objectives"]["mse"] < 1 for e in confirmed)
