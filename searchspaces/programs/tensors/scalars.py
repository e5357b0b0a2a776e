"""Arithmetic of scalars: schedules, corrections of a bias, factors made of norms.

Scalars obey the laws of real numbers as far as rewriting goes: constants merge along chains.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.tensors.pointwise import greater, infix, operation


def _function(name: str, c: str, numpy: str) -> Primitive:
    run: Callable[..., Any] = getattr(np, numpy)
    return operation(
        name,
        "s",
        run,
        f"{name}({{0}})",
        result="scalar",
        c=f"{c}({{0}})",
        numpy=f"np.{numpy}({{0}})",
        latex=rf"\{numpy}" + ("{{{0}}}" if numpy == "sqrt" else r"\left({0}\right)"),
        layout=("root", 0) if numpy == "sqrt" else ("call", numpy, 0),
    )


def _choice(name: str, numpy: str, sign: str) -> Primitive:
    return operation(
        name,
        "ss",
        getattr(np, numpy),
        f"{name}({{0}}, {{1}})",
        result="scalar",
        c=greater(sign),
        numpy=f"np.{numpy}({{0}}, {{1}})",
        latex=rf"\{numpy[:3]}\left({{0}}, {{1}}\right)",
        layout=("call", numpy[:3], 0, 1),
        commutative=True,
        idempotent=True,
    )


#: By opcode, after the reductions.
SCALARS = (
    infix(
        "s_add",
        "ss",
        np.add,
        "+",
        result="scalar",
        commutative=True,
        inverse="s_sub",
        neutral=(0.0,),
        opposite="s_sub",
    ),
    infix("s_sub", "ss", np.subtract, "-", result="scalar", neutral=(0.0,), opposite="s_add"),
    infix(
        "s_mul",
        "ss",
        np.multiply,
        "*",
        result="scalar",
        commutative=True,
        inverse="s_div",
        neutral=(1.0,),
    ),
    infix("s_div", "ss", np.divide, "/", result="scalar", neutral=(1.0,)),
    _choice("s_max", "maximum", ">"),
    _choice("s_min", "minimum", "<"),
    operation(
        "s_power",
        "ss",
        np.power,
        "s_power({0}, {1})",
        result="scalar",
        c="powf({0}, {1})",
        numpy="np.power({0}, {1})",
        torch="torch.pow({0}, {1})",
        latex="{{{0}}}^{{{1}}}",
        layout=("call", "power", 0, 1),
        neutral=(1.0,),
    ),
    _function("s_sqrt", "sqrtf", "sqrt"),
    _function("s_exp", "expf", "exp"),
    _function("s_log", "logf", "log"),
    _function("s_tanh", "tanhf", "tanh"),
)
