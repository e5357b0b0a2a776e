"""Weights of models in ONNX, written here by hand."""

import numpy as np
import pytest

from benchmarks.onnx_weights import fields, weights_of


def varint(value):
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, array, kind=1, packed=False):
    sizes = b"".join(map(varint, array.shape))
    dimensions = field(1, sizes) if packed else b"".join(field(1, n) for n in array.shape)
    return dimensions + field(2, kind) + field(8, name.encode()) + field(9, array.tobytes())


@pytest.mark.parametrize("packed", [False, True])
def test_initializers_of_float32_are_read(tmp_path, packed):
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((3, 200)).astype("<f4")
    bias, whole = weights[0, :9], rng.integers(0, 9, 300)
    graph = field(2, b"graph") + b"".join(
        field(5, tensor(name, array, kind, packed))
        for name, array, kind in (("w", weights, 1), ("b", bias, 1), ("i", whole, 7))
    )
    (tmp_path / "m.onnx").write_bytes(field(1, 8) + field(2, b"made here") + field(7, graph))
    (found,) = weights_of(tmp_path / "m.onnx").items()
    assert found[0] == "w"
    np.testing.assert_array_equal(found[1], weights)


def test_a_message_that_ends_inside_a_field_is_refused():
    assert list(fields(field(3, 300) + field(4, b"ab"))) == [(3, 300), (4, b"ab")]
    with pytest.raises(ValueError, match="expected a field"):
        list(fields(field(4, b"abcdef")[:-2]))
