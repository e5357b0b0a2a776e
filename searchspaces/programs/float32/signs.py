"""Operations on the sign bit, of NaNs too."""

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive

ABS = Primitive(
    name="abs",
    operands=("single",),
    result="single",
    cost=1,
    run=np.abs,
    templates={
        "text": "abs({0})",
        "c": "fabsf({0})",
        "numpy": "np.abs({0})",
        "jax": "jnp.abs({0})",
        "rust": "{0}.abs()",
        "cuda": "fabsf({0})",
        "triton": "_float(_bits({0}) & 0x7FFFFFFF)",
        "python": "abs({0})",
    },
    layout=("bars", 0),
)

#: By its bits: gcc makes one instruction of ``-fmaf(a, b, c)``, -ab - c, whose zeros have
#: another sign.
NEG = Primitive(
    name="neg",
    operands=("single",),
    result="single",
    cost=1,
    run=np.negative,
    templates={
        "text": "neg({0})",
        "c": "float_of(bits_of({0}) ^ INT32_MIN)",
        "numpy": "-{0}",
        "jax": "-{0}",
        "rust": "-{0}",
        "cuda": "__int_as_float(__float_as_int({0}) ^ INT32_MIN)",
        "triton": "_float(_bits({0}) ^ -0x80000000)",
        "python": "-{0}",
    },
)

COPYSIGN = Primitive(
    name="copysign",
    operands=("single", "single"),
    result="single",
    cost=1,
    run=np.copysign,
    templates={
        "text": "copysign({0}, {1})",
        "c": "copysignf({0}, {1})",
        "numpy": "np.copysign({0}, {1})",
        "jax": "jnp.copysign({0}, {1})",
        "rust": "{0}.copysign({1})",
        "cuda": "copysignf({0}, {1})",
        "triton": "_float((_bits({0}) & 0x7FFFFFFF) | (_bits({1}) & -0x80000000))",
        "python": "math.copysign({0}, {1})",
    },
    idempotent=True,
)
