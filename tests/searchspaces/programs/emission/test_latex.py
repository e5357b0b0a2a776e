import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.programs.emission import export

SAFE = re.compile(
    r"\\(?:begin\{align\*\}|end\{align\*\}|frac|sqrt|cdot|left|right|min|max|text|le|qquad"
    r"|textbackslash|textasciicircum|textasciitilde|[\[\]{}%$#&_\\])"
)


def snippet(program, certificate, meta):
    ((_, text),) = export(program, certificate, meta, "latex").items()
    return "\n".join(line for line in text.splitlines() if not line.startswith("%"))


@given(data=st.data(), target=st.text())
def test_only_known_commands_and_balanced_braces(programs, make_meta, data, target):
    program = data.draw(programs())
    meta = make_meta("f", target=target + r"\input{/etc/passwd}")
    body = snippet(program, {"upper": 1e-9}, meta)
    rest = SAFE.sub("", body)
    assert "\\" not in rest and "%" not in rest and "$" not in rest
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", body.replace(r"\\", "")):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert body.count(r"\left") == body.count(r"\right")


@pytest.mark.parametrize("bound", ["2.1918e-15", "1.00001e-3", 9.9999999e-8])
def test_the_shown_bound_is_no_smaller_than_the_proved_one(bound, example_programs, make_meta):
    body = snippet(example_programs["exp2"], {"upper": bound}, make_meta("f"))
    mantissa, exponent = re.search(r"\\le ([\d.]+)(?: \\cdot 10\^\{(-\d+)\})?,", body).groups()
    shown = Decimal(mantissa).scaleb(int(exponent or 0))
    assert Decimal(str(bound)) <= shown <= Decimal(str(bound)) * Decimal("1.001")


@pytest.mark.parametrize(
    "certificate", [None, {}, {"upper": None}, {"upper": "nan"}, {"upper": "x"}]
)
def test_nothing_is_claimed_without_a_bound(certificate, example_programs, make_meta):
    assert r"\le" not in snippet(example_programs["exp2"], certificate, make_meta("f")).replace(
        r"\left", ""
    )
