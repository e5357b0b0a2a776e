"""The smaller, the larger, the absolute value, and one of two by a sign."""

from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive, templates


def _chosen(first: Any, a: Any, b: Any) -> Any:
    """Element by element ``a`` where ``first`` holds, else ``b``; scalars for scalars."""
    either: Any = np.where(first, a, b)
    return either[()]


MIN = Primitive(
    name="min",
    operands=("real", "real"),
    result="real",
    cost=1,
    run=lambda a, b: _chosen(np.less(b, a), b, a),
    templates=templates(
        "min({0}, {1})",
        c="({1} < {0} ? {1} : {0})",
        python="({1} if {1} < {0} else {0})",
        numpy="np.where({1} < {0}, {1}, {0})",
        sympy="sympy.Min({0}, {1})",
        latex=r"\min\left({0}, {1}\right)",
        rust="if {1} < {0} {{ {1} }} else {{ {0} }}",
        exact="min({0}, {1})",
    ),
    commutative=True,
    idempotent=True,
    weights=((1, -1, 0), (1, 0, -1)),
    slopes=("({1} < {0} ? 0.0 : 1.0)", "({1} < {0} ? 1.0 : 0.0)"),
    pair="pair_min({0}, {1})",
    exact=lambda f, a, b: f.min(a, b),
)

MAX = Primitive(
    name="max",
    operands=("real", "real"),
    result="real",
    cost=1,
    run=lambda a, b: _chosen(np.greater(b, a), b, a),
    templates=templates(
        "max({0}, {1})",
        c="({1} > {0} ? {1} : {0})",
        python="({1} if {1} > {0} else {0})",
        numpy="np.where({1} > {0}, {1}, {0})",
        sympy="sympy.Max({0}, {1})",
        latex=r"\max\left({0}, {1}\right)",
        rust="if {1} > {0} {{ {1} }} else {{ {0} }}",
        exact="max({0}, {1})",
    ),
    commutative=True,
    idempotent=True,
    weights=((1, -1, 0), (1, 0, -1)),
    slopes=("({1} > {0} ? 0.0 : 1.0)", "({1} > {0} ? 1.0 : 0.0)"),
    pair="pair_max({0}, {1})",
    exact=lambda f, a, b: f.max(a, b),
)

ABS = Primitive(
    name="abs",
    operands=("real",),
    result="real",
    cost=1,
    run=np.abs,
    templates=templates(
        "abs({0})",
        c="fabs({0})",
        numpy="np.abs({0})",
        sympy="sympy.Abs({0})",
        latex=r"\left|{0}\right|",
        rust="{0}.abs()",
        exact="abs({0})",
    ),
    weights=((1, -1),),
    slopes=("({0} < 0.0 ? -1.0 : 1.0)",),
    pair="pair_abs({0})",
    exact=lambda f, a: f.abs(a),
    layout=("bars", 0),
)

SELECT = Primitive(
    name="select",
    operands=("real", "real", "real"),
    result="real",
    cost=1,
    run=lambda c, a, b: _chosen(np.greater_equal(c, 0.0), a, b),
    templates=templates(
        "select({0}, {1}, {2})",
        c="({0} >= 0.0 ? {1} : {2})",
        python="({1} if {0} >= 0.0 else {2})",
        numpy="np.where({0} >= 0.0, {1}, {2})",
        sympy="sympy.Piecewise(({1}, {0} >= 0), ({2}, True))",
        latex=r"\left({1} \text{{ if }} 0 \le {0} \text{{, else }} {2}\right)",
        rust="if {0} >= 0.0 {{ {1} }} else {{ {2} }}",
        exact="({1} if {0} >= 0 else {2})",
    ),
    weights=((1, 0, -1, 0), (1, 0, 0, -1)),
    slopes=("0.0", "({0} >= 0.0 ? 1.0 : 0.0)", "({0} >= 0.0 ? 0.0 : 1.0)"),
    pair="pair_select({0}, {1}, {2})",
    exact=lambda f, c, a, b: f.select(c, a, b),
)
