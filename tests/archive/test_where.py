import math
import operator
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.arithmetic import FUNCTIONS
from elitemap.archive.querying.where import (
    MAX_DEPTH,
    MAX_LENGTH,
    Comparison,
    Missing,
    Name,
    Not,
    Value,
    parse,
)
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SYMBOLS = st.sampled_from(sorted(COMPARE))
NUMBERS = ("ops", "digits", "depth", "quality")
TEXTS = ("status", "space", "target", "source")


def value(view, name):
    places = {**view.measures, **view.objectives}
    return places[name] if name in places else getattr(view, name)


def both(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


# A predicate is its text and what it is of a view: True, False, or None where a value is missing.
def comparison(left, symbol, right):
    def evaluate(view):
        a, b = left[1](view), right[1](view)
        return None if a is None or b is None else COMPARE[symbol](a, b)

    return f"{left[0]}{symbol} {right[0]}", evaluate


def negation(inner):
    def evaluate(view):
        found = inner[1](view)
        return None if found is None else not found

    return f"NOT({inner[0]})", evaluate


def junction(word, left, right):
    def evaluate(view):
        a, b = left[1](view), right[1](view)
        if word == "and":
            return both(a, b)
        found = both(None if a is None else not a, None if b is None else not b)
        return None if found is None else not found

    # `and` binds closer than `or`: leave the brackets out where they change nothing.
    if word == "or":
        return f"{left[0]} or {right[0]}", evaluate
    return f"({left[0]}) and ({right[0]})", evaluate


def missing(name, negated):
    return (
        f"{name} is {'not ' if negated else ''}null",
        lambda view: (value(view, name) is None) != negated,
    )


def name(text):
    return text, lambda view: value(view, text)


def number(x):
    return repr(x), lambda view: x


def string(x):
    quote = "'" if len(x) % 2 else '"'
    return quote + x.replace(quote, quote * 2) + quote, lambda view: x


def calculated(text):
    """A number of a filter, which is Python's too."""
    functions = {name: getattr(math, name) for name in FUNCTIONS}
    value = eval(text, {"__builtins__": {}}, functions)
    return text, lambda view: value


sums = st.recursive(
    st.sampled_from(["1", "2", "0.5", "3.25", "1e1"]),
    lambda inner: (
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*/"), inner)
        | st.builds("({})".format, inner)
        | st.builds("({} {} 2)".format, inner, st.just("+"))
        | st.builds("2**{}".format, st.sampled_from(["2", "-3", "0.5", "2**2"]))
        | st.builds("sqrt(({})**2)".format, inner)
        | st.builds("log10(1 + ({})**2)".format, inner)
    ),
    max_leaves=4,
)
finite_sums = sums.filter(lambda text: not re.search(r"/ (\(*0|.*-)", text)).map(calculated)
numeric_names = st.sampled_from(NUMBERS).map(name)
text_names = st.sampled_from(TEXTS).map(name)
numbers = (st.integers(-3, 12) | st.sampled_from([0.5, 2.5, 1e-3, 7.25])).map(number)
strings = (
    st.sampled_from(["candidate", "certified", "exp2", "tanh", "x + 1", "it's", 'a"b'])
    | st.text(st.characters(codec="utf-8"), max_size=4)
).map(string)
tests = (
    st.builds(comparison, numeric_names, SYMBOLS, numbers | numeric_names)
    | st.builds(comparison, numbers | finite_sums, SYMBOLS, numeric_names)
    | st.builds(comparison, numeric_names, SYMBOLS, finite_sums)
    | st.builds(comparison, text_names, SYMBOLS, strings | text_names)
    | st.builds(missing, st.sampled_from(NUMBERS + TEXTS), st.booleans())
)
predicates = st.recursive(
    tests,
    lambda inner: (
        st.builds(negation, inner)
        | st.builds(junction, st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def reader(make_run, make_elite):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            for run in (make_run("a"), make_run("b", target="tanh")):
                writer.begin(run)
                writer.flush(
                    run.id,
                    [
                        make_elite(
                            k,
                            quality=k / 2,
                            objectives={"ops": k, "digits": None if k % 3 else k / 2},
                            measures={"depth": k % 4},
                            source=["x + 1", "it's", 'a"b', ""][k % 4],
                            status=["candidate", "confirmed", "certified"][k % 3],
                        )
                        for k in range(12)
                    ],
                )
        with ArchiveReader.open(path) as opened:
            yield opened


@settings(max_examples=300, deadline=None)
@given(predicates)
def test_a_filter_finds_what_it_says(reader, predicate):
    text, evaluate = predicate
    everything = reader.elites(ElitesQuery())
    expected = [view for view in everything if evaluate(view) is True]
    assert reader.elites(ElitesQuery(where=text)) == expected


def test_the_tree_of_a_filter():
    assert parse("digits >= 7") == Comparison(Name("digits", 1), ">=", Value(7, 11), 8)
    assert parse("not -1.5e3 < a") == Not(Comparison(Value(-1500.0, 5), "<", Name("a", 14), 12))
    assert parse("(a IS NOT NULL)") == Not(Missing(Name("a", 2)))
    assert parse("a=1 and b=1 or c=1") != parse("a=1 and (b=1 or c=1)")


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 1, "expected a name"),
        ("digits", 7, "expected one of"),
        ("digits >=", 10, "expected a name, number or string, got 'the end'"),
        ("digits >= 7 ops < 3", 13, "'and', 'or' or the end"),
        ("digits >= 7 and", 16, "expected a name"),
        ("(digits >= 7", 13, "expected ')'"),
        ("digits >= 7)", 12, "or the end"),
        ("digit >= 7", 1, "did you mean 'digits'"),
        ("ops < 3 or nothing = 1", 12, "known: id, run,"),
        ("digits = 'many'", 8, "two numbers or two texts"),
        ("status = 3", 8, "two numbers or two texts"),
        ("1 < 2", 3, "expected a name on one side"),
        ("digits is 7", 11, "expected 'null'"),
        ("digits == 7", 9, "expected a name"),
        ("ops < 1e999", 7, "finite"),
        ("ops < 9**9**9**9", 11, "expected a finite number, got none from '**'"),
        ("ops < 1/0", 8, "finite"),
        ("ops < 1/(2 - 2)", 8, "finite"),
        ("ops < (-2)**0.5", 11, "finite"),
        ("ops < sqrt(-1)", 7, "finite number, got none from 'sqrt'"),
        ("ops < 2**", 10, "expected a number, got 'the end'"),
        ("ops < 2 * 'a'", 11, "expected a number, got"),
        ("ops < 2 * digits", 11, "expected a number or one of log, log2"),
        ("ops * 2 < digits", 5, "expected numbers alone around '*'"),
        ("ops < sin(1)", 7, "expected a number or one of log, log2"),
        ("ops < log10 2", 13, "or the end"),
        ("ops < (1 + 2", 13, "expected ')'"),
        ("(1 + 2)", 7, "expected one of"),
        ("ops < " + "(" * (MAX_DEPTH + 2), MAX_DEPTH + 8, "nested deeper"),
        ("ops < " + "2**" * (MAX_DEPTH + 2), 3 * MAX_DEPTH + 10, "nested deeper"),
        ("ops < 1x", 7, "got '1'"),
        ("status = 'open", 10, 'got "\'"'),
        ("ops; DROP TABLE elite", 4, "got ';'"),
        ("ops < 1 -- comment", 10, "got '-'"),
        ("(SELECT 1) = ops", 9, "expected one of"),
        ("__import__('os').system('x')", 17, "got '.'"),
        ("ops < \0", 7, "got '\\x00'"),
        ("ops < \ud800", 7, "got '\\\\'"),
        ("not " * (MAX_DEPTH + 1) + "ops = 1", 4 * MAX_DEPTH + 5, "nested deeper"),
        ("(" * 1000, MAX_DEPTH + 2, "nested deeper"),
    ],
)
def test_a_mistake_is_one_line_with_its_column(reader, text, position, message):
    with pytest.raises(UsageError) as caught:
        reader.elites(ElitesQuery(where=text))
    line = str(caught.value)
    assert line.startswith(f"filter, column {position}: ")
    assert message in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2**-11", 2**-11),
        ("3.31 + log10(2)", 3.31 + math.log10(2)),
        ("-2**2", -4),
        ("2**3**2", 512),
        ("7 - 2 - 1", 4),
        ("8/2/2", 2),
        ("2*-3", -6),
        ("1-1", 0),
        ("(1 + 2)*3", 9),
        ("exp(0) + sqrt(4)*log2(8) - log(1)", 7),
        ("123456789012345678", 123456789012345678),
    ],
)
def test_arithmetic(text, value):
    (comparison,) = [parse(f"ops < {text}")]
    assert comparison.right.value == pytest.approx(value, rel=1e-15)
    assert parse(f"({text}) > ops").left.value == comparison.right.value
    assert parse(f"(({text}) > ops and (ops < 1))").parts[0].left.value == comparison.right.value


def test_the_length_is_limited(reader):
    with pytest.raises(UsageError, match=f"at most {MAX_LENGTH} characters, got 10006"):
        reader.elites(ElitesQuery(where="ops" + " " * 10_000 + "= 1"))


def test_the_longest_filters_are_answered(reader):
    flat = " or ".join(["ops=1"] * (MAX_LENGTH // 9))
    deep = "(" * MAX_DEPTH + "ops=1" + ")" * MAX_DEPTH
    for text in (flat, deep):
        assert len(reader.elites(ElitesQuery(where=text))) == 2


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "ops",
                "digits",
                "status",
                "and",
                "or",
                "not",
                "is",
                "null",
                "(",
                ")",
                "<",
                ">=",
                "=",
                "1",
                "2.5",
                "'a'",
                "nope",
                "-",
                "**",
                "/",
                "log",
            ]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_any_text_is_answered_or_refused(reader, text):
    try:
        reader.elites(ElitesQuery(where=text))
    except UsageError as error:
        assert "\n" not in str(error)
