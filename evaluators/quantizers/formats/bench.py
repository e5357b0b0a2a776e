"""Elites beside the formats that people use, all through the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from elitemap.engine.protocols import Bench, Compared, Entrant
from elitemap.evaluators.quantizers.formats.evaluator import QuantizerEvaluator
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.searchspaces.quantizers.formats.quantizers import written

_NOTES = (
    "Every row is encoded to bytes and decoded from them here and now, by our encoder: formats "
    "called -like have our search of scales.",
)


def bench(
    made: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
    entrants: Sequence[Entrant],
    say: Callable[[str], None],
) -> Bench:
    """Confirm elites and known formats alike.

    Args:
        made: Makes the certificate of a document.
        entrants: The elites.
        say: Is told of each step.
    """
    columns = QuantizerEvaluator.objectives
    documents = [(one.id[:10], one.program) for one in entrants]
    documents += [(name, written(*parts)) for name, parts in known().items()]
    rows = []
    for name, document in documents:
        say(f"{name}, encoded and decoded")
        certificate = made(document)
        if certificate is not None:
            objectives = {one.name: float(certificate[one.name]) for one in columns}
            rows.append(Compared(name, "", objectives))
    return Bench(columns, tuple(rows), (), _NOTES)
