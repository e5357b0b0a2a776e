"""Expressions of other systems as programs, so that all are counted and measured in one way.

Equal sub-expressions count once, operations on constants only do not count, and a constant applied
on top of another of the same kind is merged with it, which favours the other systems.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.baselines.tracing import Straight, trace

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class NotArithmetic(Exception):
    """The text holds something else than numbers, variables and + - * /."""


def parsed(text: str) -> ast.expr:
    """The expression tree of an infix text; nothing is evaluated.

    Raises:
        NotArithmetic: If the text does not parse.
    """
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as problem:
        raise NotArithmetic(f"expected an expression, got {text[:60]!r}") from problem


def straight(tree: ast.expr) -> Straight:
    """The program of an expression in one variable."""
    return trace(lambda x: evaluate(_merged(tree), x))


def evaluate(tree: ast.expr, x: Any) -> Any:
    """The value for x; any name stands for x.

    Raises:
        NotArithmetic: If a node is not arithmetic.
    """
    match tree:
        case ast.Constant(value=value) if isinstance(value, int | float):
            return float(value)
        case ast.Name():
            return x
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return 0.0 - evaluate(operand, x) if not _is_number(operand) else -_number(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](evaluate(left, x), evaluate(right, x))
        case _:
            raise NotArithmetic(f"expected + - * /, got {ast.dump(tree)[:60]}")


def _merged(tree: ast.expr) -> ast.expr:
    """Constants folded, and pairs of constants joined in c + (d + e), c * (d * e) and the like."""
    if not isinstance(tree, ast.BinOp):
        return ast.Constant(_number(tree)) if _is_number(tree) else tree
    left, right = _merged(tree.left), _merged(tree.right)
    if _is_number(left) and _is_number(right):
        operation = _OPERATORS[type(tree.op)]
        with np.errstate(all="ignore"):
            return ast.Constant(float(operation(np.float64(_number(left)), _number(right))))
    if isinstance(tree.op, ast.Sub) and _is_number(right):
        return _merged(ast.BinOp(ast.Constant(-_number(right)), ast.Add(), left))
    if isinstance(tree.op, ast.Add | ast.Mult):
        constant, rest = (left, right) if _is_number(left) else (right, left)
        if _is_number(constant) and isinstance(rest, ast.BinOp):
            return _joined(tree.op, _number(constant), rest)
    return ast.BinOp(left, tree.op, right)


def _joined(op: ast.operator, constant: float, rest: ast.BinOp) -> ast.expr:
    """``constant op rest`` with the constant moved into ``rest`` where it has one already."""
    same = type(rest.op) is type(op)
    if same and _is_number(rest.left):
        return _merged(ast.BinOp(ast.Constant(_step(op, constant, rest.left)), op, rest.right))
    if same and _is_number(rest.right):
        return _merged(ast.BinOp(ast.Constant(_step(op, constant, rest.right)), op, rest.left))
    if isinstance(op, ast.Add) and isinstance(rest.op, ast.Sub) and _is_number(rest.left):
        return ast.BinOp(ast.Constant(constant + _number(rest.left)), ast.Sub(), rest.right)
    if isinstance(op, ast.Mult) and isinstance(rest.op, ast.Div) and _is_number(rest.left):
        return ast.BinOp(ast.Constant(constant * _number(rest.left)), ast.Div(), rest.right)
    return ast.BinOp(ast.Constant(constant), op, rest)


def _step(op: ast.operator, constant: float, other: ast.expr) -> float:
    return float(_OPERATORS[type(op)](constant, _number(other)))


def _is_number(tree: ast.expr) -> bool:
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return _is_number(tree.operand)
    return isinstance(tree, ast.Constant)


def _number(tree: ast.expr) -> float:
    match tree:
        case ast.Constant(value=value) if isinstance(value, int | float):
            return float(value)
        case ast.UnaryOp(operand=operand):
            return -_number(operand)
        case _:
            raise NotArithmetic("expected a number")


def digits(tree: ast.expr, x: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    """``-log10`` of the largest relative error at the points, in float64; -inf if not finite."""
    with np.errstate(all="ignore"):
        error = np.max(np.abs(evaluate(_merged(tree), x) / target - 1.0))
    return float(-np.log10(error)) if np.isfinite(error) and error > 0.0 else -np.inf
