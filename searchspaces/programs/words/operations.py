"""Operations on words: sums, products, bits, shifts, comparisons and choices.

Amounts to shift by count modulo 32, so no operation is undefined in C. Comparisons are of whole
numbers without a sign and give 1 or 0; ``sar`` alone takes its first operand as signed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Layout, Primitive, templates

_LOW = np.uint32(31)


#: What a product costs in sums: about what its array of adders takes of half the width.
PRODUCT = 4


def _word(
    name: str,
    run: Callable[..., Any],
    text: str,
    *,
    arity: int = 2,
    cost: int = 1,
    c: str | None = None,
    python: str | None = None,
    numpy: str | None = None,
    verilog: str | None = None,
    commutative: bool = False,
    idempotent: bool = False,
    inverse: str = "",
    neutral: tuple[int, ...] | None = None,
    absorbing: tuple[int, ...] = (),
    infix: int = 0,
    layout: Layout | None = None,
) -> Primitive:
    """An operation that takes and gives words; Verilog is C where not said."""
    written = templates(text, c=c, python=python, numpy=numpy)
    return Primitive(
        name=name,
        operands=("word",) * arity,
        result="word",
        cost=cost,
        run=run,
        templates={**written, "verilog": verilog or written["c"]},
        commutative=commutative,
        idempotent=idempotent,
        inverse=inverse,
        neutral=neutral,
        absorbing=absorbing,
        infix=infix,
        layout=layout,
    )


def _less(a: Any, b: Any) -> Any:
    return np.less(a, b).astype(np.uint32)


def _select(a: Any, b: Any, c: Any) -> Any:
    return np.where(np.not_equal(a, 0), b, c).astype(np.uint32)


def _left(a: Any, b: Any) -> Any:
    return np.left_shift(a, np.bitwise_and(b, _LOW))


def _right(a: Any, b: Any) -> Any:
    return np.right_shift(a, np.bitwise_and(b, _LOW))


def _signed_right(a: Any, b: Any) -> Any:
    amount = np.bitwise_and(b, _LOW).astype(np.int32)
    return np.right_shift(np.asarray(a).view(np.int32), amount).view(np.uint32)


#: By opcode, from 1 on.
OPERATIONS = (
    _word(
        "add",
        np.add,
        "{0} + {1}",
        python="(({0} + {1}) & 0xFFFFFFFF)",
        numpy="({0} + {1})",
        commutative=True,
        inverse="sub",
        neutral=(0,),
        infix=1,
        layout=("sum", 0, 1),
    ),
    _word(
        "sub",
        np.subtract,
        "{0} - {1}",
        python="(({0} - {1}) & 0xFFFFFFFF)",
        numpy="({0} - {1})",
        neutral=(0,),
        infix=1,
    ),
    _word(
        "and",
        np.bitwise_and,
        "and({0}, {1})",
        c="({0} & {1})",
        python="({0} & {1})",
        numpy="({0} & {1})",
        commutative=True,
        idempotent=True,
        absorbing=(0, 1),
    ),
    _word(
        "or",
        np.bitwise_or,
        "or({0}, {1})",
        c="({0} | {1})",
        python="({0} | {1})",
        numpy="({0} | {1})",
        commutative=True,
        idempotent=True,
        neutral=(0,),
    ),
    _word(
        "xor",
        np.bitwise_xor,
        "xor({0}, {1})",
        c="({0} ^ {1})",
        python="({0} ^ {1})",
        numpy="({0} ^ {1})",
        commutative=True,
        inverse="xor",
        neutral=(0,),
    ),
    _word(
        "shl",
        _left,
        "shl({0}, {1})",
        c="({0} << ({1} & 31u))",
        python="(({0} << ({1} & 31)) & 0xFFFFFFFF)",
        numpy="({0} << ({1} & np.uint32(31)))",
        verilog="({0} << {1}[4:0])",
        neutral=(0,),
        absorbing=(0,),
    ),
    _word(
        "shr",
        _right,
        "shr({0}, {1})",
        c="({0} >> ({1} & 31u))",
        python="({0} >> ({1} & 31))",
        numpy="({0} >> ({1} & np.uint32(31)))",
        verilog="({0} >> {1}[4:0])",
        neutral=(0,),
        absorbing=(0,),
    ),
    _word(
        "min",
        np.minimum,
        "min({0}, {1})",
        c="({0} < {1} ? {0} : {1})",
        python="min({0}, {1})",
        numpy="np.minimum({0}, {1})",
        commutative=True,
        idempotent=True,
        absorbing=(0, 1),
    ),
    _word(
        "max",
        np.maximum,
        "max({0}, {1})",
        c="({0} > {1} ? {0} : {1})",
        python="max({0}, {1})",
        numpy="np.maximum({0}, {1})",
        commutative=True,
        idempotent=True,
        neutral=(0,),
    ),
    _word(
        "less",
        _less,
        "less({0}, {1})",
        c="({0} < {1} ? 1u : 0u)",
        python="(1 if {0} < {1} else 0)",
        numpy="({0} < {1}).astype(np.uint32)",
        verilog="({0} < {1} ? 32'd1 : 32'd0)",
    ),
    _word(
        "select",
        _select,
        "select({0}, {1}, {2})",
        arity=3,
        c="({0} != 0u ? {1} : {2})",
        python="({1} if {0} != 0 else {2})",
        numpy="np.where({0} != 0, {1}, {2}).astype(np.uint32)",
        verilog="({0} != 32'd0 ? {1} : {2})",
    ),
    _word(
        "mul",
        np.multiply,
        "{0} * {1}",
        cost=PRODUCT,
        c="({0} * {1})",
        python="(({0} * {1}) & 0xFFFFFFFF)",
        numpy="({0} * {1})",
        commutative=True,
        neutral=(1,),
        absorbing=(0, 1),
        infix=2,
        layout=("product", 0, 1),
    ),
    _word(
        "sar",
        _signed_right,
        "sar({0}, {1})",
        c="(uint32_t)((int32_t){0} >> ({1} & 31u))",
        python="((({0} ^ 0x80000000) - 0x80000000 >> ({1} & 31)) & 0xFFFFFFFF)",
        numpy="({0}.view(np.int32) >> ({1} & np.uint32(31)).astype(np.int32)).view(np.uint32)",
        verilog="$unsigned($signed({0}) >>> {1}[4:0])",
        neutral=(0,),
        absorbing=(0,),
    ),
)
