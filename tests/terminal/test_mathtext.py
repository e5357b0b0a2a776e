from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.formulas.boxes import Box, beside, bracketed, raised, stacked, word
from elitemap.formulas.expression_boxes import expression_box
from elitemap.formulas.parsing import parse_constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.terminal import mathtext
from elitemap.terminal.mathtext import TALLEST

PI = Formula(
    ContinuedFraction.of([2, 1], [1, 0, 0]),
    Relation.of(["pi"], [4, 0], [0, 1]),
)


def mathematics(document: dict[str, Any], width: int) -> list[str] | None:
    """As its space lays it out."""
    space = "fractions" if "fraction" in document else "elementary"
    return mathtext.mathematics(space, document, width)


def program(*rows: list[Any]) -> dict[str, Any]:
    """Constants as numbers; value 0 is x."""
    fixed = [[n, float(a[0]).hex(), (0.0).hex()] if n == "const" else [n, *a] for n, *a in rows]
    found = {"schema": 1, "inputs": ["x"], "instructions": fixed, "outputs": [len(rows)]}
    return Program.from_json(found).to_json()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["const", 2.5], ["mul", 0, 1]], "2.5·x"),
        ([["const", -2.5], ["add", 0, 1]], "x − 2.5"),
        ([["const", -2.5], ["sub", 0, 1]], "x + 2.5"),
        ([["const", -2.5], ["mul", 0, 1]], "−2.5·x"),
        ([["const", -2.0], ["mul", 0, 1], ["mul", 2, 1]], "2·2·x"),
        ([["mul", 0, 0]], "x²"),
        ([["mul", 0, 0], ["mul", 1, 1], ["square", 2]], "x⁸"),
        ([["const", 1.0], ["add", 0, 1], ["mul", 2, 2]], "(x + 1)²"),
        ([["const", 1.0], ["add", 0, 1], ["sqrt", 2]], "√(x + 1)"),
        ([["abs", 0]], "|x|"),
        ([["const", 1.0], ["max", 0, 1]], "max(x, 1)"),
        ([["const", 3.0], ["fma", 0, 0, 1]], "x·x + 3"),
        ([["const", 1e-9], ["mul", 0, 1]], "1·10⁻⁹·x"),
        ([["const", 3.14159265358979], ["add", 0, 1]], "x + 3.14159…"),
        ([["const", 1.0], ["add", 0, 1], ["sub", 0, 2]], "x − (x + 1)"),
    ],
)
def test_programs_in_one_row(rows: list[list[Any]], expected: str) -> None:
    assert mathematics(program(*rows), 60) == [expected]


def test_quotients_are_stacked_where_there_is_room() -> None:
    document = program(["const", 1.0], ["add", 0, 1], ["div", 1, 2], ["mul", 3, 3])
    assert mathematics(document, 40) == [
        "⎛   1   ⎞²",
        "⎜───────⎟",
        "⎝ x + 1 ⎠",
    ]
    assert mathematics(document, 9) == ["(1/(x +", "1))²"]


def test_shared_values_are_named() -> None:
    document = program(["const", 2.0], ["add", 0, 1], ["sqrt", 2], ["add", 2, 3])
    assert mathematics(document, 40) == ["t₁ + √t₁", "  t₁ = x + 2"]


def test_a_continued_fraction() -> None:
    assert mathematics(PI.to_json(), 60) == [
        " 4                    1",
        "─── = 1 + ─────────────────────────",
        " π                      4",
        "           3 + ───────────────────",
        "                          9",
        "                5 + ─────────────",
        "                            16",
        "                     7 + ───────",
        "                          9 + ⋱",
        "",
        "aₙ = 2n + 1",
        "bₙ = n²",
    ]


def test_fewer_levels_and_then_one_row_where_it_is_narrow() -> None:
    wide, narrow = (mathematics(PI.to_json(), width) or [] for width in (60, 24))
    assert len(narrow) < len(wide)
    assert all(len(row) <= 24 for row in narrow)
    line = " ".join(row.strip() for row in mathematics(PI.to_json(), 14) or [])
    assert line.startswith("4/π = 1 + 1/(3 + 4/(5 + 9/(7 + 16/(9 + …))))")
    assert line.endswith("aₙ = 2n + 1 bₙ = n²")


def test_signs_interlaced_and_recurrent_terms() -> None:
    minus = Formula(ContinuedFraction(((3, 1), (-1,)), ((-2, 1, 0), (-1, 0))))
    rows = mathematics(minus.to_json(), 70) or []
    assert rows[-4:] == ["a(2k) = 3k + 1", "a(2k + 1) = −1", "b(2k) = −2k² + k", "b(2k + 1) = −k"]
    signed = Formula(SignedFraction((1, -1), (2, 1, 2), (2, 0, -1)))
    rows = mathematics(signed.to_json(), 70) or []
    assert rows[-3:] == ["a = [2; 1, 2, …]", "aₖ = 2·aₖ₋₁ − aₖ₋₃", "signs repeat: +, −"]
    assert " − " in "".join(rows[:-3])


def test_huge_numbers_stay_symbols() -> None:
    huge = Formula(ContinuedFraction.of([10**50, 7], [1]))
    shown = "\n".join(mathematics(huge.to_json(), 60) or [])
    assert "7 + " in shown and "a₁" in shown


def test_unknown_documents_have_no_mathematics() -> None:
    assert mathematics({"schema": 1, "rule": "w - g"}, 60) is None
    assert mathtext.mathematics("knots", PI.to_json(), 60) is None
    assert mathtext.mathematics("elementary", PI.to_json(), 60) is None
    assert mathematics({}, 60) is None


def test_names_of_strangers_are_shown_and_not_obeyed() -> None:
    hostile = Relation(("[red]pi[/]",), (4, 0), (0, 1))
    shown = mathematics(Formula(PI.fraction, hostile).to_json(), 60) or []
    assert any("[red]" in row for row in shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pi**2/6", "π²/6"),
        ("zeta(3)", "ζ(3)"),
        ("gamma(1/4)", "Γ(1/4)"),
        ("gamma", "γ"),
        ("(1 + sqrt(5))/2", "(1 + √5)/2"),
        ("besseli(0, 2)/besseli(1, 2)", "I₀(2)/I₁(2)"),
        ("2/(4 - pi)", "2/(4 − π)"),
        ("exp(-pi)", "exp(−π)"),
        ("e**(1/3)", "e^(1/3)"),
    ],
)
def test_constants(text: str, expected: str) -> None:
    assert expression_box(parse_constant(text), False).rows == (expected,)


def test_boxes_keep_their_shape() -> None:
    tall = bracketed(stacked(word("1"), stacked(word("a"), word("b + c"))))
    for box in (tall, raised(tall, "12"), beside(word("x = "), tall, Box(("y",)))):
        assert len({len(row) for row in box.rows}) == 1
        assert 0 <= box.base < box.height


@settings(max_examples=60)
@given(data=st.data(), width=st.integers(8, 100))
def test_any_program_fits_any_width(
    programs: Callable[..., st.SearchStrategy[Program]], data: st.DataObject, width: int
) -> None:
    document = data.draw(programs(names=tuple(REAL.opcodes))).to_json()
    rows = mathematics(document, width)
    assert rows
    assert all(len(row) <= width for row in rows)
    assert max((len(rows), TALLEST)) < 2000


def test_programs_of_strangers_take_no_room() -> None:
    rows: list[list[Any]] = [["const", 1.0]]
    rows += [["div", 1, 1 + k if k else 0] for k in range(4000)]
    assert mathematics(program(*rows), 60) is None
    shown = mathematics(program(*rows[:300]), 60)
    assert shown is not None and len(shown) < 60
    long = Formula(ContinuedFraction.of([10**1900] * 60, [1]))
    assert len("".join(mathematics(long.to_json(), 60) or [])) < 2000


def test_a_space_of_another_distribution_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "engine" / "plugin"))
    rows = mathtext.mathematics("toy", {"schema": 1, "bits": "0110"}, 60)
    assert rows == ["     0110", "b = ──────", "      2"]
    assert mathtext.mathematics("toy", {"schema": 1, "bits": "0" * 70}, 60) == ["b/2"]
