"""Bytes: as many as are said, nothing but them is needed, and exported code makes the same."""

import ctypes
import importlib.util
import json
import shutil
import subprocess
import sys
import types

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from elitemap.archive.errors import ArchiveError
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.formats.elements import (
    SHAPES,
    SIGNATURE,
    SUMS,
    Element,
    entries_of,
    sound,
)
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.export import exported
from elitemap.searchspaces.quantizers.formats.menu import (
    KINDS,
    Menu,
    affordable,
    layouts,
    rate,
)
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import read, written
from elitemap.searchspaces.quantizers.formats.rule import CODECS, FormatError, Rule
from elitemap.searchspaces.quantizers.mantissas import signature
from elitemap.terminal.mathtext import mathematics

LAYOUTS = layouts()

STRICT = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror".split()


def through(rule, levels, weights):
    """Weights after a way through bytes."""
    data = pack(rule, encode(rule, levels, weights))
    assert len(data) == rule.bytes(weights.size)
    return decode(rule, levels, weights.size, data)


@pytest.mark.parametrize("n", [1, 15, 16, 17, 255, 256, 1000, 66_001])
def test_every_length_comes_back(quantizers, n):
    rng = np.random.default_rng(n)
    weights = rng.standard_normal(n).astype(np.float32)
    for rule, element in quantizers(30, n):
        back = through(rule, element.levels(rule), weights)
        assert back.shape == (n,) and np.isfinite(back).all()


def test_decoding_is_what_the_kernel_meant(quantizers):
    """Scale, level and offset of each weight, put together from what was encoded."""
    weights = np.random.default_rng(3).standard_t(4, 700).astype(np.float32)
    seen = set()
    for rule, element in quantizers(1200):
        levels = element.levels(rule)
        e = encode(rule, levels, weights)
        block = np.arange(700) // (rule.block or 700)
        unit = np.ones((rule.blocks(700), 2), np.float32)
        if rule.unit_width:
            unit = np.repeat(e.units, rule.group // rule.block if rule.group else 700, axis=0)
            unit = unit[: rule.blocks(700)]
        scale = magnitudes(rule, e.scales) * unit[:, 0] * (1 - 2.0 * e.negative)
        made = np.float32(scale)[block] * levels[e.choices[block], e.codes]
        if rule.offset:
            offset = magnitudes(rule, e.offsets) * unit[:, 1] * (1 - 2.0 * e.below)
            made = made + np.float32(offset)[block]
        seen |= {CODECS[rule.codec], SHAPES[element.shape]}
        if rule.rotated:
            whole = 700 // rule.rotated * rule.rotated
            runs = made[:whole].reshape(-1, rule.rotated).astype(float)
            turned = runs @ hadamard(rule.rotated) / rule.rotated**0.5
            back = through(rule, levels, weights)
            close = 1e-6 * np.abs(turned).max()
            np.testing.assert_allclose(back[:whole], turned.reshape(-1), rtol=0, atol=close)
            np.testing.assert_array_equal(back[whole:], made[whole:])
            continue
        spans = np.arange(len(e.places)) * 256
        for places, values in zip(e.places.T, e.values.T, strict=True):
            made[spans + places] = values.view(ml_dtypes.bfloat16)
        np.testing.assert_array_equal(through(rule, levels, weights), made)
    assert seen == {*CODECS, *SHAPES}


def magnitudes(rule, codes):
    """Scales by the types of another package."""
    name = CODECS[rule.codec]
    if name == "fp32":
        return codes.view(np.float32)
    if name == "int":
        return codes.astype(np.float32)
    if name == "ue5m3":
        wide = codes.astype(float)
        exponent, rest = np.divmod(wide, 8)
        return np.where(exponent, (1 + rest / 8) * 2.0 ** (exponent - 15), rest / 8 * 2.0**-14)
    kind, width = {
        "fp16": (np.float16, np.uint16),
        "bf16": (ml_dtypes.bfloat16, np.uint16),
        "e8m0": (ml_dtypes.float8_e8m0fnu, np.uint8),
        "e4m3": (ml_dtypes.float8_e4m3fn, np.uint8),
    }[name]
    return codes.astype(width).view(kind).astype(np.float32)


@pytest.mark.parametrize("codec", ["fp32", "fp16", "bf16", "e4m3"])
def test_scales_are_rounded_to_the_nearest(layout, uniform, codec):
    """By absolute maximum: what is stored is that number in another type."""
    weights = np.random.default_rng(5).standard_normal(16 * 400).astype(np.float32)
    rule = layout(codec, search=0)
    levels = uniform.levels(rule) / np.float32(8)
    encoded = encode(rule, levels, weights)
    wanted = np.abs(weights).reshape(-1, 16).max(axis=1)
    if rule.unit_width:
        unit = encoded.units[0, 0]
        assert unit == np.float32(wanted.max() / np.float32(448))
        wanted = wanted / unit
    kind = {
        "fp32": np.float32, "fp16": np.float16, "bf16": ml_dtypes.bfloat16,
        "e4m3": ml_dtypes.float8_e4m3fn,
    }[codec]  # fmt: skip
    got = magnitudes(rule, encoded.scales)
    np.testing.assert_array_equal(got, wanted.astype(kind).astype(np.float32))


def test_every_weight_gets_the_nearest_level(quantizers):
    weights = np.random.default_rng(6).standard_normal(512).astype(np.float32)
    for rule, element in quantizers(40, 6):
        levels = element.levels(rule).astype(float)
        e = encode(rule, element.levels(rule), weights)
        back = through(rule, element.levels(rule), weights).astype(float)
        block = np.arange(512) // (rule.block or 512)
        for b in range(rule.blocks(512)):
            at = block == b
            own = levels[e.choices[b]]
            code = e.codes[at]
            spread = np.ptp(own[code])
            if not spread or rule.offset or rule.outliers or rule.rotated:
                continue
            low, high = np.argmin(own[code]), np.argmax(own[code])
            scale = (back[at][high] - back[at][low]) / spread
            reach = np.abs(weights[at][:, None] - scale * own).min(axis=1)
            assert (np.abs(weights[at] - back[at]) <= reach + 1e-5 * np.abs(weights).max()).all()


def test_zeros_stay_zeros(quantizers):
    weights = np.zeros(600, np.float32)
    weights[:256] = np.random.default_rng(1).standard_normal(256)
    for rule, element in quantizers(60, 2):
        back = through(rule, element.levels(rule), weights)
        assert np.isfinite(back).all()
        if rule.block and not rule.offset and CODECS[rule.codec] != "e8m0":
            assert (back[512:] == 0).all(), rule.text()


@pytest.mark.parametrize("codec, signed", [("e8m0", 0), ("e4m3", 0), ("e4m3", 1), ("ue5m3", 0)])
def test_few_blocks_that_are_not_zero_are_seen(layout, uniform, codec, signed):
    """Codes of small floats are chosen by some blocks, which may all be zero."""
    weights = np.zeros(1 << 16, np.float32)
    weights[16:32] = np.random.default_rng(4).standard_normal(16)
    rule = layout(codec, signed=signed)
    back = through(rule, uniform.levels(rule), weights)
    assert ((back - weights) ** 2).sum() < 0.05 * (weights**2).sum()


@pytest.mark.parametrize("bad", [[], [np.nan], [1.0, np.inf]])
def test_weights_that_are_none_are_refused(layout, uniform, bad):
    rule = layout()
    with pytest.raises(FormatError, match="finite weights"):
        encode(rule, uniform.levels(rule), np.array(bad, np.float32))


def test_bytes_of_another_length_are_refused(layout, uniform):
    rule = layout()
    with pytest.raises(FormatError, match="expected 30 bytes of 47 weights, got 3"):
        decode(rule, uniform.levels(rule), 47, b"abc")


@given(st.integers(0, len(LAYOUTS) - 1), st.integers(1, 3000))
@settings(max_examples=60, deadline=None)
def test_bits_are_counted_from_bytes(index, n):
    """The streams one by one, from the widths that documentation states."""
    rule = Rule(*LAYOUTS[index].tolist())
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule
    blocks = -(-n // rule.block) if rule.block else 1
    each = {"fp32": 32, "fp16": 16, "bf16": 16, "e8m0": 8, "e4m3": 8, "ue5m3": 8}
    scale = each.get(CODECS[rule.codec], rule.scale_bits)
    parts = [n * rule.bits, blocks * scale, blocks * rule.choice]
    if rule.offset:
        whole = rule.scale_bits + (rule.offset == 1)
        parts.append(blocks * (whole if rule.scale_bits else scale))
    if CODECS[rule.codec] in ("e4m3", "ue5m3", "int"):
        units = -(-n // rule.group) * 16 if rule.group else 32
        parts.append(units * (2 if rule.offset else 1))
    parts.append(-(-n // 256) * rule.outliers * (8 + 16))
    assert rule.bytes(n) == sum(-(-part // 8) for part in parts)


def test_budgets_hold_and_steps_stay_inside():
    menu = affordable(4.25, (1 << 20,))
    rates = [rate(Rule(*row), (1 << 20,)) for row in menu.tolist()]
    assert max(rates) <= 4.255 and min(rates) > 3.6
    rng = np.random.default_rng(0)
    rows = menu[rng.integers(0, len(menu), 500)]
    after = Menu(menu).stepped(rows, rng)
    changed = (after != rows).sum(axis=1)
    assert changed.min() >= 1 and np.median(changed) <= 3 and len(menu) > 5000
    inside = {tuple(row) for row in menu.tolist()}
    assert all(tuple(row) in inside for row in after.tolist())
    drawn = Menu(menu).drawn(2000, rng)
    assert all(tuple(row) in inside for row in drawn.tolist())
    assert 0.5 < (drawn[:, 9:].sum(axis=1) == 0).mean() < 0.7
    assert {tuple(kind) for kind in drawn[:, 9:11].tolist()} == set(KINDS)
    plain = affordable(4.25, (1 << 20,), plain=True)
    assert (plain[:, 9:] == 0).all() and {tuple(row) for row in plain.tolist()} < inside


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": 2},
        {"code_bits": 1},
        {"code_bits": True},
        {"block": 24},
        {"scale": None},
        {"scale": {"codec": "int9", "signed": False, "group": 256, "found": "search"}},
        {"scale": {"codec": "int06", "signed": False, "group": 256, "found": "search"}},
        {"scale": {"codec": "e8m0", "signed": True, "group": 0, "found": "search"}},
        {"scale": {"codec": "fp16", "signed": False, "group": 256, "found": "search"}},
        {"offset": "both"},
        {"choice": 1},
        {"choice": True},
        {"outliers": 0},
        {"outliers": 3},
        {"outliers": True},
        {"outliers": "1"},
        {"rotated": 0},
        {"rotated": 32},
        {"rotated": 16.0},
        {"outliers": 1, "rotated": 16},
        {"block": 0, "outliers": 1},
        {"levels": {}},
        {"levels": {"shape": "plain", "table": [1, 2]}},
        {"levels": {"shape": "plain", "table": ["nan"] * 16}},
        {"levels": {"shape": "plain", "table": ["0x1.0000000001p+0"] * 16}},
        {"levels": {"shape": "plain", "table": [128] * 16}},
        {"levels": {"shape": "none", "table": [1] * 16}},
        {"levels": {"program": {"instructions": []}}},
    ],
)
def test_documents_that_are_no_quantizers_are_refused(layout, uniform, changed):
    document = written(layout(), uniform)
    assert read(document)[1] == uniform
    with pytest.raises((FormatError, ProgramError)):
        read(document | changed)


def leaves(document, path=()):
    """Paths to everything in a document."""
    yield path
    inner = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, value in inner:
        yield from leaves(value, (*path, key))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just([]),
    st.just({}), st.just([0] * 40), st.just("0x1p+2000"), st.just("0" * 16),
)  # fmt: skip


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_documents_of_strangers_are_read_or_refused(quantizers, data):
    documents = [written(*found) for found in quantizers(20, 3)]
    document = json.loads(json.dumps(data.draw(st.sampled_from(documents))))
    path = data.draw(st.sampled_from([p for p in leaves(document) if p]))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = data.draw(JUNK)
    try:
        rule, element = read(document)
    except ArchiveError:
        assert mathematics("quantizers", document, 80) is None or "levels" not in document
        return
    if sound(element.levels(rule)):
        through(rule, element.levels(rule), np.linspace(-1, 1, 50, dtype=np.float32))
    assert read(written(rule, element)) == (rule, element)
    assert mathematics("quantizers", document, 80)


def test_whole_numbers_need_a_scale_that_is_searched(layout, uniform):
    with pytest.raises(FormatError, match="whole"):
        read(written(layout(search=0), uniform))


@pytest.fixture(scope="module")
def compilers():
    found = [c for c in ("gcc", "clang") if shutil.which(c)]
    if not found:
        pytest.skip("needs a C compiler")
    return found


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
    for k, (rule, element) in enumerate(quantizers(40, 9)):
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


@pytest.fixture(scope="module")
def built(tmp_path_factory, compilers, known_formats):
    """Exported C of a few formats, compiled in one library."""
    folder = tmp_path_factory.mktemp("built")
    for k, (rule, element) in enumerate(known_formats):
        [(name, text)] = exported(written(rule, element), None, f"q{k}", "c").items()
        (folder / name).write_text(text)
    command = [compilers[0], *STRICT[:1], "-O1", "-shared", "-fPIC", *folder.glob("*.c")]
    subprocess.run([*map(str, command), "-o", str(folder / "q.so"), "-lm"], check=True)
    return ctypes.CDLL(str(folder / "q.so"))


@pytest.mark.parametrize("n", [1, 7, 8, 100, 257, 1000])
def test_exported_dot_products_are_those_of_the_weights(built, known_formats, n):
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
        getattr(built, f"q{k}_decode")(at[0], size, at[3])
        np.testing.assert_array_equal(made, back[0])
        both, one = (getattr(built, f"q{k}_{name}") for name in ("dot_both", "dot"))
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
    [(name, text)] = exported(written(layout(), uniform), None, "q", "table").items()
    (tmp_path / name).write_text(text + "const float *used(void) { return q_levels[0]; }\n")
    command = [compilers[0], *STRICT, "-x", "c", "-fsyntax-only", str(tmp_path / name)]
    subprocess.run(command, check=True)
    assert "-0x1.0000000000000p+3f" in text


def test_a_table_of_two_choices_is_what_it_says(layout):
    rule = layout(bits=2, choice=1)
    shifted = Element(4, None, (-1.0, -0.25, 0.25, 1.0, 0.125)).levels(rule)
    np.testing.assert_array_equal(shifted[1] - shifted[0], np.full(4, 0.125, np.float32))
    double = Element(3, None, tuple(map(float, range(8)))).levels(rule)
    np.testing.assert_array_equal(double, np.arange(8, dtype=np.float32).reshape(2, 4))
    mirrored = Element(2, None, (1.0, 3.0)).levels(layout(bits=2))
    np.testing.assert_array_equal(mirrored, [[1, 3, -1, -3]])


def test_sums_are_what_they_say(layout):
    """The additive powers of two of four bits, as the paper has them, times 32."""
    rule = layout()
    element = Element.from_json({"shape": "sums", "table": [0, 32, 8, 2, 0, 16]}, rule)
    assert element.whole and element.bytes == 6
    levels = element.levels(rule)[0]
    np.testing.assert_array_equal(levels[:8], [0, 16, 32, 48, 8, 24, 2, 18])
    np.testing.assert_array_equal(levels[8:], -levels[:8])
    for bad in ([0, 32, 8, 3, 0, 16], [0, 32, 8, 2, 0], [0, 128, 8, 2, 0, 16]):
        with pytest.raises(FormatError):
            Element.from_json({"shape": "sums", "table": bad}, rule)
    with pytest.raises(FormatError):
        read(written(layout(choice=1), element))


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("whole", [0, 1])
def test_sums_are_fitted(space, layout, bits, whole):
    """To levels that are sums: all weights are levels, and the fit is all but exact."""
    rng = np.random.default_rng(bits)
    rule, count = layout("fp32", block=0, bits=bits), entries_of(SUMS, bits)
    table = 2.0 ** rng.permutation(7)[np.arange(count) % 7] if whole else rng.normal(size=count)
    true = Element(SUMS, None, tuple(table.astype(np.float32).astype(float).tolist()), bool(whole))
    weights = np.repeat(true.levels(rule)[0], 32)
    near = table * np.exp(rng.normal(0, 0.02, count))
    start = Element(SUMS, None, tuple(near.astype(np.float32).astype(float).tolist()))
    batch = space.from_json([written(rule, start)])
    batch.whole[:] = whole
    found = measure(batch, Weights.of(weights), Weights.of(weights), 30)
    assert found.error[0] < (1e-9 if whole else 1e-3)


def test_quantizers_as_mathematics(layout, uniform):
    table = mathematics("quantizers", written(layout(offset=1), uniform), 80)
    assert table[0] == "weight = scale · level + offset, where level is"
    assert table[1].startswith("plain table: -8, -7")
    rows = [["single", (0.5).hex()], ["fmul", 0, 0], ["fma", 5, 0, 4]]
    told = Program.of(SIGNATURE, (), (0,), FLOAT32).to_json() | {"instructions": rows}
    element = Element.from_json({"program": told | {"outputs": [6]}}, layout())
    assert mathematics("quantizers", written(layout(), element), 80)[1] == "k²·k + 0.5"
    assert mathematics("quantizers", {"levels": {}}, 80) is None
    assert mathematics("quantizers", {"program": 3, "table": []}, 80) is None


def test_multipliers_as_mathematics():
    told = Program.of(signature(0), (), (0,), WORDS).to_json()
    added = told | {"instructions": [["add", 0, 1]], "outputs": [2]}
    assert mathematics("quantizers", {"program": added, "table": []}, 80) == ["a + b"]
