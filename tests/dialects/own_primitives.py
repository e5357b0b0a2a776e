"""The dialect `real` with two more primitives, added by their entries alone.

Every suite that goes through the table of primitives goes through this one.
"""

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive, templates
from elitemap.searchspaces.programs.real import REAL

CUBE = Primitive(
    name="cube",
    operands=("real",),
    result="real",
    cost=2,
    run=lambda a: a * a * a,
    templates=templates(
        "cube({0})",
        c="{0} * {0} * {0}",
        python="{0} * {0} * {0}",
        numpy="{0} * {0} * {0}",
        sympy="{0}**3",
        latex="{0}^3",
        exact="{0} * {0} * {0}",
    ),
    weights=((1, -3),),
    slopes=("3.0 * {0} * {0}",),
    pair="pair_mul(pair_mul({0}, {0}), {0})",
    exact=lambda f, a: a**3,
    layout=("power", 0, 3),
)

RSQRT = Primitive(
    name="rsqrt",
    operands=("real",),
    result="real",
    cost=2,
    run=lambda a: 1.0 / np.sqrt(a),
    templates=templates(
        "rsqrt({0})",
        c="1.0 / sqrt({0})",
        python="_div(1.0, _sqrt({0}))",
        numpy="1.0 / np.sqrt({0})",
        sympy="1 / sympy.sqrt({0})",
        latex=r"\frac{{1}}{{\sqrt{{{0}}}}}",
        rust="1.0 / {0}.sqrt()",
    ),
    weights=((2, 1),),
    divisor=0,
    slopes=("-0.5 * {v} / {0}",),
    pair="pair_div(pair_of(1.0, 0.0), pair_sqrt({0}))",
    exact=lambda f, a: 1 / f.sqrt(a),
    layout=("quotient", "1", ("root", 0)),
)

#: A checkout in which somebody has added one of them to the table still passes.
OWN = REAL.with_primitives(
    *(entry for entry in (CUBE, RSQRT) if entry.name not in REAL.opcodes),
    where="own_primitives:OWN",
)
