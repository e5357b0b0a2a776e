"""Integer operators written by hand."""

import pytest


@pytest.fixture(scope="session")
def document():
    """A document of instructions, results and a table; a table brings a second input."""

    def make(instructions, results, table=None, reduction=0):
        inputs = [["x", "word"], ["entry", "word"]][: 1 if table is None else 2]
        program = {
            "schema": 2,
            "dialect": "words",
            "inputs": inputs,
            "instructions": instructions,
            "outputs": results,
            "states": [],
            "nexts": [],
        }
        return {"reduction": reduction, "program": program, "table": table or []}

    return make


@pytest.fixture(scope="session")
def shiftexp(document):
    """I-ViT's exponential for inputs with so many fraction bits: 1.4375 x, and 1 - f/2 for 2^-f."""

    def make(fraction):
        rows = [["word", 1], ["shr", 0, 1], ["add", 0, 2], ["word", 4], ["shr", 0, 4]]
        rows += [["sub", 3, 5], ["word", fraction], ["shr", 6, 7], ["word", (1 << fraction) - 1]]
        rows += [["and", 6, 9], ["word", 2 << fraction], ["sub", 11, 10], ["word", 28 - fraction]]
        rows += [["shl", 12, 13], ["shr", 14, 8]]
        return document(rows, [15], reduction=1)

    return make


@pytest.fixture(scope="session")
def looked_up(document):
    """2^-t with t = 1.5 x, x in 1/64, by a table of the fraction's four leading bits."""
    rows = [["word", 1], ["shr", 0, 2], ["add", 0, 3], ["word", 6], ["shr", 4, 5]]
    rows += [["word", 63], ["and", 4, 7], ["word", 2], ["shr", 8, 9], ["word", 9], ["shl", 1, 11]]
    rows += [["shr", 12, 6]]
    table = [round(2 ** (14 - (k + 0.2) / 16)) for k in range(16)]
    return document(rows, [13, 10], table)


@pytest.fixture(scope="session")
def rectified(document):
    """GELU as max(x, 0) minus a sixteenth of what |x| lacks to 2, where it lacks something."""
    rows = [["word", 31], ["sar", 0, 1], ["xor", 0, 2], ["sub", 3, 2], ["and", 0, 2]]
    rows += [["sub", 0, 5], ["word", 128], ["min", 4, 7], ["sub", 7, 8], ["word", 4]]
    rows += [["shr", 9, 10], ["sub", 6, 11]]
    return document(rows, [12])


@pytest.fixture(scope="session")
def magic(document):
    """The well-known constant minus half the bits, from the upper half of a float."""
    return document([["word", 0x5F3759DF], ["word", 15], ["shl", 0, 2], ["sub", 1, 3]], [4])
