"""The four operations and the fused multiply-add."""

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive, templates
from elitemap.searchspaces.programs.real.fused import fused

_REAL = "real"

ADD = Primitive(
    name="add",
    operands=(_REAL, _REAL),
    result=_REAL,
    cost=1,
    run=np.add,
    templates=templates("{0} + {1}", cuda="__dadd_rn({0}, {1})", exact="{0} + {1}"),
    commutative=True,
    inverse="sub",
    neutral=(0.0, 0.0),
    opposite="sub",
    weights=((1, -1, 0), (1, 0, -1)),
    slopes=("1.0", "1.0"),
    pair="pair_add({0}, {1})",
    exact=lambda f, a, b: a + b,
    infix=1,
    layout=("sum", 0, 1),
)

SUB = Primitive(
    name="sub",
    operands=(_REAL, _REAL),
    result=_REAL,
    cost=1,
    run=np.subtract,
    templates=templates("{0} - {1}", cuda="__dsub_rn({0}, {1})", exact="{0} - {1}"),
    neutral=(0.0, 0.0),
    opposite="add",
    weights=((1, -1, 0), (1, 0, -1)),
    slopes=("1.0", "-1.0"),
    pair="pair_sub({0}, {1})",
    exact=lambda f, a, b: a - b,
    infix=1,
    layout=("difference", 0, 1),
)

MUL = Primitive(
    name="mul",
    operands=(_REAL, _REAL),
    result=_REAL,
    cost=1,
    run=np.multiply,
    templates=templates(
        "{0} * {1}",
        latex=r"{0} \cdot {1}",
        cuda="__dmul_rn({0}, {1})",
        exact="{0} * {1}",
    ),
    commutative=True,
    inverse="div",
    neutral=(1.0, 0.0),
    absorbing=(0, 1),
    weights=((1, -1, -1),),
    matched=("{v} / {1}", "{v} / {0}"),
    slopes=("{1}", "{0}"),
    pair="pair_mul({0}, {1})",
    exact=lambda f, a, b: a * b,
    infix=2,
    layout=("product", 0, 1),
)

_DIV = '''\
def _div(a, b):
    """The quotient of IEEE 754, which exists for zero divisors too."""
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)
'''

DIV = Primitive(
    name="div",
    operands=(_REAL, _REAL),
    result=_REAL,
    cost=1,
    run=np.divide,
    templates=templates(
        "{0} / {1}",
        python="_div({0}, {1})",
        latex=r"\frac{{{0}}}{{{1}}}",
        cuda="__ddiv_rn({0}, {1})",
        exact="{0} / {1}",
    ),
    neutral=(1.0, 0.0),
    absorbing=(0,),
    weights=((1, -1, 1),),
    matched=("{v} * {1}", "{0} / {v}"),
    divisor=1,
    slopes=("1.0 / {1}", "-{v} / {1}"),
    pair="pair_div({0}, {1})",
    exact=lambda f, a, b: a / b,
    infix=2,
    layout=("quotient", 0, 1),
    helpers={"_div": _DIV},
)

_FMA = '''\
def _fma(a, b, c):
    """The fused multiply-add of IEEE 754: a * b + c rounded once."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return a * b + c
    if not math.isfinite(c):
        return c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return a * b + c
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return math.inf if exact > 0 else -math.inf
'''

FMA = Primitive(
    name="fma",
    operands=(_REAL, _REAL, _REAL),
    result=_REAL,
    cost=1,
    run=np.vectorize(fused, otypes=[np.float64]),
    templates=templates(
        "fma({0}, {1}, {2})",
        python="_fma({0}, {1}, {2})",
        numpy="{0} * {1} + {2}",
        sympy="{0} * {1} + {2}",
        latex=r"{0} \cdot {1} + {2}",
        rust="{0}.mul_add({1}, {2})",
        cuda="__fma_rn({0}, {1}, {2})",
        exact="{0} * {1} + {2}",
    ),
    commutative=True,
    weights=((1, -1, -1, 0), (1, 0, 0, -1)),
    slopes=("{1}", "{0}", "1.0"),
    pair="pair_fma({0}, {1}, {2})",
    exact=lambda f, a, b, c: a * b + c,
    layout=("sum", ("product", 0, 1), 2),
    helpers={"_fma": _FMA},
    notes={
        "numpy": "NumPy has no fused multiply-add, so each one is rounded twice here: last bits "
        "may differ from the Python and C versions."
    },
)
