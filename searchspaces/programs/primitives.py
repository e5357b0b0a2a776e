"""The one table of primitives: what each instruction computes, costs and looks like.

Everything that treats instructions (the compiled kernels, cost, printing, certificates, emission)
reads this table. A new primitive is one new entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from elitemap.searchspaces.programs.fused import fused

#: Width of an instruction's operand list; the largest arity in the table.
MAX_ARITY = 3


class Field(Protocol):
    """The functions that ``Primitive.exact`` needs beyond the Python operators."""

    def sqrt(self, a: Any) -> Any:
        """Square root."""

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller of two values."""

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger of two values."""

    def absolute(self, a: Any) -> Any:
        """Absolute value."""


@dataclass(frozen=True)
class Primitive:
    """One kind of instruction.

    Attributes:
        name: The name used in JSON, options and the database.
        arity: Number of operands (0 to 3).
        cost: Operations counted by the cost model.
        commutative: Whether the first two operands may be exchanged.
        operands: Type of each operand; ``result`` is the type of the value.
        run: ``(a, b, c) -> value`` on float64 scalars or arrays, rounding as IEEE 754 asks;
            operands beyond the arity are ignored. The kernels are tested against it.
        slopes: C expressions for the partial derivative by each operand, in ``{0}``, ``{1}``,
            ``{2}`` and the value ``{v}``.
        pair: C function of ``kernel/doubledouble.h`` that computes in double-double.
        exact: ``(field, *operands) -> value`` in any exact or enclosing arithmetic.
        templates: Expression per target language (``text``, ``c``, ``python``, ``numpy``, ``jax``,
            ``sympy``, ``latex``) with ``{0}``, ``{1}``, ``{2}`` for the operands; ``exact`` is
            Python over exact rationals, absent where the result may be irrational.
        infix: Binding strength of the ``text`` and ``latex`` templates (0 for function calls,
            1 for sums, 2 for products); decides where brackets are printed.
    """

    name: str
    arity: int
    cost: int
    commutative: bool
    run: Callable[..., Any]
    slopes: tuple[str, ...]
    pair: str
    exact: Callable[..., Any]
    templates: Mapping[str, str]
    infix: int = 0
    operands: tuple[str, ...] = ()
    result: str = "real"


def _templates(
    text: str, c: str, python: str, numpy: str, sympy: str, latex: str, exact: str | None = None
) -> Mapping[str, str]:
    table = {
        "text": text,
        "c": c,
        "python": python,
        "numpy": numpy,
        "jax": numpy.replace("np.", "jnp."),
        "sympy": sympy,
        "latex": latex,
    }
    return MappingProxyType(table if exact is None else {**table, "exact": exact})


def _same(code: str, latex: str) -> Mapping[str, str]:
    return _templates(code, code, code, code, code, latex, code)


_fused = np.vectorize(fused, otypes=[np.float64])


def _chosen(first: Any, a: Any, b: Any) -> Any:
    """Element by element ``a`` where ``first`` holds, else ``b``; scalars for scalars."""
    either: Any = np.where(first, a, b)
    return either[()]


#: ``const`` carries its value in the instruction; the interpreter fills its row from there.
CONST, ADD, SUB, MUL, DIV, SQRT, SQUARE, FMA, MIN, MAX, ABS = range(11)

PRIMITIVES: tuple[Primitive, ...] = (
    Primitive(
        "const",
        0,
        0,
        False,
        lambda a, b, c: a,
        (),
        "",
        lambda f: None,
        _same("{value}", "{value}"),
    ),
    Primitive(
        "add",
        2,
        1,
        True,
        lambda a, b, c: a + b,
        ("1.0", "1.0"),
        "pair_add",
        lambda f, a, b: a + b,
        _same("{0} + {1}", "{0} + {1}"),
        1,
        ("real", "real"),
    ),
    Primitive(
        "sub",
        2,
        1,
        False,
        lambda a, b, c: a - b,
        ("1.0", "-1.0"),
        "pair_sub",
        lambda f, a, b: a - b,
        _same("{0} - {1}", "{0} - {1}"),
        1,
        ("real", "real"),
    ),
    Primitive(
        "mul",
        2,
        1,
        True,
        lambda a, b, c: a * b,
        ("{1}", "{0}"),
        "pair_mul",
        lambda f, a, b: a * b,
        _same("{0} * {1}", r"{0} \cdot {1}"),
        2,
        ("real", "real"),
    ),
    Primitive(
        "div",
        2,
        1,
        False,
        lambda a, b, c: np.divide(a, b),
        ("1.0 / {1}", "-{v} / {1}"),
        "pair_div",
        lambda f, a, b: a / b,
        _templates(
            "{0} / {1}",
            "{0} / {1}",
            "_div({0}, {1})",
            "{0} / {1}",
            "{0} / {1}",
            r"\frac{{{0}}}{{{1}}}",
            "{0} / {1}",
        ),
        2,
        ("real", "real"),
    ),
    Primitive(
        "sqrt",
        1,
        1,
        False,
        lambda a, b, c: np.sqrt(a),
        ("0.5 / {v}",),
        "pair_sqrt",
        lambda f, a: f.sqrt(a),
        _templates(
            "sqrt({0})",
            "sqrt({0})",
            "_sqrt({0})",
            "np.sqrt({0})",
            "sympy.sqrt({0})",
            r"\sqrt{{{0}}}",
        ),
        0,
        ("real",),
    ),
    Primitive(
        "square",
        1,
        1,
        False,
        lambda a, b, c: a * a,
        ("2.0 * {0}",),
        "pair_square",
        lambda f, a: a * a,
        _templates(
            "square({0})", "{0} * {0}", "{0} * {0}", "{0} * {0}", "{0}**2", "{0}^2", "{0} * {0}"
        ),
        0,
        ("real",),
    ),
    Primitive(
        "fma",
        3,
        1,
        True,
        lambda a, b, c: _fused(a, b, c),
        ("{1}", "{0}", "1.0"),
        "pair_fma",
        lambda f, a, b, c: a * b + c,
        _templates(
            "fma({0}, {1}, {2})",
            "fma({0}, {1}, {2})",
            "_fma({0}, {1}, {2})",
            "{0} * {1} + {2}",
            "{0} * {1} + {2}",
            r"{0} \cdot {1} + {2}",
            "{0} * {1} + {2}",
        ),
        0,
        ("real", "real", "real"),
    ),
    Primitive(
        "min",
        2,
        1,
        True,
        lambda a, b, c: _chosen(np.less(b, a), b, a),
        ("({1} < {0} ? 0.0 : 1.0)", "({1} < {0} ? 1.0 : 0.0)"),
        "pair_min",
        lambda f, a, b: f.minimum(a, b),
        _templates(
            "min({0}, {1})",
            "({1} < {0} ? {1} : {0})",
            "({1} if {1} < {0} else {0})",
            "np.where({1} < {0}, {1}, {0})",
            "sympy.Min({0}, {1})",
            r"\min\left({0}, {1}\right)",
            "min({0}, {1})",
        ),
        0,
        ("real", "real"),
    ),
    Primitive(
        "max",
        2,
        1,
        True,
        lambda a, b, c: _chosen(np.greater(b, a), b, a),
        ("({1} > {0} ? 0.0 : 1.0)", "({1} > {0} ? 1.0 : 0.0)"),
        "pair_max",
        lambda f, a, b: f.maximum(a, b),
        _templates(
            "max({0}, {1})",
            "({1} > {0} ? {1} : {0})",
            "({1} if {1} > {0} else {0})",
            "np.where({1} > {0}, {1}, {0})",
            "sympy.Max({0}, {1})",
            r"\max\left({0}, {1}\right)",
            "max({0}, {1})",
        ),
        0,
        ("real", "real"),
    ),
    Primitive(
        "abs",
        1,
        1,
        False,
        lambda a, b, c: np.abs(a),
        ("({0} < 0.0 ? -1.0 : 1.0)",),
        "pair_abs",
        lambda f, a: f.absolute(a),
        _templates(
            "abs({0})",
            "fabs({0})",
            "abs({0})",
            "np.abs({0})",
            "sympy.Abs({0})",
            r"\left|{0}\right|",
            "abs({0})",
        ),
        0,
        ("real",),
    ),
)

#: Opcode by primitive name.
OPCODES: Mapping[str, int] = MappingProxyType({p.name: i for i, p in enumerate(PRIMITIVES)})
