"""Operations entry by entry: tensors with tensors, tensors with a scalar, functions of a tensor.

Costs count what an entry costs beside a sum: divisions and roots 2, other functions 4.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Layout, Primitive, templates


def operation(
    name: str,
    operands: str,
    run: Callable[..., Any],
    text: str,
    *,
    result: str = "tensor",
    cost: int = 1,
    c: str | None = None,
    numpy: str | None = None,
    torch: str | None = None,
    latex: str | None = None,
    **laws: Any,
) -> Primitive:
    """An entry; ``operands`` has a letter for each: t for a tensor, s for a scalar.

    What PyTorch calls as NumPy does need not be said.
    """
    told = templates(text, c=c, numpy=numpy, latex=latex)
    kinds = {"t": "tensor", "s": "scalar"}
    return Primitive(
        name=name,
        operands=tuple(kinds[letter] for letter in operands),
        result=result,
        cost=cost,
        run=run,
        templates={**told, "torch": torch or told["numpy"].replace("np.", "torch.")},
        **laws,
    )


#: What operations between operands are as mathematics.
_KINDS = {"+": "sum", "-": "difference", "*": "product", "/": "quotient"}


def infix(name: str, operands: str, run: Callable[..., Any], sign: str, **more: Any) -> Primitive:
    """An operation that is written between its operands; sums bind weaker than products."""
    strength = 1 if sign in "+-" else 2
    text = "{0} " + sign + " {1}"
    marks = {"*": r"{0} \, {1}", "/": r"\frac{{{0}}}{{{1}}}"}
    return operation(
        name,
        operands,
        run,
        text,
        c=f"({text})",
        numpy=f"({text})",
        latex=marks.get(sign, text),
        infix=strength,
        layout=(_KINDS[sign], 0, 1),
        **more,
    )


def greater(sign: str) -> str:
    """The C expression of a maximum or minimum that passes a NaN on, as NumPy's does."""
    return "({0} " + sign + " {1} || {0} != {0} ? {0} : {1})"


def _function(
    name: str,
    c: str,
    cost: int = 4,
    numpy: str = "",
    torch: str = "",
    latex: str = "",
    layout: Layout | None = None,
) -> Primitive:
    """A function of one tensor that C has under the name ``c``."""
    known = numpy or name
    return operation(
        name,
        "t",
        getattr(np, known),
        f"{name}({{0}})",
        cost=cost,
        c=f"{c}({{0}})",
        numpy=f"np.{known}({{0}})",
        torch=torch or None,
        latex=latex or rf"\{name}\left({{0}}\right)",
        layout=layout,
    )


def _clip(x: Any, limit: Any) -> Any:
    return np.clip(x, -np.abs(limit), np.abs(limit))


#: By opcode, from 1 on.
POINTWISE = (
    infix("add", "tt", np.add, "+", commutative=True, opposite="sub"),
    infix("sub", "tt", np.subtract, "-", opposite="add"),
    infix("mul", "tt", np.multiply, "*", commutative=True),
    infix("div", "tt", np.divide, "/", cost=2),
    operation(
        "max",
        "tt",
        np.maximum,
        "max({0}, {1})",
        c=greater(">"),
        numpy="np.maximum({0}, {1})",
        latex=r"\max\left({0}, {1}\right)",
        commutative=True,
        idempotent=True,
    ),
    operation(
        "min",
        "tt",
        np.minimum,
        "min({0}, {1})",
        c=greater("<"),
        numpy="np.minimum({0}, {1})",
        latex=r"\min\left({0}, {1}\right)",
        commutative=True,
        idempotent=True,
    ),
    infix("scale", "ts", np.multiply, "*", neutral=(1.0,)),
    infix("shift", "ts", np.add, "+", neutral=(0.0,)),
    operation(
        "power",
        "ts",
        np.power,
        "power({0}, {1})",
        cost=4,
        c="powf({0}, {1})",
        numpy="np.power({0}, {1})",
        torch="torch.pow({0}, {1})",
        latex="{{{0}}}^{{{1}}}",
        neutral=(1.0,),
    ),
    operation(
        "clip",
        "ts",
        _clip,
        "clip({0}, {1})",
        cost=2,
        c="({0} > fabsf({1}) ? fabsf({1}) : {0} < -fabsf({1}) ? -fabsf({1}) : {0})",
        numpy="np.clip({0}, -np.abs({1}), np.abs({1}))",
        torch="torch.clamp({0}, -torch.abs({1}), torch.abs({1}))",
        latex=r"\operatorname{{clip}}\left({0}, {1}\right)",
    ),
    operation(
        "interp",
        "tts",
        lambda x, y, a: (np.float32(1) - a) * x + a * y,
        "interp({0}, {1}, {2})",
        cost=2,
        c="((1.0f - {2}) * {0} + {2} * {1})",
        numpy="((1 - {2}) * {0} + {2} * {1})",
        latex=r"\left(1 - {2}\right) {0} + {2} \, {1}",
    ),
    operation(
        "spread",
        "s",
        lambda s: s,
        "spread({0})",
        c="{0}",
        numpy="({0} * np.ones_like(w))",
        latex="{0}",
        layout=0,
    ),
    _function("abs", "fabsf", 1, latex=r"\left|{0}\right|", layout=("bars", 0)),
    operation(
        "square",
        "t",
        np.square,
        "square({0})",
        c="({0} * {0})",
        numpy="np.square({0})",
        latex=r"\left({0}\right)^2",
        layout=("power", 0, 2),
    ),
    operation(
        "cube",
        "t",
        lambda x: x * x * x,
        "cube({0})",
        cost=2,
        c="({0} * {0} * {0})",
        numpy="({0} * {0} * {0})",
        latex=r"\left({0}\right)^3",
        layout=("power", 0, 3),
    ),
    _function("sqrt", "sqrtf", 2, latex=r"\sqrt{{{0}}}", layout=("root", 0)),
    _function(
        "cbrt",
        "cbrtf",
        torch="torch.sign({0}) * torch.abs({0}) ** (1 / 3)",
        latex=r"\sqrt[3]{{{0}}}",
    ),
    operation(
        "reciprocal",
        "t",
        lambda x: np.float32(1) / x,
        "reciprocal({0})",
        cost=2,
        c="(1.0f / {0})",
        numpy="(1 / {0})",
        latex=r"\frac{{1}}{{{0}}}",
        layout=("quotient", "1", 0),
    ),
    operation(
        "sign",
        "t",
        np.sign,
        "sign({0})",
        c="({0} > 0.0f ? 1.0f : {0} < 0.0f ? -1.0f : {0})",
        numpy="np.sign({0})",
        latex=r"\operatorname{{sign}}\left({0}\right)",
    ),
    _function("exp", "expf"),
    _function("expm1", "expm1f", latex=r"\operatorname{{expm1}}\left({0}\right)"),
    _function("log", "logf"),
    _function("log1p", "log1pf", latex=r"\log\left(1 + {0}\right)"),
    _function("sin", "sinf"),
    _function("cos", "cosf"),
    _function("tan", "tanf"),
    _function("arcsin", "asinf"),
    _function("arccos", "acosf"),
    _function("arctan", "atanf"),
    _function("sinh", "sinhf"),
    _function("cosh", "coshf"),
    _function("tanh", "tanhf"),
    _function("arcsinh", "asinhf", latex=r"\operatorname{{arsinh}}\left({0}\right)"),
)
