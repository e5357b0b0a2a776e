import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.emission.latex_prose import LONGEST, one_line, prose


def test_polynomials_are_typeset_and_the_rest_is_text():
    text = "a form of 6/zeta(3): a = 34*n**3 + 51*n**2 + 27*n + 5, b = -n**6 (Apéry & others, 50%)"
    assert prose(one_line(text)) == (
        "a form of 6/zeta(3): $a_{n} = 34 n^{3} + 51 n^{2} + 27 n + 5$, $b_{n} = -n^{6}$ "
        r"(Ap\'{e}ry \& others, 50\%)"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Apéry\nKépler", r"Ap\'{e}ry K\'{e}pler"),
        ("Čebyšëv, Gauß", r"\v{C}eby\v{s}\"{e}v, Gau\ss{}"),
        ("“x” ζ", r"\_x\_ \_"),
        ("\x1b[31m", r"\_[31m"),
    ],
)
def test_signs_that_fonts_may_lack_are_replaced(text, shown):
    assert prose(one_line(text)) == shown


@given(st.text(max_size=80))
def test_nothing_becomes_a_command_but_accents(text):
    found = prose(one_line(text))
    assert found.isascii() and found.isprintable()
    assert len(one_line("x" * 5000)) == LONGEST
    commands = re.findall(r"\\([A-Za-z]+)", found)
    assert {*commands} <= {*"rHvck", "ss", "o", "O", "l", "L", "ae", "textbackslash"} | {
        "textasciicircum",
        "textasciitilde",
    }
    assert r"\input" not in prose(one_line(r"\input{/etc/passwd}"))
