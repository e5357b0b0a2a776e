"""Documents that a stranger may have put into an archive, under the name that fits them.

Whatever a document says, everything that is done with it ends, and ends with a result or with an
error of ours.
"""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import ArchiveError, ElitemapError
from elitemap.engine.protocols import Unproved
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.commands.reading import formula_of
from elitemap.terminal.mathtext import mathematics

ZERO = "0x0.0p+0"
HUGE = "0x1.fffffffffffffp+1023"
PI = {"constants": ["pi"], "numerator": [4, 0], "denominator": [0, 1]}

#: Languages that compute digits of a fraction while they are written: seconds each.
DIGITS = {"python", "c"}


def program(rows, inputs=("x",), outputs=None):
    last = len(inputs) + len(rows) - 1
    return {
        "schema": 1,
        "inputs": list(inputs),
        "instructions": rows,
        "outputs": [last] if outputs is None else outputs,
    }


def squares(count, first=0):
    return [["mul", first + k, first + k] for k in range(count)]


def fraction(a, b, value=PI):
    return {
        "schema": 1,
        "fraction": {"kind": "polynomial", "a": a, "b": b},
        "value": value,
    }


def signed(signs, start, taps):
    found = {"kind": "signed", "signs": signs, "start": start, "taps": taps}
    return {"schema": 1, "fraction": found, "value": PI}


VALID = {
    "elementary": program([["const", "0x1.8p+0", "0x1p-60"], ["add", 0, 1], ["div", 2, 0]]),
    "fractions": fraction([[2, 1]], [[1, 0, 0]]),
    "signed": signed([1, -1], [2, 1, 2], [2, -1]),
}

BIG = 10**1999

#: Values that double with every instruction, and everything else that grows fast.
BOMBS = {
    "4096 squarings": program(squares(4096)),
    "4096 doublings": program([["add", k, k] for k in range(4096)]),
    "Fibonacci": program([["mul", max(k - 1, 0), k] for k in range(4096)]),
    "60 squarings": program(squares(60)),
    "40 squarings": program(squares(40)),
    "huge squarings": program([["const", HUGE, ZERO], ["mul", 0, 1], *squares(38, 2)]),
    "a tower of quotients": program([["div", 0, 0], *(["div", k, k + 1] for k in range(39))]),
    "a division by zero": program([["sub", 0, 0], ["div", 0, 1]]),
    "many inputs": program([["add", 0, 1]], [f"x{k}" for k in range(100_000)]),
    "many outputs": program([["add", 0, 0]], outputs=[1] * 100_000),
    "two inputs": program([["add", 0, 1]], ["x", "z"]),
    "no inputs": program([["const", HUGE, ZERO]], []),
    "a huge exponent": program([["const", "0x1p99999999999999999999", ZERO], ["mul", 0, 1]]),
    "not a number": program([["const", "nan", ZERO], ["mul", 0, 1]]),
    "a long number": program([["const", "0x" + "1" * 100_000, ZERO], ["mul", 0, 1]]),
    "wide polynomials": fraction([[BIG] * 65], [[-BIG] * 65]),
    "a long period": fraction([[1] * 65] * 32, [[k + 1] + [1] * 64 for k in range(32)]),
    "nothing": fraction([[]], [[]]),
    "a far end": fraction([[1, 3]], [[1, -(10**9)]]),
    "a tower of powers": fraction([[2, 1]], [[1, 0, 0]], PI | {"constants": ["9**9**9**9"]}),
    "nested brackets": fraction(
        [[2, 1]], [[1, 0, 0]], PI | {"constants": ["(" * 198 + "pi" + ")" * 198]}
    ),
    "many taps": signed([1, -1] * 32, [10**59] * 256, [10**59] * 256),
    "zeros": signed([-1], [0] * 256, [0] * 256),
}


@pytest.fixture(scope="module")
def tasks():
    return [
        load_task(TaskSpec.of("elementary", "exp2", {})),
        load_task(TaskSpec.of("fractions", "pi", {})),
    ]


def look(document):
    """What `show` and the first screen of an elite do."""
    formula_of(document)
    for space in ("elementary", "fractions"):
        rows = mathematics(space, document, 80)
        assert rows is None or sum(map(len, rows)) < 10**6


def use(task, document, certificate=None, skipped=DIGITS):
    """What asks a task; every step may be refused by itself."""
    with suppress(ElitemapError):
        assert len(task.space.source(document)) < 10**6
    with suppress(ElitemapError):
        task.curve(document)
    with suppress(ElitemapError):
        task.analysis(document)
    for language in task.languages:
        if task.space.name == "elementary" or language not in skipped:
            with suppress(ElitemapError):
                task.export(document, certificate, "f", language)


@pytest.mark.parametrize("document", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_do_not_go_off(document, tasks):
    look(document)
    for task in tasks:
        use(task, document)
        with suppress(ElitemapError):
            task.certify(document, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zeros", "a far end", "nothing", "many taps"])
def test_digits_of_bombs_are_refused(name, tasks):
    with pytest.raises(ElitemapError):
        tasks[1].export(BOMBS[name], None, "f", "python")


@pytest.mark.parametrize("name", ["two inputs", "no inputs", "60 squarings", "4096 squarings"])
def test_a_space_owns_its_documents(name, tasks):
    for refused in (
        lambda: tasks[0].certify(BOMBS[name], 1.0),
        lambda: tasks[0].curve(BOMBS[name]),
        lambda: tasks[0].export(BOMBS[name], None, "f", "c"),
        lambda: tasks[0].space.source(BOMBS[name]),
        lambda: tasks[1].certify(BOMBS[name], 1.0),
        lambda: tasks[1].families([BOMBS[name]]),
    ):
        with pytest.raises(ArchiveError):
            refused()


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 70)
    | st.sampled_from([2**31, -(2**63), 10**400, 10**2100, -1.5, 1e308])
    | st.sampled_from(["", "x", "nan", "inf", "-0x1p-1074", HUGE, "0x1p+9999", "\x00", "\ud800"])
    | st.sampled_from(["add", "div", "const", "sqrt", "signed", "polynomial", "pi", "1/0", "e**e"])
    | st.text(max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(document, path=()):
    yield path
    if isinstance(document, dict | list):
        keys = document if isinstance(document, dict) else range(len(document))
        for key in keys:
            yield from places(document[key], (*path, key))


@st.composite
def mutants(draw):
    """A valid document with up to three parts replaced, left out or written twice."""
    document = {"": copy.deepcopy(draw(st.sampled_from(list(VALID.values()))))}
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))[1:]))
        where = document
        for key in path[:-1]:
            where = where[key]
        change = draw(st.sampled_from(["replace", "drop", "double"]))
        if change == "replace" or path == ("",):
            where[path[-1]] = draw(values)
        elif change == "drop":
            del where[path[-1]]
        elif isinstance(where, list):
            where.insert(path[-1], copy.deepcopy(where[path[-1]]))
    return document[""]


@settings(max_examples=150, deadline=None)
@given(document=mutants(), certificate=values)
def test_mutants_are_used_or_refused(tasks, document, certificate):
    look(document)
    told = certificate if isinstance(certificate, dict) else None
    for task in tasks:
        use(task, document, told)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(document=mutants())
def test_mutants_are_certified_or_refused(tasks, document):
    for task in tasks:
        with suppress(ElitemapError):
            _, _, certificate = task.certify(document, 0.05)
            if not isinstance(certificate, Unproved):
                json.dumps(certificate, allow_nan=False)
