"""Arithmetic of int32 words: sums wrap, shifts count modulo 32."""

from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive


def _binary(
    name: str,
    run: Any,
    text: str,
    c: str,
    arrays: str,
    rust: str,
    triton: str,
    python: str,
    **laws: Any,
) -> Primitive:
    """An operation on two words: its templates, one for both array languages, and its laws."""
    return Primitive(
        name=name,
        operands=("word", "word"),
        result="word",
        cost=1,
        run=run,
        templates={
            "text": text,
            "c": c,
            "numpy": arrays,
            "jax": arrays.replace("np.", "jnp."),
            "rust": rust,
            "cuda": c,
            "triton": triton,
            "python": python,
        },
        **laws,
    )


def _unsigned(a: Any) -> Any:
    return a.view(np.uint32)


def _shifted_left(a: Any, b: Any) -> Any:
    return np.left_shift(_unsigned(a), _unsigned(b) & np.uint32(31)).view(np.int32)


def _shifted_right(a: Any, b: Any) -> Any:
    return np.right_shift(_unsigned(a), _unsigned(b) & np.uint32(31)).view(np.int32)


# Sums by way of unsigned numbers: signed ones must not overflow in C.
IADD = _binary(
    "iadd",
    lambda a, b: np.add(_unsigned(a), _unsigned(b)).view(np.int32),
    "{0} + {1}",
    "(int32_t)((uint32_t){0} + (uint32_t){1})",
    "{0} + {1}",
    "{0}.wrapping_add({1})",
    "{0} + {1}",
    "_word({0} + {1})",
    commutative=True,
    inverse="isub",
    neutral=(0,),
    opposite="isub",
    infix=1,
)

ISUB = _binary(
    "isub",
    lambda a, b: np.subtract(_unsigned(a), _unsigned(b)).view(np.int32),
    "{0} - {1}",
    "(int32_t)((uint32_t){0} - (uint32_t){1})",
    "{0} - {1}",
    "{0}.wrapping_sub({1})",
    "{0} - {1}",
    "_word({0} - {1})",
    neutral=(0,),
    opposite="iadd",
    infix=1,
)

SHL = _binary(
    "shl",
    _shifted_left,
    "shl({0}, {1})",
    "(int32_t)((uint32_t){0} << ({1} & 31))",
    "np.left_shift({0}, {1} & 31)",
    "{0}.wrapping_shl({1} as u32)",
    "{0} << ({1} & 31)",
    "_word({0} << ({1} & 31))",
    neutral=(0,),
    absorbing=(0,),
)

#: Copies the sign bit in: what a right shift of a negative int32 does in every compiler in use.
SHR = _binary(
    "shr",
    lambda a, b: np.right_shift(a, b & np.int32(31)),
    "shr({0}, {1})",
    "({0} >> ({1} & 31))",
    "np.right_shift({0}, {1} & 31)",
    "{0}.wrapping_shr({1} as u32)",
    "{0} >> ({1} & 31)",
    "{0} >> ({1} & 31)",
    neutral=(0,),
    absorbing=(0,),
)

USHR = _binary(
    "ushr",
    _shifted_right,
    "ushr({0}, {1})",
    "(int32_t)((uint32_t){0} >> ({1} & 31))",
    "({0}.view(np.uint32) >> np.uint32({1} & 31)).view(np.int32)",
    "({0} as u32).wrapping_shr({1} as u32) as i32",
    "_ushr({0}, {1} & 31)",
    "_word(({0} & 0xFFFFFFFF) >> ({1} & 31))",
    neutral=(0,),
    absorbing=(0,),
)

AND = _binary(
    "and",
    np.bitwise_and,
    "and({0}, {1})",
    "({0} & {1})",
    "{0} & {1}",
    "{0} & {1}",
    "{0} & {1}",
    "{0} & {1}",
    commutative=True,
    idempotent=True,
    neutral=(-1,),
    absorbing=(0, 1),
)

OR = _binary(
    "or",
    np.bitwise_or,
    "or({0}, {1})",
    "({0} | {1})",
    "{0} | {1}",
    "{0} | {1}",
    "{0} | {1}",
    "{0} | {1}",
    commutative=True,
    idempotent=True,
    neutral=(0,),
)

XOR = _binary(
    "xor",
    np.bitwise_xor,
    "xor({0}, {1})",
    "({0} ^ {1})",
    "{0} ^ {1}",
    "{0} ^ {1}",
    "{0} ^ {1}",
    "{0} ^ {1}",
    commutative=True,
    inverse="xor",
    neutral=(0,),
)
