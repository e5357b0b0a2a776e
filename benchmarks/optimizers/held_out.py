"""Found rules beside tuned peers on workloads that their search never saw.

``python -m benchmarks.optimizers.held_out ARCHIVE ID... --unseen digits-autoencoder,digits-cnn`` is
``elitemap bench`` with the unseen workloads and the effort of one's choice: a search that has to
certify its elites on such models takes long, and this can be decided later. The full size is
``--trials 160 --tunings 5``, and takes hours where JAX differentiates.
"""

import argparse
import time
from math import isfinite
from pathlib import Path

from benchmarks.optimizers.records import Row, keep
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Bench, Compared, Entrant
from elitemap.evaluators.optimizers.bench.benching import Effort, bench
from elitemap.evaluators.optimizers.bench.peers import PEERS, SOAP
from elitemap.evaluators.optimizers.catalogue import chosen
from elitemap.searchspaces.optimizers.rules import read, text
from elitemap.terminal.commands.finding import one_elite

TITLE = "Found rules on workloads that their search never saw"

TEXT = """\
Searched on {searched}: {rules}.
Loss next to tuned AdamW's over the unseen workloads together, with its interval, and on each; steps
to AdamW's loss next to its own; unseen workloads ahead and behind; runs that diverged. Here
{notes}."""


def row_of(one: Compared, found: Bench) -> Row:
    """A rule's figures as text."""
    told = one.objectives
    steps = told["steps"]
    row = {
        "rule": one.name,
        "loss / AdamW's": f"{told['loss']:.3f} ({told['low']:.3f} to {told['high']:.3f})",
        "steps / AdamW's": f"{steps:.2f}" if isfinite(steps) else "not reached",
        "ahead": f"{told['ahead']:.0f}",
        "behind": f"{told['behind']:.0f}",
        "diverged": f"{told['failed']:.0f}",
    }
    on = (column for column in found.columns if column.name.startswith("on "))
    return row | {column.label: f"{told[column.name]:.3f}" for column in on}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("elites", nargs="+", help="ids or beginnings of them, of one run")
    parser.add_argument("--unseen", default="digits-autoencoder,digits-cnn,text-gru")
    parser.add_argument("--peers", help="beside AdamW, names with commas; all if left out")
    parser.add_argument("--trials", type=int, default=160)
    parser.add_argument("--tunings", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="keep the table")
    given = parser.parse_args()
    with ArchiveReader.open(given.archive) as reader:
        views = [one_elite(reader, each, None) for each in given.elites]
        target = reader.run(views[0].run).target
    searched = chosen(target, "small", None, 60.0, None)
    unseen = chosen(given.unseen, "small", None, 60.0, None)
    peers = given.peers.split(",") if given.peers else None
    if unknown := {*(peers or ())} - {*PEERS, SOAP.name}:
        parser.error(f"expected peers of {', '.join((*PEERS, SOAP.name))}, got {min(unknown)}")
    begun = time.time()

    def say(text: str) -> None:
        print(f"{time.time() - begun:.0f} s: {text}", flush=True)

    effort = Effort(given.trials, given.tunings)
    entrants = [Entrant(view.id, view.program, view.objectives) for view in views]
    found = bench(searched, unseen, entrants, False, say, effort, peers)
    lines = [text(read(view.program, len(searched))[0]).splitlines() for view in views]
    told = TEXT.format(
        rules=", ".join(
            f"{one.id[:10]} (`{'; '.join(each)}`)" for one, each in zip(views, lines, strict=True)
        ),
        searched=", ".join(one.name for one in searched),
        notes="; ".join(found.notes),
    )
    command = "python -m benchmarks.optimizers.held_out ARCHIVE ID... --unseen {} --trials {}"
    command = f"{command.format(given.unseen, given.trials)} --tunings {given.tunings}"
    command += f" --peers {given.peers}" if given.peers else ""
    print(told)
    for one in found.rows:
        row = row_of(one, found)
        print(f"| {' | '.join(row.values())} |", flush=True)
        if given.record:
            keep("optimizers_held_out", TITLE, told, command, row)


if __name__ == "__main__":
    main()
