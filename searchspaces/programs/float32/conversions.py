"""From float32 to whole numbers and back, by value and by bits."""

from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive

RINT = Primitive(
    name="rint",
    operands=("single",),
    result="single",
    cost=1,
    run=np.rint,
    templates={
        "text": "rint({0})",
        "c": "rintf({0})",
        "numpy": "np.rint({0})",
        "jax": "jnp.rint({0})",
        "rust": "{0}.round_ties_even()",
        "cuda": "rintf({0})",
        "triton": "_rint({0})",
        "python": "_rint({0})",
    },
)


def _to_int(a: Any) -> Any:
    inside = (a >= np.float32(-(2.0**31))) & (a < np.float32(2.0**31))
    rounded = np.rint(np.where(inside, a, 0.0)).astype(np.int32)
    return np.where(inside, rounded, np.int32(-(2**31)))[()]


#: Total, and as the instruction of x86 has it: -2^31 for NaN and for what is out of range.
TO_INT = Primitive(
    name="toint",
    operands=("single",),
    result="word",
    cost=1,
    run=_to_int,
    templates={
        "text": "toint({0})",
        "c": "({0} >= -0x1p31f && {0} < 0x1p31f ? (int32_t)rintf({0}) : INT32_MIN)",
        "numpy": "_toint({0})",
        "jax": "_toint({0})",
        "rust": "to_int({0})",
        "cuda": "({0} >= -0x1p31f && {0} < 0x1p31f ? __float2int_rn({0}) : INT32_MIN)",
        "triton": "_toint({0})",
        "python": "_toint({0})",
    },
)

FROM_INT = Primitive(
    name="fromint",
    operands=("word",),
    result="single",
    cost=1,
    run=lambda a: np.asarray(a).astype(np.float32)[()],
    templates={
        "text": "fromint({0})",
        "c": "(float){0}",
        "numpy": "{0}.astype(np.float32)",
        "jax": "{0}.astype(jnp.float32)",
        "rust": "{0} as f32",
        "cuda": "__int2float_rn({0})",
        "triton": "_number({0})",
        "python": "_single({0})",
    },
)

BITS = Primitive(
    name="bits",
    operands=("single",),
    result="word",
    cost=0,
    run=lambda a: a.view(np.int32),
    templates={
        "text": "bits({0})",
        "c": "bits_of({0})",
        "numpy": "{0}.view(np.int32)",
        "jax": "_bits({0})",
        "rust": "{0}.to_bits() as i32",
        "cuda": "__float_as_int({0})",
        "triton": "_bits({0})",
        "python": "_bits({0})",
    },
)

FLOAT = Primitive(
    name="float",
    operands=("word",),
    result="single",
    cost=0,
    run=lambda a: a.view(np.float32),
    templates={
        "text": "float({0})",
        "c": "float_of({0})",
        "numpy": "{0}.view(np.float32)",
        "jax": "_float({0})",
        "rust": "f32::from_bits({0} as u32)",
        "cuda": "__int_as_float({0})",
        "triton": "_float({0})",
        "python": "_float({0})",
    },
)
