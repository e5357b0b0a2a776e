import ast
import csv
import itertools
import json
from pathlib import Path

import pytest
from flint import arb

from elitemap.evaluators.fractions.signed import search as signed
from elitemap.evaluators.fractions.signed.search import SignedSearch, moved
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant, constants
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

KNOWN = Path(__file__).parents[3] / "data" / "fractions" / "signed_cf_known.csv"

#: Constants of the table with the smallest box that holds their rows.
BOXES = {"e": 3, "tan(1)": 2, "e**2": 2, "besseli(0, 2)/besseli(1, 2)": 2}

#: What is verified in these boxes with periods of signs up to 3, and how many images that is.
VERIFIED = {
    "e": (1093, 211),
    "tan(1)": (349, 72),
    "e**2": (169, 42),
    "besseli(0, 2)/besseli(1, 2)": (379, 71),
}

NOT_RELATED = [
    "pi",
    "khinchin",
    "sqrt(2) + 1/pi",
    # Fifty-eight random digits, and those of Champernowne's number.
    "6291438750226193441705288309647115034972083156492617380594/10**58",
    "1234567891011121314151617181920212223242526272829303132333/10**58",
]


def search(text, limit, periods=(1, 3)):
    return SignedSearch(constants(text), limit, periods)


def scanned(one):
    """Everything: candidates, finds and counts."""
    parts = [one.scan(block) for block in range(one.blocks)]
    counts = {name: sum(part.counts[name] for part in parts) for name in parts[0].counts}
    finds = [find for part in parts for find in part.finds]
    return sum(part.candidates for part in parts), finds, counts


@pytest.fixture(scope="module")
def found():
    return {text: scanned(search(text, limit)) for text, limit in BOXES.items()}


def members(finds):
    return [Formula.from_json(find.member["document"]) for find in finds]


def key(formula):
    fraction = formula.fraction
    return formula.value, fraction.signs, fraction.start, fraction.taps


def rows():
    with KNOWN.open(newline="") as file:
        for name, value, signs, initial, taps in itertools.islice(csv.reader(file), 1, None):
            text = constant(name).text
            numbers = ast.literal_eval(value)
            connection = [-c for c in ast.literal_eval(taps)[1:]]
            while connection[-1] == 0:
                connection.pop()
            relation = Relation.of((text,), numbers[:2], numbers[2:])
            start = tuple(ast.literal_eval(initial))
            yield text, (relation, ast.literal_eval(signs), start, tuple(connection))


def test_every_known_row_is_among_the_members(found):
    kept = {text: {key(formula) for formula in members(f)} for text, (_, f, _) in found.items()}
    missing = [row for text, row in rows() if row not in kept[text]]
    assert missing == []
    assert sum(1 for _ in rows()) == 214


@pytest.mark.parametrize("text", BOXES)
def test_as_many_as_are_known_to_be_verified(found, text):
    candidates, finds, counts = found[text]
    assert candidates == search(text, BOXES[text]).size
    assert counts["verified"] == len(finds)
    assert (len(finds), len({formula.value for formula in members(finds)})) == VERIFIED[text]


def test_every_find_is_what_it_says(found):
    with precision(700):
        for text, (_, finds, _) in found.items():
            number = constant(text).ball(700)
            for find in finds:
                for document in (find.document, find.member["document"]):
                    formula = Formula.from_json(document)
                    assert formula.to_json() == document
                    gap = abs(cut_off(formula.fraction, 160) - formula.value.at([number]))
                    assert gap < arb(10) ** -100


def cut_off(fraction, terms):
    """The fraction up to some quotient, from the end, in balls."""
    quotients = list(itertools.islice(fraction.quotients(), terms))
    x = arb(quotients[-1])
    for k in range(terms - 2, -1, -1):
        x = quotients[k] + fraction.sign(k + 1) / x
    return x


def test_equal_documents_are_one_class_with_one_quality(found):
    for _, finds, _ in found.values():
        for _, group in by_document(finds):
            kinds = {(f.quality, f.measures, json.dumps(f.objectives)) for f in group}
            assert len(kinds) == 1
            assert len({json.dumps(f.member, sort_keys=True) for f in group}) == len(group)
    assert len(list(by_document(found["e"][1]))) == 36


def by_document(finds):
    def text(find):
        return json.dumps(find.document, sort_keys=True)

    return [(t, list(group)) for t, group in itertools.groupby(sorted(finds, key=text), text)]


def test_a_class_names_itself_where_the_box_holds_it(found):
    for _, finds, _ in found.values():
        for find in finds:
            same = find.member["document"] == find.document
            assert find.member["disguise"] == ("itself" if same else "transient")
        assert {find.member["disguise"] for find in finds} == {"itself", "transient"}


def test_what_a_find_carries(found):
    best = max(found["e"][1], key=lambda find: find.quality)
    assert best.objectives["digits"] is None and best.objectives["label"] is None
    assert best.objectives["significance"] == best.quality > 950
    assert best.objectives["digits_per_term"] == best.measures[2]
    # coth(1/2) = [2; 6, 10, ...] is the simplest.
    assert best.document["fraction"] == {
        "kind": "signed",
        "signs": [1],
        "start": [2, 6],
        "taps": [2, -1],
    }
    assert best.measures[:2] == (1.0, 2.0)


@pytest.mark.parametrize("text", NOT_RELATED)
def test_nothing_is_found_for_numbers_without_a_pattern(text):
    candidates, finds, _ = scanned(search(text, 3))
    assert candidates == 5040 and finds == []


@pytest.mark.parametrize("text", ["golden", "sqrt(7)"])
def test_quadratic_numbers_have_periodic_expansions_and_no_finds(text):
    _, finds, counts = scanned(search(text, 2))
    assert counts["recurrent"] > 100 and finds == []


def test_blocks_are_independent_and_their_size_changes_nothing(monkeypatch):
    whole = scanned(search("e,tan(1)", 2))
    monkeypatch.setattr(signed, "BLOCK", 640)
    one = search("e,tan(1)", 2)
    assert one.blocks == 12
    backwards = {block: one.scan(block) for block in reversed(range(one.blocks))}
    finds = [find for block in sorted(backwards) for find in backwards[block].finds]
    assert finds == whole[1]
    assert sum(part.candidates for part in backwards.values()) == one.size == whole[0]
    assert one.scan(5) == search("e,tan(1)", 2).scan(5)


def test_the_constant_is_the_first_coordinate():
    _, finds, _ = scanned(search("pi,e**2", 1))
    assert finds and {find.measures[0] for find in finds} == {2.0}
    assert {Formula.from_json(f.document).value.constants for f in finds} == {("e**2",)}


def test_a_negative_constant_has_the_same_classes():
    classes = [
        {json.dumps(find.document["fraction"]) for find in scanned(search(text, 2))[1]}
        for text in ("e", "-e")
    ]
    assert classes[0] == classes[1]


def test_moved_is_the_image_of_the_image():
    value = Relation.of(("e",), (1, 2), (3, 5))
    assert moved(value, ((0, 1), (1, 0))) == Relation.of(("e",), (3, 5), (1, 2))
    assert moved(value, ((1, -2), (0, 7))) == Relation.of(("e",), (1 - 6, 2 - 10), (21, 35))


def test_an_estimate_is_near_what_it_takes():
    assert 0.01 < search("pi", 6).estimate() < 20
