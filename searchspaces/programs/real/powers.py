"""Roots and powers."""

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive, templates

_SQRT = '''\
def _sqrt(a):
    """The square root of IEEE 754: NaN below zero."""
    return math.sqrt(a) if a >= 0.0 else math.nan
'''

SQRT = Primitive(
    name="sqrt",
    operands=("real",),
    result="real",
    cost=1,
    run=np.sqrt,
    templates=templates(
        "sqrt({0})",
        python="_sqrt({0})",
        numpy="np.sqrt({0})",
        sympy="sympy.sqrt({0})",
        latex=r"\sqrt{{{0}}}",
        rust="{0}.sqrt()",
        cuda="__dsqrt_rn({0})",
    ),
    weights=((2, -1),),
    slopes=("0.5 / {v}",),
    pair="pair_sqrt({0})",
    exact=lambda f, a: f.sqrt(a),
    layout=("root", 0),
    helpers={"_sqrt": _SQRT},
)

SQUARE = Primitive(
    name="square",
    operands=("real",),
    result="real",
    cost=1,
    run=np.square,
    templates=templates(
        "square({0})",
        c="{0} * {0}",
        python="{0} * {0}",
        numpy="{0} * {0}",
        sympy="{0}**2",
        latex="{0}^2",
        cuda="__dmul_rn({0}, {0})",
        exact="{0} * {0}",
    ),
    weights=((1, -2),),
    slopes=("2.0 * {0}",),
    pair="pair_square({0})",
    exact=lambda f, a: a * a,
    layout=("power", 0, 2),
)
