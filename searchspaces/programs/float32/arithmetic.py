"""Sums, products, quotients, the fused multiply-add and the square root, each rounded once."""

import numpy as np

from elitemap.searchspaces.programs.float32.fused import fused
from elitemap.searchspaces.programs.primitive import Primitive

_TWO, _S = ("single", "single"), "single"

#: -0 and not 0 is what changes nothing: 0 + 0 = 0 where the first was -0.
FADD = Primitive(
    name="fadd",
    operands=_TWO,
    result=_S,
    cost=1,
    run=np.add,
    templates={
        "text": "{0} + {1}",
        "c": "{0} + {1}",
        "numpy": "{0} + {1}",
        "jax": "{0} + {1}",
        "rust": "{0} + {1}",
        "cuda": "__fadd_rn({0}, {1})",
        "triton": "{0} + {1}",
        "python": "_single({0} + {1})",
    },
    commutative=True,
    neutral=(-0.0,),
    opposite="fsub",
    infix=1,
    layout=("sum", 0, 1),
)

FSUB = Primitive(
    name="fsub",
    operands=_TWO,
    result=_S,
    cost=1,
    run=np.subtract,
    templates={
        "text": "{0} - {1}",
        "c": "{0} - {1}",
        "numpy": "{0} - {1}",
        "jax": "{0} - {1}",
        "rust": "{0} - {1}",
        "cuda": "__fsub_rn({0}, {1})",
        "triton": "{0} - {1}",
        "python": "_single({0} - {1})",
    },
    neutral=(0.0,),
    opposite="fadd",
    infix=1,
    layout=("difference", 0, 1),
)

FMUL = Primitive(
    name="fmul",
    operands=_TWO,
    result=_S,
    cost=1,
    run=np.multiply,
    templates={
        "text": "{0} * {1}",
        "c": "{0} * {1}",
        "numpy": "{0} * {1}",
        "jax": "{0} * {1}",
        "rust": "{0} * {1}",
        "cuda": "__fmul_rn({0}, {1})",
        "triton": "{0} * {1}",
        "python": "_single({0} * {1})",
    },
    commutative=True,
    neutral=(1.0,),
    infix=2,
    layout=("product", 0, 1),
)

FMA = Primitive(
    name="fma",
    operands=(_S, _S, _S),
    result=_S,
    cost=1,
    run=fused,
    templates={
        "text": "fma({0}, {1}, {2})",
        "c": "fmaf({0}, {1}, {2})",
        "numpy": "_fma({0}, {1}, {2})",
        "jax": "{0} * {1} + {2}",
        "rust": "{0}.mul_add({1}, {2})",
        "cuda": "__fmaf_rn({0}, {1}, {2})",
        "triton": "tl.fma({0}, {1}, {2})",
        "python": "_fma({0}, {1}, {2})",
    },
    commutative=True,
    layout=("sum", ("product", 0, 1), 2),
    notes={
        "c": "fmaf is one instruction with -mfma (or -march=native where the CPU has it); without, "
        "it is a call into the C library: the same bits, many times slower."
    },
)

FDIV = Primitive(
    name="fdiv",
    operands=_TWO,
    result=_S,
    cost=1,
    run=np.divide,
    templates={
        "text": "{0} / {1}",
        "c": "{0} / {1}",
        "numpy": "{0} / {1}",
        "jax": "{0} / {1}",
        "rust": "{0} / {1}",
        "cuda": "__fdiv_rn({0}, {1})",
        "triton": "tl.div_rn({0}, {1})",
        "python": "_quotient({0}, {1})",
    },
    neutral=(1.0,),
    infix=2,
    layout=("quotient", 0, 1),
)

SQRT = Primitive(
    name="sqrt",
    operands=(_S,),
    result=_S,
    cost=1,
    run=np.sqrt,
    templates={
        "text": "sqrt({0})",
        "c": "sqrtf({0})",
        "numpy": "np.sqrt({0})",
        "jax": "jnp.sqrt({0})",
        "rust": "{0}.sqrt()",
        "cuda": "__fsqrt_rn({0})",
        "triton": "tl.sqrt_rn({0})",
        "python": "_root({0})",
    },
    layout=("root", 0),
)
