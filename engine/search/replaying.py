"""A run repeated from its record, and whether it gives the same elites."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.views import EliteLine
from elitemap.engine.events import Observer
from elitemap.engine.running.executors import open_executor
from elitemap.engine.search.coordinator import Outcome, search
from elitemap.engine.search.extending import budgets
from elitemap.engine.search.runs import begun_with, recorded_config, recorded_spec
from elitemap.engine.settling import named_again
from elitemap.engine.tasks import load_task

# Elites are compared so many at a time.
_PAGE = 1000


@dataclass(frozen=True)
class Comparison:
    """Two runs, slot by slot.

    Attributes:
        same: Elites that are equal: program, cell, quality, objectives and measures.
        proved_since: Elites of which the first run has a certificate that came after its end, and
            which the second found too.
        different: Slots with another elite in each.
        missing: Slots with an elite in the first run alone.
        added: Slots with an elite in the second run alone.
    """

    same: int
    proved_since: int
    different: tuple[int, ...]
    missing: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def matches(self) -> bool:
        """Whether the runs agree."""
        return not (self.different or self.missing or self.added)


def replay(
    archive: Path,
    record: RunRecord,
    target: Path,
    workers: int | None,
    observer: Observer,
    halted: Callable[[], bool],
    given: Mapping[str, str],
    recruit: Callable[[int], Executor] = open_executor,
) -> Outcome:
    """Search once more as a run did, into an archive of its own.

    Args:
        archive: The file that holds the run, for messages.
        record: The run.
        target: A file that does not exist.
        workers: Number of workers; it makes no difference to what is found.
        observer: As for :func:`.coordinator.search`.
        halted: As for :func:`.coordinator.search`.
        given: Options that bring data, named again, as for :func:`.coordinator.resume`.
        recruit: As for :func:`.coordinator.search`.

    Returns:
        How the repeated search ended.

    Raises:
        UsageError: If the run did not come to its end, or its budget was in seconds, which nobody
            can repeat.
        ArchiveError: If the archive does not tell how it searched.
    """
    config = recorded_config(record)
    if record.status != "done":
        raise UsageError(
            f"run {record.id} is {record.status}, and only what came to its end can be compared:"
            f" finish it first with `elitemap resume {record.id} --archive {archive}`"
        )
    spec = named_again(recorded_spec(record), given, record.id)
    if config.seconds is not None and load_task(spec).enumeration is None:
        raise UsageError(
            f"run {record.id} had a budget of {config.seconds:g} seconds, which depends on the"
            " machine: only searches with --evaluations can be repeated"
        )
    if any(one.get("seconds") is not None for one in budgets(record)):
        raise UsageError(
            f"run {record.id} was extended from a budget in seconds, which depends on the machine:"
            " only searches with --evaluations can be repeated"
        )
    if workers is not None:
        config = replace(config, workers=workers)
    with ArchiveReader.open(archive) as reader:
        starts = begun_with(record, reader.state(record.id))
    return search(target, spec, replace(config, seconds=None), observer, halted, recruit, starts)


def compared(first: Path, run: str, second: Path, other: str) -> Comparison:
    """Compare what two runs hold.

    Args:
        first: Archive of the one.
        run: Its id.
        second: Archive of the other.
        other: Its id.

    Raises:
        ArchiveError: If one of the archives cannot be read.
    """
    same = proved = 0
    slots: dict[str, list[int]] = {"different": [], "missing": [], "added": []}
    with ArchiveReader.open(first) as before, ArchiveReader.open(second) as now:
        for one, two in _pairs(before, run, now, other):
            if one is None:
                slots["added"] += [two.slot] if two is not None else []
            elif two is None:
                slots["missing"].append(one.slot)
            elif _facts(one) == _facts(two):
                same += 1
            elif one.status != two.status and two.id in _ancestry(before, one.id):
                proved += 1
            else:
                slots["different"].append(one.slot)
    return Comparison(same, proved, **{name: tuple(found) for name, found in slots.items()})


def _pairs(
    before: ArchiveReader, run: str, now: ArchiveReader, other: str
) -> Iterator[tuple[EliteLine | None, EliteLine | None]]:
    """The elites of two runs slot by slot; None where one has none."""
    first, second = _lines(before, run), _lines(now, other)
    one, two = next(first, None), next(second, None)
    while one is not None or two is not None:
        slot = min(line.slot for line in (one, two) if line is not None)
        left = one if one is not None and one.slot == slot else None
        right = two if two is not None and two.slot == slot else None
        yield left, right
        one = one if left is None else next(first, None)
        two = two if right is None else next(second, None)


def _lines(reader: ArchiveReader, run: str) -> Iterator[EliteLine]:
    listing = reader.listing(ElitesQuery(run=run))
    for start in range(0, len(listing), _PAGE):
        yield from reader.page(listing, start, _PAGE)


def _facts(line: EliteLine) -> tuple[object, ...]:
    """What a repeated search must give again: all but what a clock has measured."""
    clocked = {one.name for one in line.problem.objectives if one.vouched == "measured"}
    objectives = {name: v for name, v in line.objectives.items() if name not in clocked}
    return line.id, line.cell, line.quality, line.status, objectives, dict(line.measures)


def _ancestry(reader: ArchiveReader, program: str) -> set[str]:
    """A program, and those from which certificates have made it."""
    found = [program]
    for ancestor in reader.lineage(program):
        if ancestor.operator != "certify" or ancestor.parent is None:
            break
        found.append(ancestor.parent)
    return set(found)
