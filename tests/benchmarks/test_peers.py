import ast

import numpy as np
import pytest

from benchmarks.baselines.numbers import arb, to_float
from benchmarks.peers import deap_gp
from benchmarks.peers.expression import NotArithmetic, digits, evaluate, parsed, straight


@pytest.mark.parametrize(
    "text, ops",
    [
        ("x", 0),
        ("(1 + 2) * 3", 0),
        ("0.5 * (3 * x)", 1),
        ("1 + (x + 2)", 1),
        ("(x - 1) + 3", 1),
        ("2 * (3 / x)", 1),
        ("(x * x + 1) / (x * x - 2)", 4),
        ("((-0.5) * X1) - (-1)", 2),
        ("(1.5 + (2.5 * ((x / 3) + 1)))", 4),
    ],
)
def test_operations_are_counted_honestly_and_values_kept(text, ops):
    program = straight(parsed(text))
    assert program.ops == ops
    assert to_float(program.run(arb(0.75))) == pytest.approx(evaluate(parsed(text), 0.75))


@pytest.mark.parametrize("text", ["__import__('os')", "x ** 2", "x if x else 1", "x +"])
def test_anything_else_is_refused(text):
    with pytest.raises(NotArithmetic):
        evaluate(parsed(text), 0.5)


def test_digits_of_a_pole_are_minus_infinity():
    x = np.array([0.5, 1.0])
    assert digits(parsed("1 / (x - 1)"), x, np.exp2(x)) == -np.inf
    assert digits(parsed("1 + x"), x, np.exp2(x)) == pytest.approx(-np.log10(1.5 / 2**0.5 - 1))


def test_deap_finds_a_better_expression_than_a_constant():
    x = np.linspace(0.0, 1.0, 65)[1:]
    trees = deap_gp.search(x, np.exp2(x), 0.5, 1, 21)
    assert all(isinstance(tree, ast.expr) for tree in trees)
    assert max(digits(tree, x, np.exp2(x)) for tree in trees) > 1.0
