"""Multipliers written by hand."""

import pytest


@pytest.fixture(scope="session")
def document():
    """A document of instructions, results and a table."""

    def make(instructions, results, table=()):
        program = {
            "schema": 2,
            "dialect": "words",
            "inputs": [["a", "word"], ["b", "word"]],
            "instructions": instructions,
            "outputs": results,
            "states": [],
            "nexts": [],
        }
        return {"program": program, "table": list(table)}

    return make


@pytest.fixture(scope="session")
def adder(document):
    """The sum of both fields and an offset: Mitchell's multiplier, and L-Mul's."""

    def make(offset):
        if not offset:
            return document([["add", 0, 1]], [2])
        return document([["add", 0, 1], ["word", offset], ["add", 2, 3]], [4])

    return make


@pytest.fixture(scope="session")
def segmented(document):
    """The sum of both fields, and a table by the leading bits of both."""

    def make(mantissas, bits, table=()):
        rows = [["add", 0, 1], ["word", mantissas.fraction - bits], ["shr", 0, 3], ["word", bits]]
        rows += [["shl", 4, 5], ["shr", 1, 3], ["or", 6, 7]]
        return document(rows, [2, 8], table)

    return make
