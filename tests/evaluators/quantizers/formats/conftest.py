"""Quantizers of every layout, and some that are known."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

from elitemap.searchspaces.quantizers.formats.elements import Element, sound
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.export import exported
from elitemap.searchspaces.quantizers.formats.menu import layouts
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read, written
from elitemap.searchspaces.quantizers.formats.rule import CODECS, Rule


@pytest.fixture(scope="session")
def space():
    """All layouts, programs and tables."""
    return QuantizerSpace(layouts(), 8, 32)


@pytest.fixture(scope="session")
def quantizers(space):
    """Layouts and levels of a random brood: all that can be encoded to."""

    def make(n, seed=0):
        batch, valid = space.canonical(space.random(n, np.random.default_rng(seed)))
        found = [read(space.to_json(batch, row)) for row in np.flatnonzero(valid).tolist()]
        return [(rule, element) for rule, element in found if sound(element.levels(rule))]

    return make


@pytest.fixture(scope="session")
def layout():
    """A layout by the names of what differs from 4-bit codes in blocks of 16."""

    def make(codec="fp16", **changed):
        plain = {
            "bits": 4,
            "block": 16,
            "codec": CODECS.index(codec),
            "scale_bits": 0,
            "signed": 0,
            "group": 0,
            "search": 1,
            "offset": 0,
            "choice": 0,
        }
        return Rule(**{**plain, **changed})

    return make


@pytest.fixture(scope="session")
def uniform():
    """The levels -8 to 7 as a table."""
    return Element(1, None, tuple(float(k) for k in range(-8, 8)), True)


@pytest.fixture(scope="session")
def known_formats(layout, uniform):
    """A few layouts: codes of 3, 4 and 6 bits, offsets, choices, one scale for all, outliers."""
    rng = np.random.default_rng(7)

    def table(count):
        return tuple(float(x) for x in np.sort(rng.normal(size=count)).astype(np.float32))

    return [
        (layout(), uniform),
        (layout(bits=3, block=32, offset=1), Element(1, None, table(8))),
        (layout("int", scale_bits=6, signed=1, group=256, choice=1), Element(3, None, table(32))),
        (layout("fp32", block=0, bits=5), Element(1, None, table(32))),
        (layout("ue5m3", block=64, outliers=4), uniform),
        (layout("int", scale_bits=5, group=128, rotated=256), uniform),
    ]


@pytest.fixture(scope="session")
def compilers():
    """Those of gcc and clang that are here."""
    found = [c for c in ("gcc", "clang") if shutil.which(c)]
    if not found:
        pytest.skip("needs a C compiler")
    return found


@pytest.fixture(scope="session")
def compiled(tmp_path_factory, compilers, known_formats):
    """Exported C of the known formats, q0 and on, in one library: it takes long to compile."""
    folder = tmp_path_factory.mktemp("compiled")
    for k, (rule, element) in enumerate(known_formats):
        [(name, text)] = exported(written(rule, element), None, f"q{k}", "c").items()
        (folder / name).write_text(text)
    command = [compilers[0], "-std=c99", "-O1", "-shared", "-fPIC", *folder.glob("*.c")]
    subprocess.run([*map(str, command), "-o", str(folder / "q.so"), "-lm"], check=True)
    return ctypes.CDLL(str(folder / "q.so"))


@pytest.fixture(scope="session")
def through():
    """Weights after a way through bytes."""

    def make(rule, levels, weights, importance=None):
        data = pack(rule, encode(rule, levels, weights, importance))
        assert len(data) == rule.bytes(weights.size)
        return decode(rule, levels, weights.size, data)

    return make
