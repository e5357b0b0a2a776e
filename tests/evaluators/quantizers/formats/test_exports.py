"""Exported code makes the bytes of the kernel, and decodes them to the same bits."""

import ctypes
import importlib.util
import io
import json
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
from click.testing import CliRunner

from elitemap.cli import cli
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.export import exported
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import written
from elitemap.terminal.browser.elite.code import listing

STRICT = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror".split()


def agree(folder, rule, element, compiler, *more):
    """Whether exported C makes the bytes of the kernel, and decodes as NumPy."""
    [(name, text)] = exported(written(rule, element), None, "q", "c").items()
    (folder / name).write_text(text)
    command = [
        compiler,
        *STRICT,
        *more,
        "-DQ_SELF_TEST",
        str(folder / name),
        "-o",
        str(folder / "q"),
    ]
    alone = [x for x in command if not x.startswith("-D")][:-2]
    for one in ([*alone, "-fsyntax-only"], [*command, "-lm"]):
        built = subprocess.run(one, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
    return subprocess.run([str(folder / "q")], capture_output=True, text=True).stdout


def test_exported_c_makes_the_same_bytes(tmp_path, compilers, quantizers, layout, uniform):
    few = quantizers(6, 8)
    few.append((layout("int", scale_bits=6, signed=1, group=256, choice=1), few[0][1]))
    few += [(layout(outliers=2), uniform), (layout("e4m3", offset=1, rotated=64), uniform)]
    for k, (rule, element) in enumerate(few):
        if element.levels(rule).shape == (1 + rule.choice, 1 << rule.bits):
            said = agree(tmp_path, rule, element, compilers[k % len(compilers)])
            assert "1500 weights agree" in said, rule.text()


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_exported_c_of_a_brood_makes_the_same_bytes(tmp_path, compiler, quantizers):
    if shutil.which(compiler) is None:
        pytest.skip(f"needs {compiler}")
    for k, (rule, element) in enumerate(quantizers(10, 9)):
        more = ["-march=native"] if k % 2 else []
        said = agree(tmp_path, rule, element, compiler, *more)
        assert "1500 weights agree" in said, rule.text()


def test_exported_numpy_decodes_the_same_weights(tmp_path, quantizers):
    for k, (rule, element) in enumerate(quantizers(60, 4)):
        [(_, text)] = exported(written(rule, element), None, "q", "numpy").items()
        module = {"__name__": f"q{k}"}
        exec(compile(text, "q.py", "exec"), module)
        module["self_test"]()
        weights = np.random.default_rng(k).laplace(size=333).astype(np.float32)
        data = pack(rule, encode(rule, element.levels(rule), weights))
        expected = decode(rule, element.levels(rule), 333, data)
        np.testing.assert_array_equal(module["decode"](data, 333), expected)


def stand_in():
    """What exported code uses of PyTorch, by NumPy."""

    class Tensor(np.ndarray):
        device = "cpu"

        def to(self, *kinds):
            return self.astype(kinds[-1])

        def numpy(self):
            return np.asarray(self)

    def tensor(values, dtype=None, device=None):
        return np.asarray(values, dtype).view(Tensor)

    def where(condition, one, other):
        assert isinstance(condition, np.ndarray), "PyTorch takes no Python bool"
        return np.where(condition, one, other).view(Tensor)

    torch = types.ModuleType("torch")
    for name in ("uint8", "int16", "int32", "int64", "float16", "float32"):
        setattr(torch, name, getattr(np, name))
    torch.tensor = torch.from_numpy = tensor
    torch.arange = lambda *ends, device=None: tensor(np.arange(*ends))
    torch.stack = lambda parts, dim: np.stack(parts, dim).view(Tensor)
    torch.cat = lambda parts: np.concatenate(parts).view(Tensor)
    torch.zeros = lambda n, dtype, device: tensor(np.zeros(n), dtype)
    torch.where = where
    torch.repeat_interleave = np.repeat
    return torch


def modules(language, found):
    """Exported modules that have tested themselves, with what they were made of."""
    for k, (rule, element) in enumerate(found):
        [(_, text)] = exported(written(rule, element), None, "q", language).items()
        module = {"__name__": f"q{k}"}
        exec(compile(text, "q.py", "exec"), module)
        module["self_test"]()
        yield rule, element, module["decode"]


def test_exported_pytorch_decodes_the_same_weights(monkeypatch, quantizers):
    if not importlib.util.find_spec("torch"):
        monkeypatch.setitem(sys.modules, "torch", stand_in())
    with np.errstate(invalid="ignore"):
        assert len(list(modules("torch", quantizers(60, 4)))) > 30


@pytest.mark.slow
def test_exported_jax_decodes_the_same_weights(quantizers):
    jnp = pytest.importorskip("jax.numpy")
    for rule, element, decoded in modules("jax", quantizers(24, 5)):
        weights = np.random.default_rng(1).laplace(size=100).astype(np.float32)
        data = pack(rule, encode(rule, element.levels(rule), weights))
        made = decoded(jnp.asarray(np.frombuffer(data, np.uint8)), 100)
        expected = decode(rule, element.levels(rule), 100, data)
        np.testing.assert_array_equal(np.asarray(made), expected)


@pytest.mark.parametrize("n", [1, 7, 8, 100, 257, 1000])
def test_exported_dot_products_are_those_of_the_weights(compiled, known_formats, n):
    """Of tensors that end within a block, or within eight codes."""
    for k, (rule, element) in enumerate(known_formats):
        x, y = np.random.default_rng(n).normal(size=(2, n)).astype(np.float32)
        coded = [
            np.frombuffer(pack(rule, encode(rule, element.levels(rule), v)), np.uint8).copy()
            for v in (x, y)
        ]
        back = [decode(rule, element.levels(rule), n, data.tobytes()) for data in coded]
        made = np.empty(n, np.float32)
        at = [ctypes.c_void_p(a.ctypes.data) for a in (*coded, x, made)]
        size = ctypes.c_size_t(n)
        getattr(compiled, f"q{k}_decode")(at[0], size, at[3])
        np.testing.assert_array_equal(made, back[0])
        both, one = (getattr(compiled, f"q{k}_{name}") for name in ("dot_both", "dot"))
        both.restype = one.restype = ctypes.c_float
        exact = [float(np.dot(back[0].astype(float), v)) for v in (back[1], x)]
        assert both(at[0], at[1], size) == pytest.approx(exact[0], rel=1e-4, abs=1e-4)
        assert one(at[0], at[2], size) == pytest.approx(exact[1], rel=1e-4, abs=1e-4)


def test_the_exported_module_tests_itself(tmp_path, layout, uniform):
    path = tmp_path / "q.py"
    [text] = exported(written(layout(), uniform), None, "q", "numpy").values()
    path.write_text(text)
    command = [sys.executable, "-W", "error", str(path)]
    assert "1500 weights agree" in subprocess.run(command, capture_output=True, text=True).stdout
    path.write_text(text.replace("0xc1000000", "0xc1000001", 1))
    assert subprocess.run(command, capture_output=True).returncode == 1


def test_exported_levels_compile(tmp_path, compilers, layout, uniform):
    files = exported(written(layout(), uniform), None, "q", "table")
    name, text = "q_levels.h", files["q_levels.h"]
    np.testing.assert_array_equal(
        np.load(io.BytesIO(files["q_levels.npy"])), uniform.levels(layout())
    )
    (tmp_path / name).write_text(text + "const float *used(void) { return q_levels[0]; }\n")
    command = [compilers[0], *STRICT, "-x", "c", "-fsyntax-only", str(tmp_path / name)]
    subprocess.run(command, check=True)
    assert "-0x1.0000000000000p+3f" in text


def test_levels_for_numpy_are_written_as_they_are(tmp_path, layout, uniform):
    """By the command, into a folder; they are no text to print."""
    archive = str(tmp_path / "a.sqlite")
    command = ["search", "quantizers", "laplace", "--start", "Q4_0", "--evaluations", "1"]
    more = ["--seed", "1", "--islands", "1", "--workers", "1", "--archive", archive, "--quiet"]
    done = CliRunner().invoke(cli, [*command, *more])
    assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(cli, ["elites", "--json", "--archive", archive]).stdout
    named = [json.loads(listed)[0]["id"], "--to", "table", "--name", "q", "--archive", archive]
    done = CliRunner().invoke(cli, ["export", *named, "-o", str(tmp_path)])
    assert done.exit_code == 0, done.output
    levels = np.load(tmp_path / "q_levels.npy")
    assert levels.dtype == np.float32 and levels.ndim == 2
    refused = CliRunner().invoke(cli, ["export", *named, "-o", "-"])
    assert "which is no text" in str(refused.exception) and not refused.stdout


def test_the_browser_says_what_is_no_text():
    assert "levels.npy, 3 bytes" in listing({"levels.npy": b"abc", "a.h": "int x;\n"}).plain
