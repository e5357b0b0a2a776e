"""The table of primitives is complete for every target."""

import string

import pytest
from own_primitives import OWN

from elitemap.archive.errors import SearchError, UsageError
from elitemap.searchspaces.programs.emission import LANGUAGES, export
from elitemap.searchspaces.programs.program import Instruction, Program

OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives


def minimal(primitive):
    """The primitive applied to x; a constant for ``const``."""
    constant = (1.5, 0.0) if primitive.name == "const" else (0.0, 0.0)
    operands = (0,) * primitive.arity
    instruction = Instruction(OPCODES[primitive.name], operands, constant)
    return Program(("x",), (instruction,), (1,), dialect=OWN)


@pytest.mark.parametrize("language", ["text", *LANGUAGES])
@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda p: p.name)
def test_every_primitive_has_a_template_that_reads_all_operands(primitive, language):
    fields = {field for _, field, _, _ in string.Formatter().parse(primitive.templates[language])}
    wanted = {str(k) for k in range(primitive.arity)} or {"value"}
    assert fields - {None} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda p: p.name)
def test_every_primitive_is_exported_to_every_language(primitive, language, make_meta):
    files = export(minimal(primitive), None, make_meta("f"), language)
    assert all(text.isascii() and text.endswith("\n") for text in files.values())


def test_an_unknown_language_names_the_known_ones(make_meta):
    with pytest.raises(UsageError, match="fortran.*c, python, numpy, .*latex, rust, cuda"):
        export(minimal(PRIMITIVES[1]), None, make_meta("f"), "fortran")


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_of_other_shapes_are_refused(language, make_meta):
    many = Program(("x", "y", "w"), (Instruction(OPCODES["add"], (0, 1)),), (3,))
    with pytest.raises(SearchError, match="one or two inputs and one output"):
        export(many, None, make_meta("f"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_constants_must_be_finite(language, make_meta):
    infinite = Program(("x",), (Instruction(OPCODES["const"], (), (float("inf"), 0.0)),), (1,))
    with pytest.raises(SearchError, match="finite"):
        export(infinite, None, make_meta("f"), language)
