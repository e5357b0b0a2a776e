"""Files of weights: read as they are, refused where they lie, and searched."""

import json
import shutil
import struct
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.cli import cli
from elitemap.engine.config import SearchConfig
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile, Entrant
from elitemap.engine.search.coordinator import search
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats import bench as bench_module
from elitemap.evaluators.quantizers.formats import throughput as throughput_module
from elitemap.evaluators.quantizers.formats.allocating import allocate
from elitemap.evaluators.quantizers.formats.counting import Counting
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.peers.named import peers
from elitemap.evaluators.quantizers.formats.readers import (
    READERS,
    read_gguf,
    read_safetensors,
    singles,
)
from elitemap.evaluators.quantizers.formats.tensors import tensors
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.quantizers import read, written

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
    np.testing.assert_array_equal(singles(found["c"]), c)


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
    np.testing.assert_array_equal(singles(found["b"]), b)


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
    assert len(said) == len(found.rows) == 1 + len(known()) + len(peers())
    assert "INT4, blocks of 64: no elite here dominates it." in found.notes
    assert f"Q4_0: dominated by {'a' * 10}." in found.notes


def test_exported_decoders_are_timed_where_asked(monkeypatch, layout, uniform):
    monkeypatch.setattr(throughput_module, "WEIGHTS", 1 << 10)
    monkeypatch.setattr(bench_module, "known", dict)
    monkeypatch.setattr(bench_module, "_drop_in", lambda say: ("in turns",))
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        pytest.skip("needs a C compiler")
    task = load_task(TaskSpec.of("quantizers", "normal", {}))
    entrants = [Entrant("b" * 64, written(layout(), uniform), {})]
    found = task.bench(entrants, True, lambda text: None)
    timed = {"encode_ns", "decode_ns", "dot_ns"}
    assert all(found.rows[0].objectives[name] > 0 for name in timed)
    assert {o.name for o in found.columns} == set(found.rows[0].objectives)
    assert "in turns" in found.notes


@pytest.mark.slow
def test_encoders_are_timed_in_turns(monkeypatch, layout, uniform):
    monkeypatch.setattr(throughput_module, "WEIGHTS", 1 << 10)
    monkeypatch.setattr(throughput_module, "BESIDE", 2)
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        pytest.skip("needs a C compiler")
    one, other = throughput_module.encoding_beside((layout(), uniform), (layout(), uniform))
    assert one > 0 and other > 0


def test_an_allocation_is_the_best_of_all(tmp_path, layout, uniform, space):
    """Against all ways to choose, tables paid once."""
    rng = np.random.default_rng(2)
    found = {"a": rng.standard_normal(600), "b": rng.laplace(size=1000), "c": rng.uniform(size=300)}
    found = tensors({name: tensor.astype(np.float32) for name, tensor in found.items()})
    three = Element(1, None, tuple(map(float, range(-4, 4))))
    layouts = [
        (layout("fp16", block=16), uniform),
        (layout("fp16", block=64), uniform),
        (layout("fp16", block=32, bits=3), three),
        (layout("int", scale_bits=4, group=256, bits=3), three),
    ]
    entrants = [Entrant(str(k) * 64, written(*one), {}) for k, one in enumerate(layouts)]
    sizes = [600, 1000, 300]
    batch = space.from_json([one.program for one in entrants])
    weights = [Weights.of(tensor.values) for tensor in found.values()]
    errors = np.stack([measure(batch, w, w, 0).error for w in weights])
    for bits in (3.7, 4.1, 4.6, 9.0):
        best = np.inf
        for chosen in product(range(4), repeat=3):
            size = sum(layouts[k][1].bytes for k in set(chosen))
            size += sum(layouts[k][0].bytes(n) for k, n in zip(chosen, sizes, strict=True))
            if 8 * size <= bits * 1900:
                error = sum(errors[t, k] * sizes[t] for t, k in enumerate(chosen)) / 1900
                best = min(best, error)
        got = allocate(found, space, entrants, bits, Counting())
        assert got.total["mse"] == pytest.approx(best, rel=2e-4)
        assert got.total["bits_per_weight"] <= bits
        assert got.uniform.objectives["mse"] >= got.total["mse"] * (1 - 1e-4)
        assert set(got.plan["tensors"]) == {"a", "b", "c"}
    with pytest.raises(UsageError, match="at least 3.4.* bits per weight.*got 3"):
        allocate(found, space, entrants, 3.0, Counting())


def test_elites_are_shared_out_on_the_command_line(tmp_path, layout, uniform):
    rng = np.random.default_rng(3)
    np.savez(tmp_path / "w.npz", a=rng.normal(size=2000), b=rng.standard_t(3, 1000))
    spec = settled(TaskSpec.of("quantizers", "weights", {"data": str(tmp_path / "w.npz")}))
    archive, plan = tmp_path / "a.sqlite", tmp_path / "plan.json"
    config = SearchConfig(seed=1, evaluations=200, islands=1, workers=1, batch=64, epoch=128)
    search(archive, spec, config)
    command = ["allocate", "--bits", "4.5", "-o", str(plan), "--archive", str(archive)]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0 and "all together" in done.stdout, done.output
    told = json.loads(plan.read_text())
    assert set(told["tensors"]) == {"a", "b"} and told["bits_per_weight"] <= 4.5
    for one in told["tensors"].values():
        read(told["quantizers"][one["quantizer"]])
    taken = CliRunner().invoke(cli, command)
    assert isinstance(taken.exception, UsageError) and "--force" in str(taken.exception)
    again = CliRunner().invoke(cli, [*command, "--force", "--json"])
    assert json.loads(again.stdout) == told
    little = CliRunner().invoke(cli, [*command[:2], "0.5", "--archive", str(archive)])
    assert isinstance(little.exception, UsageError) and "at least" in str(little.exception)
