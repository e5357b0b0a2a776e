"""Quantizers and multipliers as mathematics."""

from collections.abc import Mapping
from typing import Any

from elitemap.formulas.boxes import Box, Drafts, word
from elitemap.searchspaces.programs.boxes import program_boxes
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.formats.elements import SHAPES, Element
from elitemap.searchspaces.quantizers.formats.quantizers import read
from elitemap.searchspaces.quantizers.formats.rule import Rule
from elitemap.searchspaces.quantizers.tabled import parts

#: Most entries of an offset table: what any document may have.
_ROOM = 64

#: Instructions of a program that is shown: searches make fewer.
_LONGEST = 60


def drafts(document: Mapping[str, Any]) -> Drafts | None:
    """What a document says, each draft a list of lines; None if it is very long.

    Raises:
        FormatError: If it is no quantizer.
        ProgramError: If its program is none, or it is no multiplier.
    """
    if "levels" in document:
        rule, element = read(document)
        if element.program is not None and len(element.program.instructions) > _LONGEST:
            return None
        return [_levels(rule, element, stack) for stack in (True, False)]
    told, table = parts(document, _ROOM)
    program = Program.from_json(told, WORDS)
    if len(program.instructions) > _LONGEST:
        return None
    listed = [word(f"  table: {', '.join(map(str, table))}")] if table else []
    return [[*program_boxes(program, stack), *listed] for stack in (True, False)]


def _levels(rule: Rule, element: Element, stack: bool) -> list[Box]:
    weight = word(f"weight = scale · level{' + offset' if rule.offset else ''}, where level is")
    if element.program is not None:
        return [weight, *program_boxes(element.program, stack)]
    entries = ", ".join(f"{x:.0f}" if element.whole else f"{x:.5g}" for x in element.table)
    return [weight, word(f"{SHAPES[element.shape]} table: {entries}")]
