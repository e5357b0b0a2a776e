"""Files of arrays: what is read, what is refused in one line, and what two files have in common."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from elitemap.archive.errors import ElitemapError
from elitemap.engine.data.arrays import ArraysContent, read_arrays
from elitemap.engine.protocols import ArrayFile
from elitemap.native import windows

NUMBERS = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)
ARRAYS = hnp.arrays(NUMBERS, hnp.array_shapes(min_dims=0, max_side=4))


class Opened:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (self.trace, "w")


def npz(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, body in members.items():
            file.writestr(name, body)


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


@given(ARRAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_same_numbers_are_the_same_content_however_they_lie(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "b.npz", np.array(array, order="F"))
    np.savez_compressed(tmp_path / "c.NPZ.npz", array.astype(array.dtype.newbyteorder()))
    anything = ArrayFile(finite=False)
    found = [read_arrays(path, anything) for path in sorted(tmp_path.iterdir())]
    assert len({content.digest() for content in found}) == 1
    for content in found:
        [(name, read)] = content.load().items()
        assert name == "arr_0" and read.shape == array.shape
        assert read.dtype == array.dtype.newbyteorder("<") and read.flags.c_contiguous
        np.testing.assert_array_equal(read, array)
        with pytest.raises(ValueError, match="read-only"):
            read[...] = 0


@given(ARRAYS, ARRAYS)
@settings(deadline=None)
def test_other_numbers_shapes_dtypes_or_names_are_another_content(one, other):
    def told(array):
        little = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
        return little.dtype.str, little.shape, little.tobytes()

    contents = [ArraysContent.of({"a": array}).digest() for array in (one, other)]
    assert (contents[0] == contents[1]) == (told(one) == told(other))
    assert ArraysContent.of({"b": one}).digest() != contents[0]
    pair = [ArraysContent.of(dict(items)) for items in ([("a", one), ("b", other)],) * 2]
    pair.append(ArraysContent.of({"b": other, "a": one}))
    assert len({content.digest() for content in pair}) == 1


def objects(tmp_path):
    return npy(np.array([Opened(str(tmp_path / "trace"))], object), allow_pickle=True)


REFUSED = {
    "no file": (None, "w.npy", "no file there"),
    "no arrays": (b"PK\x05\x06" + bytes(18), "w.npz", "got none"),
    "not arrays": (b"weights: 1 2 3", "w.npy", "what cannot be read"),
    "nothing": (b"", "w.npy", "what cannot be read"),
    "no zip": (b"PK\x03\x04 but damaged", "w.npz", "what cannot be read"),
    "cut off": (npy(np.arange(100.0))[:-9], "w.npy", "what cannot be read"),
    "boasting": (npy(np.zeros(9)).replace(b"(9,)", b"(9" + b"0" * 9 + b",)"), "w.npy", "cannot"),
    "suffix": (b"1 2 3", "w.txt", "ends in .npy, .npz"),
    "wrong name": (npy(np.ones(3)), "w.npz", "call it .npy"),
    "empty": (npy(np.empty((3, 0))), "w.npy", "shape (3, 0)"),
    "text": (npy(np.array(["one"])), "w.npy", "dtype <U3"),
    "records": (npy(np.zeros(2, [("a", "f8")])), "w.npy", "dtype"),
    "padded": (npy(np.ones(2, np.longdouble)), "w.npy", "float64"),
    "NaN": (npy(np.array([1.0, np.nan, np.inf])), "w.npy", "NaN or infinity 2 times"),
    "a pickle": (pickle.dumps([1, 2]), "w.npy", "no file of NumPy"),
}


@pytest.mark.parametrize(("body", "name", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_array_of_numbers_is_refused_in_one_line(tmp_path, body, name, message):
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(ElitemapError) as caught:
        read_arrays(tmp_path / name, ArrayFile())
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["w.npy", "w.npz"])
def test_objects_are_never_unpickled(tmp_path, name):
    body = objects(tmp_path)
    if name == "w.npy":
        (tmp_path / name).write_bytes(body)
    else:
        npz(tmp_path / name, {"w.npy": body})
    with pytest.raises(ElitemapError, match="Python objects, which are never unpickled"):
        read_arrays(tmp_path / name, ArrayFile())
    assert not (tmp_path / "trace").exists()


def test_other_members_of_a_zip_are_no_arrays(tmp_path):
    npz(tmp_path / "w.npz", {"w.npy": npy(np.ones(3)), "notes.txt": b"hello"})
    with pytest.raises(ElitemapError, match="'notes.txt'.*got other bytes"):
        read_arrays(tmp_path / "w.npz", ArrayFile())


def stretched(body):
    """An array whose header says that it is longer."""
    return body.replace(b"(3,)", b"(9,)")


LARGE = {
    "too short": (stretched(npy(np.ones(3))), "should have 200 bytes, it has 152"),
    "cut off": (npy(np.ones(3))[:-8], "should have 152 bytes, it has 144"),
    "a version": (npy(np.ones(3)).replace(b"NUMPY\x01", b"NUMPY\x07"), "of the version"),
    "no array": (b"hello", "got other bytes"),
    "nothing": (npy(np.ones(0)), "shape (0,)"),
}


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(("body", "message"), LARGE.values(), ids=LARGE)
def test_large_archives_are_refused_alike(tmp_path, monkeypatch, body, message, kind):
    monkeypatch.setattr(windows, "MOST_IN_MEMORY", 0)
    with zipfile.ZipFile(tmp_path / "w.npz", "w", kind) as file:
        file.writestr("w.npy", body)
    with pytest.raises(ElitemapError) as caught:
        read_arrays(tmp_path / "w.npz", ArrayFile())
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_objects_in_large_archives_are_never_unpickled(tmp_path, monkeypatch):
    monkeypatch.setattr(windows, "MOST_IN_MEMORY", 0)
    npz(tmp_path / "w.npz", {"w.npy": objects(tmp_path)})
    with pytest.raises(ElitemapError, match="Python objects, which are never unpickled"):
        read_arrays(tmp_path / "w.npz", ArrayFile())
    assert not (tmp_path / "trace").exists()


def test_a_large_archive_may_be_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(windows, "MOST_IN_MEMORY", 0)
    np.savez_compressed(tmp_path / "w.npz", w=np.random.default_rng(0).random(999))
    body = bytearray((tmp_path / "w.npz").read_bytes())
    body[2000:2010] = bytes(10)
    (tmp_path / "w.npz").write_bytes(body)
    with pytest.raises(ElitemapError, match=r"cannot be read|damaged"):
        read_arrays(tmp_path / "w.npz", ArrayFile())


def test_pipes_and_folders_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")
    (tmp_path / "folder.npy").mkdir()
    for name in ("pipe.npy", "folder.npy"):
        with pytest.raises(ElitemapError, match="something that is no file"):
            read_arrays(tmp_path / name, ArrayFile())


def test_what_may_not_be_read_is_told(tmp_path, monkeypatch):
    np.save(tmp_path / "w.npy", np.ones(3))

    def forbidden(path, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(np, "load", forbidden)
    with pytest.raises(ElitemapError, match="cannot read .*w.npy': Permission denied"):
        read_arrays(tmp_path / "w.npy", ArrayFile())


def test_an_option_may_allow_what_is_not_finite_and_bring_readers(tmp_path):
    np.save(tmp_path / "w.npy", np.array([1.0, np.nan]))
    assert np.isnan(read_arrays(tmp_path / "w.npy", ArrayFile(finite=False)).load()["arr_0"][1])
    (tmp_path / "w.raw").write_bytes(np.arange(3.0).tobytes())
    raw = ArrayFile(readers={".raw": lambda path: {"w": np.fromfile(path)}})
    assert read_arrays(tmp_path / "w.raw", raw).load()["w"].tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(ElitemapError, match="ends in .npy, .npz, .raw"):
        read_arrays(tmp_path / "w.csv", raw)
