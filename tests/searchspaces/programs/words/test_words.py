"""The dialect `words`: kernels, Python, NumPy and C agree, and rewriting changes no bit."""

import json
import pickle
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import Instruction, Program, ProgramError
from elitemap.searchspaces.programs.signature import Signature, Variable
from elitemap.searchspaces.programs.space import ProgramSpace
from elitemap.searchspaces.programs.text import formula, source
from elitemap.searchspaces.programs.words import WORDS

ENTRIES = [p for p in WORDS.primitives if p.literal is None]
TELLING = [0, 1, 2, 3, 31, 32, 33, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
words = st.one_of(st.sampled_from(TELLING), st.integers(0, 2**32 - 1))
THREE = Signature(tuple(Variable(name, "word") for name in "abc"), ("word",))


def modular(name, a, b, c):
    """The value of an operation by whole numbers of any length."""
    shift = b % 32
    return {
        "add": (a + b) % 2**32,
        "sub": (a - b) % 2**32,
        "and": a & b,
        "or": a | b,
        "xor": a ^ b,
        "shl": (a * 2**shift) % 2**32,
        "shr": a // 2**shift,
        "min": min(a, b),
        "max": max(a, b),
        "less": int(a < b),
        "mul": (a * b) % 2**32,
        "sar": ((a - 2**32 if a >= 2**31 else a) >> shift) % 2**32,
        "select": b if a else c,
    }[name]


def single(entry):
    """A program of three inputs that is one operation on the first ones."""
    code = WORDS.opcodes[entry.name]
    made = Instruction(code, tuple(range(entry.arity)))
    return Program.of(THREE, (made,), (3,), WORDS)


@pytest.fixture(scope="module")
def space():
    probes = np.random.default_rng(0).integers(0, 2**32, (1, 3, 8), dtype=np.uint32)
    return ProgramSpace("any", WORDS, THREE, list(WORDS.operations.values()), 8, probes)


@given(words, words, words)
def test_every_target_computes_the_value_modulo_the_word(a, b, c):
    given_ = np.array([a, b, c], np.uint32)
    for entry in ENTRIES:
        expected = modular(entry.name, a, b, c)
        operands = given_[: entry.arity, None]
        python = eval(entry.templates["python"].format("a", "b", "c"), {"a": a, "b": b, "c": c})
        names = {"a": given_[:1], "b": given_[1:2], "c": given_[2:], "np": np}
        numpy = eval(entry.templates["numpy"].format("a", "b", "c"), names)
        assert python == expected, entry.name
        assert numpy.dtype == np.uint32 and numpy.tolist() == [expected], entry.name
        run = entry.run(*operands)
        assert run.dtype == np.uint32 and run.tolist() == [expected], entry.name


def test_the_interpreter_computes_the_value_modulo_the_word():
    rng = np.random.default_rng(1)
    columns = [np.concatenate([rng.permutation(TELLING) for _ in range(30)]) for _ in range(3)]
    inputs = np.array(columns, np.uint32)[None]
    batch = Batch.from_programs([single(entry) for entry in ENTRIES], 2, THREE, WORDS)
    got = evaluate_steps(batch, inputs)[:, 0, 0, :]
    for entry, row in zip(ENTRIES, got.tolist(), strict=True):
        triples = inputs[0].T.tolist()
        assert row == [modular(entry.name, *triple) for triple in triples], entry.name


@given(words, words, words, words)
def test_the_laws_that_entries_state_hold(a, b, c, z):
    value = modular
    for entry in ENTRIES:
        n = entry.name
        if entry.commutative:
            assert value(n, a, b, c) == value(n, b, a, c)
        if entry.idempotent:
            assert value(n, a, a, c) == a
        if entry.neutral is not None:
            assert value(n, a, entry.neutral[0], c) == a
        for place in entry.absorbing:
            zeroed = [a, b]
            zeroed[place] = 0
            assert value(n, *zeroed, c) == 0
        if entry.inverse:
            assert value(entry.inverse, value(n, a, b, c), b, c) == a
            assert value(n, value(n, a, b, c), z, c) == value(n, a, value(n, b, z, c), c)


def test_canonical_form_changes_no_bit(space):
    batch = space.random(600, np.random.default_rng(5))
    form, valid = space.canonical(batch)
    form, batch = form.take(valid), batch.take(valid)
    assert len(form) > 300
    inputs = np.random.default_rng(2).integers(0, 2**32, (1, 3, 64), dtype=np.uint32)
    np.testing.assert_array_equal(evaluate_steps(batch, inputs), evaluate_steps(form, inputs))


def test_offspring_keep_documents_and_texts(space):
    rng = np.random.default_rng(3)
    batch, valid = space.canonical(space.random(300, rng))
    batch = batch.take(valid)
    operators = (np.arange(len(batch)) % len(space.operators)).astype(np.uint8)
    made, valid = space.canonical(space.vary(batch, batch, operators, rng))
    made = made.take(valid)
    documents = [space.to_json(made, row) for row in range(len(made))]
    again = space.from_json(json.loads(json.dumps(documents)))
    for name, array in made.arrays().items():
        np.testing.assert_array_equal(array, getattr(again, name))
    for document in documents[:40]:
        program = Program.from_json(document, WORDS)
        assert source(program).isascii() and formula(program).isascii()


@pytest.mark.parametrize("constant", [[-1], [2**32], [1.0], [True], ["1"], [], [1, 2], [None]])
def test_what_is_no_word_is_refused(constant):
    document = {
        "schema": 2,
        "dialect": "words",
        "inputs": [["a", "word"]],
        "instructions": [["word", *constant], ["add", 0, 1]],
        "outputs": [2],
        "states": [],
        "nexts": [],
    }
    with pytest.raises(ProgramError):
        Program.from_json(document, WORDS)


def test_the_dialect_travels_by_name():
    assert pickle.loads(pickle.dumps(WORDS)) is WORDS


def test_c_expressions_compile_without_a_warning(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    lines = ["#include <stdint.h>"]
    for entry in ENTRIES:
        value = entry.templates["c"].format("a", "b", "c")
        unused = "(void)c; " if entry.arity < 3 else ""
        head = f"uint32_t f_{entry.name}(uint32_t a, uint32_t b, uint32_t c)"
        lines += [head + ";", f"{head} {{ {unused}return {value}; }}"]
    path = tmp_path / "words.c"
    path.write_text("\n".join(lines) + "\n")
    flags = "-std=c99 -Wall -Wextra -Wconversion -Werror -fsyntax-only".split()
    subprocess.run([compiler, *flags, str(path)], check=True)
