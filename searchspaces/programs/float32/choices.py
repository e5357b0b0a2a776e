"""The smaller, the larger, comparisons, and the choice that a word's sign makes.

A comparison gives -1 or 0, so that words of comparisons can be combined by ``and``, ``or`` and
``xor``; ``select`` takes its first value where the word is negative, as vector units do.
"""

from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive

_TWO = ("single", "single")


def _chosen(first: Any, a: Any, b: Any) -> Any:
    return np.where(first, a, b)[()]


def _mask(holds: Any) -> Any:
    return np.negative(np.asarray(holds, np.int32))[()]


#: As the instruction of x86: the first operand unless the second is smaller.
MIN = Primitive(
    name="min",
    operands=_TWO,
    result="single",
    cost=1,
    run=lambda a, b: _chosen(np.less(b, a), b, a),
    templates={
        "text": "min({0}, {1})",
        "c": "({1} < {0} ? {1} : {0})",
        "numpy": "np.where({1} < {0}, {1}, {0})",
        "jax": "jnp.where({1} < {0}, {1}, {0})",
        "rust": "if {1} < {0} {{ {1} }} else {{ {0} }}",
        "cuda": "({1} < {0} ? {1} : {0})",
        "triton": "tl.where({1} < {0}, {1}, {0})",
        "python": "{1} if {1} < {0} else {0}",
    },
    idempotent=True,
)

MAX = Primitive(
    name="max",
    operands=_TWO,
    result="single",
    cost=1,
    run=lambda a, b: _chosen(np.greater(b, a), b, a),
    templates={
        "text": "max({0}, {1})",
        "c": "({1} > {0} ? {1} : {0})",
        "numpy": "np.where({1} > {0}, {1}, {0})",
        "jax": "jnp.where({1} > {0}, {1}, {0})",
        "rust": "if {1} > {0} {{ {1} }} else {{ {0} }}",
        "cuda": "({1} > {0} ? {1} : {0})",
        "triton": "tl.where({1} > {0}, {1}, {0})",
        "python": "{1} if {1} > {0} else {0}",
    },
    idempotent=True,
)

LESS = Primitive(
    name="less",
    operands=_TWO,
    result="word",
    cost=1,
    run=lambda a, b: _mask(np.less(a, b)),
    templates={
        "text": "less({0}, {1})",
        "c": "({0} < {1} ? -1 : 0)",
        "numpy": "np.where({0} < {1}, np.int32(-1), np.int32(0))",
        "jax": "jnp.where({0} < {1}, jnp.int32(-1), jnp.int32(0))",
        "rust": "if {0} < {1} {{ -1 }} else {{ 0 }}",
        "cuda": "({0} < {1} ? -1 : 0)",
        "triton": "tl.where({0} < {1}, -1, 0)",
        "python": "-1 if {0} < {1} else 0",
    },
)

#: That of a value with itself tells NaN from numbers.
EQUAL = Primitive(
    name="equal",
    operands=_TWO,
    result="word",
    cost=1,
    run=lambda a, b: _mask(np.equal(a, b)),
    templates={
        "text": "equal({0}, {1})",
        "c": "({0} == {1} ? -1 : 0)",
        "numpy": "np.where({0} == {1}, np.int32(-1), np.int32(0))",
        "jax": "jnp.where({0} == {1}, jnp.int32(-1), jnp.int32(0))",
        "rust": "if {0} == {1} {{ -1 }} else {{ 0 }}",
        "cuda": "({0} == {1} ? -1 : 0)",
        "triton": "tl.where({0} == {1}, -1, 0)",
        "python": "-1 if {0} == {1} else 0",
    },
    commutative=True,
)

ILESS = Primitive(
    name="iless",
    operands=("word", "word"),
    result="word",
    cost=1,
    run=lambda a, b: _mask(np.less(a, b)),
    templates={
        "text": "iless({0}, {1})",
        "c": "({0} < {1} ? -1 : 0)",
        "numpy": "np.where({0} < {1}, np.int32(-1), np.int32(0))",
        "jax": "jnp.where({0} < {1}, jnp.int32(-1), jnp.int32(0))",
        "rust": "if {0} < {1} {{ -1 }} else {{ 0 }}",
        "cuda": "({0} < {1} ? -1 : 0)",
        "triton": "tl.where({0} < {1}, -1, 0)",
        "python": "-1 if {0} < {1} else 0",
    },
)

SELECT = Primitive(
    name="select",
    operands=("word", "single", "single"),
    result="single",
    cost=1,
    run=lambda word, a, b: _chosen(np.less(word, 0), a, b),
    templates={
        "text": "select({0}, {1}, {2})",
        "c": "({0} < 0 ? {1} : {2})",
        "numpy": "np.where({0} < 0, {1}, {2})",
        "jax": "jnp.where({0} < 0, {1}, {2})",
        "rust": "if {0} < 0 {{ {1} }} else {{ {2} }}",
        "cuda": "({0} < 0 ? {1} : {2})",
        "triton": "tl.where({0} < 0, {1}, {2})",
        "python": "{1} if {0} < 0 else {2}",
    },
)

ISELECT = Primitive(
    name="iselect",
    operands=("word", "word", "word"),
    result="word",
    cost=1,
    run=lambda word, a, b: _chosen(np.less(word, 0), a, b),
    templates={
        "text": "iselect({0}, {1}, {2})",
        "c": "({0} < 0 ? {1} : {2})",
        "numpy": "np.where({0} < 0, {1}, {2})",
        "jax": "jnp.where({0} < 0, {1}, {2})",
        "rust": "if {0} < 0 {{ {1} }} else {{ {2} }}",
        "cuda": "({0} < 0 ? {1} : {2})",
        "triton": "tl.where({0} < 0, {1}, {2})",
        "python": "{1} if {0} < 0 else {2}",
    },
)
