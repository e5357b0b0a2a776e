"""Weights of a model in ONNX as ``.npz``: ``python -m benchmarks.onnx_weights MODEL TO``.

Of the protocol buffers in which ONNX is written as much is read as initializers take: a field is a
number, then eight bytes, a run of bytes or four bytes (https://onnx.ai/onnx/api/classes.html names
the fields). Magika's model is in its wheel: ``pip download --no-deps magika==1.0.3``, unpacked,
``magika/models/standard_v3_3/model.onnx``.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

#: Numbers of the fields that are read: of a model, of its graph, and of a tensor.
_GRAPH, _INITIALIZER = 7, 5
_DIMENSIONS, _TYPE, _FLOATS, _NAME, _RAW = 1, 2, 4, 8, 9

#: The type of float32, and tensors with fewer weights are left out: biases.
_FLOAT, _LEAST = 1, 256

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where the next one begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a message.

    Raises:
        ValueError: If it ends inside a field, or a field is of no known kind.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind, length = key & 7, {_EIGHT: 8, _FOUR: 4}.get(key & 7, 0)
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        if not length and kind != _BYTES or at + length > len(data):
            raise ValueError(f"expected a field of a message at byte {at}, got its kind {kind}")
        yield key >> 3, data[at : at + length]
        at += length


def _tensor(data: bytes) -> tuple[str, np.ndarray | None]:
    """Name and numbers of a tensor of float32; None for others."""
    found: dict[int, list[int | bytes]] = {}
    for number, value in fields(data):
        found.setdefault(number, []).append(value)
    name = found[_NAME][0].decode() if _NAME in found else ""
    if found.get(_TYPE) != [_FLOAT]:
        return name, None
    body = b"".join(found.get(_RAW, found.get(_FLOATS, [])))
    shape: list[int] = []
    for told in found.get(_DIMENSIONS, []):
        if isinstance(told, int):
            shape.append(told)
            continue
        at = 0
        while at < len(told):
            size, at = _varint(told, at)
            shape.append(size)
    return name, np.frombuffer(body, "<f4").reshape(shape)


def weights_of(path: Path) -> dict[str, np.ndarray]:
    """The tensors of float32 with at least 256 weights, by name.

    Raises:
        ValueError: If the file is damaged.
    """
    graph = b"".join(v for n, v in fields(path.read_bytes()) if n == _GRAPH)
    made = dict(_tensor(v) for n, v in fields(graph) if n == _INITIALIZER)
    return {name: x for name, x in made.items() if x is not None and x.size >= _LEAST}


def main() -> None:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("to", type=Path)
    options = parser.parse_args()
    found = weights_of(options.model)
    np.savez(options.to, **found)
    for name, x in found.items():
        print(f"{name}: {x.shape}, rms {np.sqrt(np.mean(np.square(x))):.4f}")
    print(f"{sum(x.size for x in found.values())} weights")


if __name__ == "__main__":
    main()
