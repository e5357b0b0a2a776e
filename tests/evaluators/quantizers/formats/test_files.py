"""Files of weights: read as they are, refused where they lie, and searched."""

import json
import struct

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile, Entrant
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.readers import READERS, read_gguf, read_safetensors
from elitemap.searchspaces.quantizers.formats.quantizers import written

BRINGS = ArrayFile(readers=READERS)


def brain(values):
    """The upper halves of float32 numbers."""
    return (np.asarray(values, np.float32).view(np.uint32) >> 16).astype("<u2")


@pytest.fixture
def safetensors(tmp_path):
    """Writes a file from (name, type, shape, bytes), its header changed by a function."""

    def write(tensors, change=lambda header: header, length=None):
        header, body = {"__metadata__": {"a": "b"}}, b""
        for name, kind, shape, data in tensors:
            offsets = [len(body), len(body) + len(data)]
            header[name] = {"dtype": kind, "shape": shape, "data_offsets": offsets}
            body += data
        text = json.dumps(change(header)).encode()
        path = tmp_path / "w.safetensors"
        path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)
        return path

    return write


def text(words):
    return struct.pack("<Q", len(words)) + words.encode()


@pytest.fixture
def gguf(tmp_path):
    """Writes a file from (name, type, shape, bytes) and pairs that are bytes already."""

    def write(tensors, pairs=(), version=3, magic=b"GGUF", alignment=32, cut=0):
        infos, body = b"", b""
        for name, kind, shape, data in tensors:
            body += b"\0" * (-len(body) % alignment)
            sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape[::-1])
            infos += text(name) + sizes + struct.pack("<IQ", kind, len(body))
            body += data
        head = magic + struct.pack("<IQQ", version, len(tensors), len(pairs))
        head += b"".join(pairs) + infos
        head += b"\0" * (-len(head) % alignment)
        path = tmp_path / "w.gguf"
        path.write_bytes((head + body)[: len(head + body) - cut])
        return path

    return write


def test_safetensors_are_read(safetensors):
    a, b = np.arange(6, dtype="<f4").reshape(2, 3), np.arange(4, dtype="<f2")
    c = np.array([1.5, -2.0], np.float32)
    tensors = [
        ("a", "F32", [2, 3], a.tobytes()),
        ("b", "F16", [4], b.tobytes()),
        ("c", "BF16", [2], brain(c).tobytes()),
    ]
    found = read_safetensors(safetensors(tensors))
    np.testing.assert_array_equal(found["a"], a)
    np.testing.assert_array_equal(found["b"], b)
    np.testing.assert_array_equal(found["c"], c)


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"data_offsets": [0, 28]}, "0 to 28 of 24 bytes"),
        ({"data_offsets": [8, 4]}, "8 to 4"),
        ({"data_offsets": [-8, 16]}, "no type, shape and offsets"),
        ({"shape": [2, 4]}, "with the shape .2, 4."),
        ({"shape": [2**40, 2**40]}, "shape"),
        ({"shape": "no"}, "no type, shape and offsets"),
        ({"dtype": "F8_E4M3"}, "type 'F8_E4M3'"),
    ],
)
def test_safetensors_that_lie_are_refused_in_a_line(safetensors, changed, told):
    def change(header):
        return header | {"a": header["a"] | changed}

    path = safetensors([("a", "F32", [2, 3], bytes(24))], change)
    with pytest.raises(UsageError, match=told):
        read_arrays(path, BRINGS)


@pytest.mark.parametrize("length", [0, 3, 10**9, 2**64 - 1])
def test_safetensors_with_a_header_that_lies_are_refused(safetensors, length):
    with pytest.raises(UsageError):
        read_arrays(safetensors([("a", "F32", [1], bytes(4))], length=length), BRINGS)


def test_gguf_is_read(gguf):
    a, b = np.arange(6, dtype="<f4").reshape(2, 3), np.array([1.5, -2.0], np.float32)
    pairs = [
        text("general.alignment") + struct.pack("<II", 4, 64),
        text("words") + struct.pack("<IIQ", 9, 8, 2) + text("one") + text("two"),
        text("numbers") + struct.pack("<IIQ", 9, 6, 3) + bytes(12),
        text("name") + struct.pack("<I", 8) + text("weights"),
        text("flag") + struct.pack("<IB", 7, 1),
    ]
    tensors = [
        ("a", 0, (2, 3), a.tobytes()),
        ("q", 2, (32,), bytes(18)),
        ("b", 30, (2,), brain(b).tobytes()),
    ]
    found = read_gguf(gguf(tensors, pairs, alignment=64))
    assert set(found) == {"a", "b"}
    np.testing.assert_array_equal(found["a"], a)
    np.testing.assert_array_equal(found["b"], b)


@pytest.mark.parametrize(
    "told, options",
    [
        ("does not begin with GGUF", {"magic": b"GGML"}),
        ("version 7", {"version": 7}),
        ("0 to 24 of 20 bytes", {"cut": 4}),
        ("unknown type 77", {"pairs": [text("x") + struct.pack("<I", 77)]}),
        ("ends at byte", {"pairs": [struct.pack("<Q", 2**63) + b"x"]}),
        ("ends at byte", {"pairs": [text("x") + struct.pack("<IIQ", 9, 6, 2**62)]}),
    ],
)
def test_gguf_that_lies_is_refused_in_a_line(gguf, told, options):
    path = gguf([("a", 0, (2, 3), bytes(24))], **options)
    with pytest.raises(UsageError, match=told):
        read_arrays(path, BRINGS)


def test_gguf_that_is_quantized_is_refused(gguf):
    with pytest.raises(UsageError, match="quantized already"):
        read_arrays(gguf([("a", 2, (32,), bytes(18))]), BRINGS)


def test_weights_of_a_file_are_confirmed_by_all_their_bytes(tmp_path, safetensors, layout, uniform):
    rng = np.random.default_rng(0)
    w = rng.normal(0, 0.02, (60, 100)).astype("<f4")
    v = rng.standard_t(4, 700).astype("<f4")
    tensors = [
        ("w", "F32", [60, 100], w.tobytes()),
        ("v", "F32", [700], v.tobytes()),
        ("bias", "F32", [9], bytes(36)),
    ]
    path = safetensors(tensors)
    settings = {"data": str(path), "bits": "5.1"}
    task = load_task(settled(TaskSpec.of("quantizers", "weights", settings)))
    document = written(layout("fp16"), uniform)
    _, objectives, certificate = task.certify(document, 1.0)
    count = sum(n // 2 + (-(-n // 16)) * 2 for n in (6000, 700)) + 16
    assert certificate["weights"] == 6700 and certificate["bytes"] == count
    assert objectives["bits_per_weight"] == 8 * count / 6700
    assert 0.005 < certificate["mse"] < 0.02
    assert task.verify(document, certificate, 1.0).outcome == "verified"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(tmp_path, bad):
    w = np.ones(300, np.float32)
    w[7] = bad
    np.save(tmp_path / "w.npy", w)
    spec = TaskSpec.of("quantizers", "weights", {"data": str(tmp_path / "w.npy")})
    with pytest.raises(UsageError, match="NaN or infinity 1 times"):
        settled(spec)


def test_known_formats_are_measured_on_the_same_weights(tmp_path, layout, uniform):
    weights = np.random.default_rng(1).standard_normal(1 << 14).astype(np.float32)
    np.save(tmp_path / "w.npy", weights)
    settings = {"data": str(tmp_path / "w.npy"), "bits": "4.6"}
    task = load_task(settled(TaskSpec.of("quantizers", "weights", settings)))
    document = written(layout("fp16", block=32), uniform)
    said = []
    found = task.bench([Entrant("a" * 64, document, {})], False, said.append)
    rows = {row.name: row.objectives for row in found.rows}
    certificate = task.certify(document, 1.0)[2]
    assert rows.pop("a" * 10) == {o.name: certificate[o.name] for o in found.columns}
    errors = {"NF4, blocks of 64": 0.00844, "NVFP4": 0.00904, "IQ4_XS-like": 0.00552,
              "BOF4-S, blocks of 64": 0.00734, "INT4, blocks of 64": 0.01155}  # fmt: skip
    for name, error in errors.items():
        assert rows[name]["mse"] == pytest.approx(error, rel=0.03), name
    assert len(said) == len(found.rows) == 15
