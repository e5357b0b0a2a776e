"""The front that a search ends with: what is proved, and what is not proved yet."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import UNPROVED, EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.search.coordinator import Outcome
from elitemap.terminal.commands.fronts import best_of, unproved
from elitemap.terminal.commands.search import nothing, unproved_lines

RUN = RunRecord(
    id="run-1",
    space="elementary",
    target="exp2",
    options={},
    config={"settings": {}, "pareto": [["ops", -1], ["digits", 1], ["error", -1]]},
    seed=1,
    started_at="2026-01-01T00:00:00+00:00",
    finished_at=None,
    status="done",
    version="0.1.0",
    summary={},
)


def elite(
    slot: int, ops: int, error: float, digits: float | None = None, **more: Any
) -> EliteRecord:
    return EliteRecord(
        slot=slot,
        cell=(slot,),
        program={"n": slot},
        source=f"program {slot}",
        quality=1.0,
        objectives={"ops": ops, "digits": digits, "error": error, **more},
        measures={},
        status="candidate" if digits is None else "certified",
        certificate=None if digits is None else {"digits": digits},
        parent=None,
        operator="random",
    )


@pytest.fixture
def shown(tmp_path: Path) -> Callable[..., list[tuple[int, str]]]:
    """Slot and status of what is shown of a run with these elites."""

    def look(*elites: EliteRecord, **config: Any) -> list[tuple[int, str]]:
        path = tmp_path / "a.db"
        run = RunRecord(**{**vars(RUN), "config": {**RUN.config, **config}})
        with ArchiveWriter.open(path) as writer:
            writer.begin(run)
            writer.flush(run.id, elites)
        with ArchiveReader.open(path) as reader:
            views = best_of(reader, reader.run(None))
            assert unproved(views) == [v for v in views if v.status == "candidate"]
            return [(view.slot, view.status) for view in views]

    return look


def test_what_is_better_and_not_proved_is_shown_as_a_candidate(
    shown: Callable[..., Sequence[tuple[int, str]]],
) -> None:
    proved = elite(0, 1, 3e-2, 1.44), elite(1, 8, 1e-2, 1.80)
    promised = elite(2, 12, 4e-7), elite(3, 16, 3.5e-9)
    assert shown(*proved, *promised) == [
        (0, "certified"),
        (1, "certified"),
        (2, "candidate"),
        (3, "candidate"),
    ]


def test_what_is_no_better_than_what_is_proved_is_not_shown(
    shown: Callable[..., Sequence[tuple[int, str]]],
) -> None:
    """Estimates differ by a little from what the certificate of the same function measures."""
    proved = elite(0, 4, 2.0e-4, 3.69), elite(1, 6, 1.0e-6, 5.99)
    noise = elite(2, 4, 1.95e-4), elite(3, 7, 0.97e-6)
    better = elite(4, 5, 1.0e-5)
    assert shown(*proved, *noise, better) == [
        (0, "certified"),
        (4, "candidate"),
        (1, "certified"),
    ]


def test_without_proofs_the_estimates_are_shown(
    shown: Callable[..., Sequence[tuple[int, str]]],
) -> None:
    assert shown(elite(0, 2, 1e-2), elite(1, 3, 1e-3), elite(2, 3, 1e-1)) == [
        (0, "candidate"),
        (1, "candidate"),
    ]


def test_finds_that_are_not_proved_are_shown(
    shown: Callable[..., Sequence[tuple[int, str]]],
) -> None:
    find, late = elite(0, 2, 1e-2, 3.0, gain=20.0), elite(1, 3, 1e-3, gain=11.0)
    assert sorted(shown(find, late, elite(2, 1, 1e-9), notable="gain")) == [
        (0, "certified"),
        (1, "candidate"),
    ]


def test_a_run_without_finds_shows_none_of_its_other_elites_and_says_so(
    shown: Callable[..., Sequence[tuple[int, str]]], tmp_path: Path
) -> None:
    """As a search for a constant that has found nothing but fractions of other numbers."""
    goals = [*RUN.config["pareto"], ["gain", 1]]
    other = elite(0, 2, 1e-2, 3.0)
    assert shown(other, elite(1, 1, 1e-9), notable="gain", pareto=goals) == []
    told = nothing(tmp_path / "a.db", Outcome(RUN.id, True, {}))
    assert told == "nothing was found for exp2: no elite has a gain"
    told = nothing(tmp_path / "a.db", Outcome(RUN.id, True, {}, enumerated=True))
    assert told == "nothing was found for exp2"


def test_the_end_of_a_search_names_what_is_not_proved_and_the_cure() -> None:
    def row(name: str, status: str, **more: Any) -> dict[str, Any]:
        return {"id": name * 12, "status": status, "objectives": {"ops": 1, **more}}

    best = [row("a", "certified"), row("b", "candidate"), row("c", "candidate")]
    refuted = row("d", "candidate", **{UNPROVED: "no bounded value near x = 0.5"})
    assert unproved_lines(best[:1], "CURE") == []
    assert unproved_lines([*best, refuted], "CURE") == [
        "no certificate for dddddddddd: no bounded value near x = 0.5",
        "not proved in time: 2 of 4, bbbbbbbbbb, cccccccccc; to go on: CURE",
    ]
    assert unproved_lines([best[0], refuted], "CURE") == [
        "no certificate for dddddddddd: no bounded value near x = 0.5"
    ]
