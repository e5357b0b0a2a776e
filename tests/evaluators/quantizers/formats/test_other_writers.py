"""Weights in files that the packages ``safetensors`` and ``gguf`` write: as they read them."""

import ml_dtypes
import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, quants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import load_file, save_file

from elitemap.evaluators.quantizers.formats.readers import read_gguf, read_safetensors, singles

SHAPES = arrays.array_shapes(max_dims=4, max_side=5)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


def tensors(kinds):
    """Up to four arrays by name, of the given types."""
    each = st.sampled_from(kinds).flatmap(lambda kind: arrays.arrays(kind, SHAPES))
    return st.dictionaries(NAMES.filter(lambda name: name != "__metadata__"), each, max_size=4)


anywhere = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@anywhere
@given(written=tensors(["<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "i1", "u1"]))
def test_safetensors_written_by_the_package(tmp_path, written):
    path = tmp_path / "w.safetensors"
    save_file(written, path, {"format": "pt"})
    found, theirs = read_safetensors(path), load_file(path)
    assert found.keys() == theirs.keys() == written.keys()
    for name, array in theirs.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


@anywhere
@given(values=arrays.arrays("<f4", SHAPES))
def test_bfloat16_written_by_the_package(tmp_path, values):
    with np.errstate(all="ignore"):
        brains = values.astype(ml_dtypes.bfloat16)
    save_file({"w": brains}, tmp_path / "w.safetensors")
    found = singles(read_safetensors(tmp_path / "w.safetensors")["w"])
    np.testing.assert_array_equal(found, brains.astype(np.float32))


@anywhere
@given(
    written=tensors(["<f8", "<f4", "<f2", "<i4", "<i2", "i1"]),
    pairs=st.dictionaries(NAMES, st.integers(-(2**31), 2**31 - 1) | st.text() | st.booleans()),
    alignment=st.sampled_from([32, 64, 4096]),
)
def test_gguf_written_by_the_package(tmp_path, written, pairs, alignment):
    path = tmp_path / "w.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_custom_alignment(alignment)
    writer.add_array("words", ["a", "bc"])
    writer.add_array("numbers", [1.5, 2.5])
    for key, value in pairs.items():
        add = {bool: writer.add_bool, int: writer.add_int32, str: writer.add_string}[type(value)]
        add(f"own.{key}", value)
    for name, array in written.items():
        writer.add_tensor(name, array)
    finish(writer)
    found = read_gguf(path)
    assert found.keys() == written.keys()
    for name, array in written.items():
        np.testing.assert_array_equal(found[name], array)
    for theirs in GGUFReader(path).tensors:
        np.testing.assert_array_equal(found[theirs.name], theirs.data)


def test_gguf_with_bfloat16_and_blocks(tmp_path):
    values = np.linspace(-2.0, 3.0, 64, dtype=np.float32).reshape(2, 32)
    writer = GGUFWriter(tmp_path / "w.gguf", "llama")
    for name, kind in (("b", GGMLQuantizationType.BF16), ("q", GGMLQuantizationType.Q8_0)):
        writer.add_tensor(name, quants.quantize(values, kind), raw_dtype=kind)
    finish(writer)
    found = read_gguf(tmp_path / "w.gguf")
    assert set(found) == {"b"}  # blocks of quantized numbers are left out
    np.testing.assert_array_equal(
        singles(found["b"]).ravel(), values.astype(ml_dtypes.bfloat16).astype(np.float32).ravel()
    )


def finish(writer):
    """Write everything and close the file."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_file_that_the_package_refuses_is_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"w": np.zeros((2, 3), np.float32)}, path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match="of 20 bytes"):
        read_safetensors(path)
    with pytest.raises(Exception, match="(?i)incomplete|invalid|size|buffer"):
        load_file(path)
