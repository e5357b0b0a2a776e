"""The record of a run: written when it begins, found again when it goes on."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from elitemap import __version__
from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.states import UNITED, VOUCHED
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Baseline, Task, directions
from elitemap.engine.search.starting import NO_STARTS, STARTS, Starts, read_starts
from elitemap.engine.tasks import TaskSpec


def new_record(
    spec: TaskSpec, task: Task, config: SearchConfig, starts: Starts = NO_STARTS
) -> RunRecord:
    """The record of a run that begins now."""
    started_at = datetime.now(UTC).isoformat(timespec="microseconds")
    declared = (*task.evaluator.objectives, *task.objectives)
    settings = {
        "pareto": [list(pair) for pair in directions(declared).items()],
        "objectives": [objective.to_json() for objective in declared],
        "settings": dict(spec.settings),
        "search": config.to_json(),
    }
    if task.problem is not None:
        settings["problem"] = list(task.problem)
    if task.words:
        settings["words"] = dict(task.words)
    if spec.digests:
        settings["data"] = dict(spec.digests)
    if rivals := task.rivals():
        settings["rivals"] = [{"name": b.name, "objectives": dict(b.objectives)} for b in rivals]
    if starts.documents:
        settings["starts"] = starts.to_json()
    if task.notable is not None:
        settings["notable"] = task.notable
    content = json.dumps([spec.space, spec.target, settings, started_at], sort_keys=True)
    return RunRecord(
        id=hashlib.sha256(content.encode()).hexdigest()[:12],
        space=spec.space,
        target=spec.target,
        options=task.options,
        config=settings,
        seed=config.seed,
        started_at=started_at,
        finished_at=None,
        status="running",
        version=__version__,
        summary={},
    )


def recorded_spec(run: RunRecord) -> TaskSpec:
    """What names the task of a run.

    Raises:
        ArchiveError: If the archive does not tell the settings and hashes as texts, or the hashes
            are not those of the run's problem.
    """
    settings = _texts(run, "settings", run.config.get("settings"))
    digests = _texts(run, "data", run.config.get("data", {}))
    # Else an archive could tell what was found on some data as found on other data.
    if any(run.options.get(name) != digest for name, digest in digests.items()):
        raise _damaged(run, "data", digests)
    return TaskSpec.of(run.space, run.target, settings, digests)


def recorded_config(run: RunRecord) -> SearchConfig:
    """How a run searches.

    Raises:
        ArchiveError: If the archive does not tell it.
        UsageError: If a setting is unknown here or out of range.
    """
    document = run.config.get("search")
    if not isinstance(document, dict):
        raise _damaged(run, "search", document)
    return SearchConfig.from_json(document)


def recorded_rivals(run: RunRecord) -> tuple[Baseline, ...]:
    """The baselines that were computed when a run began; of what is no baseline nothing."""
    found = run.config.get("rivals", ())
    kept = [_rival(one) for one in found] if isinstance(found, list) else []
    return tuple(rival for rival in kept if rival is not None)


def _rival(found: object) -> Baseline | None:
    if not isinstance(found, dict):
        return None
    name, objectives = found.get("name"), found.get("objectives")
    if not isinstance(name, str) or not isinstance(objectives, dict):
        return None
    numbers = {k: float(v) for k, v in objectives.items() if isinstance(v, int | float)}
    return Baseline(name, numbers) if numbers else None


def _texts(run: RunRecord, part: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise _damaged(run, part, found)
    return found


def _damaged(run: RunRecord, part: str, found: object) -> ArchiveError:
    return ArchiveError(
        f"expected the {part} of run {run.id} as an object, got {str(found)[:40]!r}: "
        "the archive is damaged, restore it from a copy"
    )


def resumable(reader: ArchiveReader, run: str | None, archive: Path, further: bool) -> RunRecord:
    """The run that an id, or the beginning of one, names; for None the latest that is not done.

    Args:
        reader: Of the archive.
        run: The id.
        archive: The file, for messages.
        further: Whether it is to be extended, so that it may be done.

    Raises:
        UsageError: If there is none, or it is done and not to be extended.
    """
    if run is None:
        runs = reader.runs()
        waiting = [record for record in runs if record.status != "done"] or (
            runs if further else []
        )
        if not waiting:
            what = "run" if further else "unfinished run"
            raise UsageError(f"{archive} holds no {what}: start one with `elitemap search`")
        return waiting[-1]
    record = reader.run(run)
    if record.status == "done" and not further:
        raise UsageError(
            f"run {record.id} is done, nothing to resume: to extend it say how far, such as "
            f"`elitemap resume {record.id} --seconds 60`"
        )
    return record


def begun_with(run: RunRecord, states: Mapping[int, bytes]) -> Starts:
    """What a run began with beside random candidates.

    Raises:
        ArchiveError: If the archive holds something else than the run's record says.
    """
    told = run.config.get("starts")
    if not isinstance(told, dict):
        return NO_STARTS
    starts = Starts(read_starts(states), tuple(told.get("from", ())))
    if starts.digest != told.get("digest"):
        raise ArchiveError(
            f"what run {run.id} begins with is not what its record says: restore the archive from "
            "a copy, or start a new search"
        )
    return starts


def left(run: RunRecord, states: Mapping[int, bytes]) -> dict[int, bytes]:
    """What a run has left to go on from, by island; nothing if it was stopped before it had any.

    Raises:
        UsageError: If it is done and has left nothing.
    """
    saved = {island: state for island, state in states.items() if state}
    if run.status == "done" and saved.keys() <= {STARTS, UNITED, VOUCHED}:
        raise UsageError(
            f"run {run.id} is done and has left nothing to go on from: start a new search"
        )
    return saved
