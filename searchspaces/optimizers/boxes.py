"""Update rules as mathematics."""

from collections.abc import Mapping
from typing import Any

from elitemap.formulas.boxes import Drafts, beside, word
from elitemap.searchspaces.optimizers.emission.lowering import used_slots
from elitemap.searchspaces.optimizers.rules import read
from elitemap.searchspaces.programs.boxes import program_boxes

#: Instructions of a rule that is shown: searches make fewer.
_LONGEST = 80


def drafts(document: Mapping[str, Any]) -> Drafts | None:
    """What a document says, each draft a list of lines; None if it is very long.

    Raises:
        ProgramError: If it is no rule.
    """
    rates = document.get("rates")
    program, _ = read(document, len(rates) if isinstance(rates, list) else 0)
    if len(program.instructions) > _LONGEST:
        return None
    idle = {1 + j for j in range(len(program.states))} - {1 + j for j in used_slots(program)}
    made = []
    for stack in (True, False):
        lines = program_boxes(program, stack)
        update = beside(word("update = "), lines[0])
        made.append([update, *(line for k, line in enumerate(lines) if k and k not in idle)])
    return made
