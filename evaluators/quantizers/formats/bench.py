"""Elites beside the formats that people use, all through the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from elitemap.engine.protocols import Bench, Compared, Entrant, Objective
from elitemap.evaluators.quantizers.formats.counting import Counting
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.peers.named import peers
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.throughput import encoding_beside, throughput
from elitemap.searchspaces.quantizers.formats.menu import SLACK
from elitemap.searchspaces.quantizers.formats.quantizers import written

_NOTES = (
    "Every row is encoded to bytes and decoded from them here and now; formats called -like have "
    "our search of scales; codes for NaN and infinity are levels like others.",
)

_TIMED = (
    Objective("encode_ns", 0, "measured", unit="ns", label="encoding"),
    Objective("decode_ns", 0, "measured", unit="ns", label="decoding"),
    Objective("dot_ns", 0, "measured", unit="ns", label="dot product"),
)

_NOTES_TIMED = (
    "Nanoseconds for a weight, exported C on one core, compiled with -O3 -march=native; formats "
    "with an encoder of their own are not exported.",
)


def bench(
    made: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
    judged: Callable[[Peer], Mapping[str, float]],
    entrants: Sequence[Entrant],
    timed: bool,
    say: Callable[[str], None],
    counting: Counting,
) -> Bench:
    """Confirm elites and known formats alike, those with encoders of their own after the others.

    Args:
        made: Makes the certificate of a document.
        judged: Measures a peer with an encoder of its own.
        entrants: The elites.
        timed: Whether exported code is compiled and timed as well.
        say: Is told of each step.
        counting: Which errors are told.
    """
    columns = (*counting.objectives, *(_TIMED if timed else ()))
    documents = [(one.id[:10], one.program) for one in entrants]
    documents += [(name, written(*parts)) for name, parts in known().items()]
    rows: list[Compared] = []
    for name, document in documents:
        say(f"{name}, encoded and decoded")
        certificate = made(document)
        if certificate is not None:
            told = {**certificate, **(throughput(document) if timed else {})}
            objectives = {one.name: float(told[one.name]) for one in columns}
            rows.append(Compared(name, "", objectives))
    for name, peer in peers().items():
        say(f"{name}, encoded and decoded")
        rows.append(Compared(name, "", judged(peer)))
    notes = (
        *_NOTES,
        *((*_NOTES_TIMED, *_drop_in(say)) if timed else ()),
        *_dominated(rows, counting.by),
    )
    return Bench(columns, tuple(rows), (), notes)


def _drop_in(say: Callable[[str], None]) -> tuple[str, ...]:
    """What a searched scale costs an encoder, measured in turns with the standard rule."""
    own, best = "NVFP4", "NVFP4's bytes, best scales"
    say(f"{best}, encoded in turns with {own}")
    formats = known()
    standard, searched = encoding_beside(formats[own], formats[best])
    return (
        f"{best}: {searched / standard:.2f} times the encoding time of {own}'s own rule "
        f"({searched:.2f} and {standard:.2f} ns a weight, in turns).",
    )


def _dominated(rows: Sequence[Compared], error: str) -> list[str]:
    """For each known format the elite of fewest operations that dominates it, one line each."""
    named = known().keys() | peers().keys()
    own = {row.name: row.objectives for row in rows if row.name not in named}
    notes = []
    for row in (row for row in rows if row.name in named):
        wanted = row.objectives
        better = [
            (told["decode_cost"], name)
            for name, told in own.items()
            if told["bits_per_weight"] <= wanted["bits_per_weight"] + SLACK
            and told[error] < wanted[error]
        ]
        by = f"dominated by {min(better)[1]}" if better else "no elite here dominates it"
        notes.append(f"{row.name}: {by}.")
    return notes
