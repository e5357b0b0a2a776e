"""What tensors are as matrices: products, Newton-Schulz steps, means, norms.

A tensor of two or more axes is a matrix whose columns are its last axis; one of fewer is a single
row. Everything here keeps the shape, so that every program has one: products come as ``x y' z``, of
which every odd polynomial of a matrix can be made, and an accumulated ``x y'`` cannot be kept in a
slot.

Newton-Schulz steps are of use where singular values are at most about one, as those of a tensor
over its norm (``unit``) are. By types that keep tensors and scalars apart a quotient by a norm is
three instructions, which no edit makes at once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.tensors.pointwise import operation

#: Coefficients of a step towards the nearest orthogonal matrix (Jordan et al., "Muon", 2024).
SCHULZ = (3.4445, -4.7750, 2.0315)

#: What tensors of zeros are divided by.
LEAST_NORM = 1e-30

Singles = NDArray[np.float32]


def as_matrix(x: Any) -> Singles:
    """The tensor as rows and columns."""
    array = np.asarray(x, np.float32)
    return array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(1, -1)


def _shaped(made: Any, like: Any) -> Any:
    return np.asarray(made, np.float32).reshape(np.shape(like))


def _product(x: Any, y: Any, z: Any) -> Any:
    return _shaped(as_matrix(x) @ as_matrix(y).T @ as_matrix(z), x)


def _schulz(x: Any) -> Any:
    a, b, c = map(np.float32, SCHULZ)
    m = as_matrix(x)
    if m.shape[0] > m.shape[1]:
        m = m.T
    square = m @ m.T
    made = a * m + (b * square + c * (square @ square)) @ m
    return _shaped(made if made.shape == as_matrix(x).shape else made.T, x)


def _row_mean(x: Any) -> Any:
    m = as_matrix(x)
    return _shaped(np.broadcast_to(m.mean(axis=1, keepdims=True), m.shape), x)


def _column_mean(x: Any) -> Any:
    m = as_matrix(x)
    return _shaped(np.broadcast_to(m.mean(axis=0, keepdims=True), m.shape), x)


def _unit(x: Any) -> Any:
    norm = np.sqrt(np.sum(np.square(np.asarray(x, np.float64))))
    return _shaped(x / np.maximum(norm, LEAST_NORM), x)


def _by_shape(x: Any, y: Any) -> Any:
    return x if np.ndim(x) > 1 else y


def _matrix(
    name: str, operands: str, run: Callable[..., Any], c: str, cost: int, latex: str, **laws: Any
) -> Primitive:
    """An entry; exported code calls a function ``_NAME`` that it brings along."""
    places = ", ".join(f"{{{k}}}" for k in range(len(operands)))
    call = f"_{name}({places})"
    return operation(
        name, operands, run, f"{name}({places})", cost=cost, c=c, numpy=call, torch=call,
        latex=latex, **laws,
    )  # fmt: skip


_ROOTS = "({0} * (3.4445f + {0} * {0} * (-4.7750f + 2.0315f * {0} * {0})))"

#: By opcode, after the scalars. The C template is the value at tensors of one entry.
MATRICES = (
    _matrix("product", "ttt", _product, "({0} * {1} * {2})", 6, r"{0} \, {1}^\top {2}"),
    _matrix("schulz", "t", _schulz, _ROOTS, 6, r"\operatorname{{NS}}\left({0}\right)"),
    _matrix("row_mean", "t", _row_mean, "{0}", 2, r"\operatorname{{row}}\left({0}\right)"),
    _matrix("column_mean", "t", _column_mean, "{0}", 2, r"\operatorname{{col}}\left({0}\right)"),
    _matrix(
        "by_shape", "tt", _by_shape, "{1}", 1,
        r"\begin{{cases}}{0} & \text{{matrix}} \\ {1} & \text{{vector}}\end{{cases}}",
        idempotent=True,
    ),
    _matrix(
        "unit", "t", _unit, "({0} > 0.0f ? 1.0f : {0} < 0.0f ? -1.0f : {0})", 3,
        r"\frac{{{0}}}{{\left\|{0}\right\|}}",
    ),
)  # fmt: skip

#: Names of those that look at shapes.
NAMES = tuple(primitive.name for primitive in MATRICES)
