"""The jobs that the browser gives to processes of their own."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elitemap.archive.errors import SearchError
from elitemap.archive.records import EliteRecord
from elitemap.archive.views import EliteView
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Bench, Entrant, Identification, Unproved
from elitemap.engine.proving.proof import attempted
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.browser.search.child import Wire
from elitemap.terminal.commands.identify import identifier

if TYPE_CHECKING:
    from elitemap.engine.search.coordinator import Outcome

#: Seconds of a search that was given no budget.
SECONDS = 60.0
#: Seconds for what is looked up.
PATIENCE = 20.0


@dataclass(frozen=True)
class SearchOrder:
    """A search to start.

    Attributes:
        archive: The file.
        spec: The task.
        settings: Settings of the engine, such as ``seconds`` and ``seed``.
    """

    archive: Path
    spec: TaskSpec
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class ResumeOrder:
    """A run to go on with."""

    archive: Path
    run: str


def search_job(wire: Wire, order: SearchOrder | ResumeOrder) -> "Outcome":
    """Search, tell every event, and save when asked to stop."""
    # Only the process that searches needs all of this.
    from elitemap.engine.search import coordinator as engine

    if isinstance(order, ResumeOrder):
        return engine.resume(order.archive, order.run, None, wire.tell, wire.halted)
    settings = dict(order.settings)
    spec = settled(order.spec)
    # An enumeration ends by itself.
    if settings.get("seconds") is None and load_task(spec).enumeration is None:
        settings["seconds"] = SECONDS
    return engine.search(order.archive, spec, SearchConfig(**settings), wire.tell, wire.halted)


def certify_job(
    wire: Wire, spec: TaskSpec, view: EliteView, seconds: float
) -> tuple[EliteRecord, Unproved | None]:
    """The elite with its certificate, or as it was and why there is none."""
    threading.Thread(target=_give_up_when_halted, args=(wire,), daemon=True).start()
    return attempted(view.record(), load_task(spec), seconds)


@dataclass(frozen=True)
class Step:
    """A message of a job: what it is doing, in a few words."""

    what: str


def bench_job(wire: Wire, spec: TaskSpec, view: EliteView) -> Bench:
    """The elite measured beside what others have made.

    Raises:
        SearchError: If the problem has no peers.
    """
    threading.Thread(target=_give_up_when_halted, args=(wire,), daemon=True).start()
    bench = load_task(spec).bench
    if bench is None:
        raise SearchError("nobody to compare with: this problem has no peers")
    entrant = Entrant(view.id, view.program, view.objectives)
    return bench([entrant], False, lambda what: wire.tell(Step(what)))


def identify_job(wire: Wire, space: str, text: str) -> Identification:
    """What something that was typed is.

    Raises:
        UsageError: If the space does not identify, or cannot read it.
    """
    threading.Thread(target=_give_up_when_halted, args=(wire,), daemon=True).start()
    return identifier(space)(text, "", PATIENCE)


def _give_up_when_halted(wire: Wire) -> None:
    """There is nothing to save."""
    wire.wait()
    os._exit(1)
