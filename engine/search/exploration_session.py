"""The coordinator's working memory of one run, and how it is saved and restored."""

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import ArchiveError
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import EpochReport
from elitemap.engine.islands.state import Counters, completed, read_counters, without_caches
from elitemap.engine.map.elites import Elites, pack, unpack
from elitemap.engine.protocols import Task
from elitemap.engine.proving.trial import Trial
from elitemap.engine.running.budget import paced, reserve
from elitemap.engine.running.crew import Crew
from elitemap.engine.running.travel import KeptState
from elitemap.engine.search.cut import Arrival, Cut
from elitemap.engine.search.extending import More, extended
from elitemap.engine.search.gauge import Gauge
from elitemap.engine.search.open_end import ALL, OpenEnd
from elitemap.engine.search.quest import Quest
from elitemap.engine.search.starting import read_starts
from elitemap.engine.search.written_map import WrittenMap
from elitemap.engine.tasks import TaskSpec

#: Key of the coordinator's own state beside those of the islands.
COORDINATOR = -1

#: An island before a leg: its state, and the migrants that it is about to take in.
Before = tuple[KeptState, dict[Arrival, Elites[Any]]]


def _clocks() -> tuple[float, float]:
    """Seconds by the clock, and of the processor that this process has used."""
    return time.monotonic(), time.process_time()


@dataclass
class ExplorationSession:
    """One run as the coordinator sees it.

    Attributes:
        run: Its id.
        spec: What names the task.
        task: The task.
        config: Settings.
        written_map: What was written.
        gauge: Totals and rates.
        states: The islands' states.
        pending: Migrants on their way, by where and when they arrive.
        turn: Legs that all islands have ended.
        ahead: Of islands that are a leg ahead of that how they stood before it: states, and who had
            arrived.
        out: Islands whose next epoch workers have, or are about to get.
        before: Seconds of earlier sessions.
        displaced: Former elites reported since the last flush.
        dirty: Whether epochs have ended since the last flush.
        started: Clock when this process took the run up.
        reserve: Seconds of the budget kept for certificates.
        quest: What was found for the task's goal; None without one.
        trial: How long they take, measured by this process; None before that began.
        proving: Seconds that one takes, as the task has measured; 0 where it does not.
        stretch: How much longer epochs are than usual, so that this process keeps up.
        looked: Clock, and seconds of the processor, when that was last looked at.
        longest: Seconds of the longest epoch that this process has seen.
        strangers: Workers in a row that lacked the state that they were sent changes of.
        crew: Who works for this process.
        starts: What the search begins with: island k tries those from k on in steps of the islands.
        beyond: What the task told of best elites, by their numbers.
        open_end: Where a larger budget goes on; None as long as the budget has changed nothing.
    """

    run: str
    spec: TaskSpec
    task: Task
    config: SearchConfig
    written_map: WrittenMap
    gauge: Gauge
    states: dict[int, KeptState]
    pending: dict[Arrival, Elites[Any]] = field(default_factory=dict)
    turn: int = 0
    ahead: dict[int, Before] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)
    before: float = 0.0
    displaced: list[Elites[Any]] = field(default_factory=list)
    dirty: bool = False
    started: float = field(default_factory=time.monotonic)
    reserve: float = 0.0
    trial: Trial | None = None
    proving: float = 0.0
    quest: Quest | None = None
    beyond: dict[int, dict[str, float]] = field(default_factory=dict)
    open_end: OpenEnd | None = None
    starts: tuple[Mapping[str, Any], ...] = ()
    stretch: float = 1.0
    looked: tuple[float, float] = field(default_factory=_clocks)
    longest: float = 0.0
    strangers: int = 0
    crew: Crew = field(default_factory=Crew)

    def __post_init__(self) -> None:
        """Begin with the budget: keep what is usual for certificates, until it is measured."""
        self.reserve = reserve(self.config)
        # Under a budget in evaluations a result must not depend on when islands report.
        if self.task.goal is not None and self.config.seconds is not None:
            self.quest = Quest(self.task.goal)

    @classmethod
    def fresh(cls, run: str, spec: TaskSpec, task: Task, config: SearchConfig) -> Self:
        """A run that begins."""
        islands = range(config.islands)
        gauge = Gauge(task, {island: Counters() for island in islands})
        states = {island: KeptState() for island in islands}
        return cls(run, spec, task, config, WrittenMap.fresh(task), gauge, states)

    def extend(self, more: More) -> None:
        """Go on with another budget.

        Raises:
            UsageError: If the run has been as far as that.
        """
        spent = self.gauge.total().evaluations
        self.config = extended(self.config, more, self.run, self.elapsed, spent)
        self.__post_init__()

    @property
    def elapsed(self) -> float:
        """Seconds of the run, earlier sessions included."""
        return self.before + time.monotonic() - self.started

    def keep_pace(self) -> None:
        """Look how much of a processor this process has taken lately."""
        (begun, used), (now, all_used) = self.looked, _clocks()
        self.stretch = paced(self.stretch, (all_used - used) / max(now - begun, 1e-3))
        self.looked = now, all_used

    def now(self) -> Cut:
        """How the search stands."""
        return Cut(self.turn, self.states, self.pending)

    def elites(self) -> list[Elites[Any]]:
        """The elites of the islands that have any."""
        return self.now().elites(self.task.space)

    def look_out(self, report: EpochReport[Any]) -> None:
        """Remember what was before an epoch that is about to be taken in, if a budget shows."""
        end, island = self.open_end, report.island
        if report.sound is not None:
            self.part(island, report.sound)
        elif end is not None and island not in end.states:
            end.past = Elites.concatenate([end.past, report.displaced])

    def part(self, island: int, sound: int | None = None) -> None:
        """Remember how an island stands, before what a larger budget would not do.

        Args:
            island: Which.
            sound: Births until then, if not all so far.
        """
        if self.open_end is None:
            past = Elites.concatenate([self.written_map.past, *self.displaced])
            self.open_end = OpenEnd(self.turn, past)
        waiting = {key: rows for key, rows in self.pending.items() if key[0] == island}
        births = self.gauge.counters[island].births if sound is None else sound
        self.open_end.freeze(island, self.states[island].whole(), waiting, births)

    def save(self, cut: Cut) -> dict[int, bytes]:
        """Everything needed to go on, also with a larger budget, by island.

        What a budget in seconds gives does not repeat, and caches fill again soon: so they are left
        out then, for they are most of a state.
        """
        if self.config.seconds is not None:
            latest = {island: kept.latest for island, kept in cut.states.items()}
            light = {k: without_caches(state) for k, state in latest.items() if state is not None}
            return light | {COORDINATOR: zlib.compress(pack(self._arrays(cut)), 1)}
        ended = self.open_end.states if self.open_end is not None else {}
        whole = {
            island: ended[island] if island in ended else kept.whole()
            for island, kept in cut.states.items()
        }
        saved = {island: state for island, state in whole.items() if state is not None}
        return saved | {COORDINATOR: zlib.compress(pack(self._arrays(cut)), 1)}

    @classmethod
    def restore(
        cls,
        run: str,
        spec: TaskSpec,
        task: Task,
        config: SearchConfig,
        saved: Mapping[int, bytes],
    ) -> Self:
        """The inverse of :meth:`save`.

        Raises:
            ArchiveError: If what was saved does not fit the task.
        """
        session = cls.fresh(run, spec, task, config)
        session.starts = read_starts(saved)
        if COORDINATOR not in saved:
            return session
        try:
            arrays = unpack(zlib.decompress(saved[COORDINATOR]))
            session._load(arrays)
            for island, light in saved.items():
                if island >= 0:
                    state = completed(light, task.space, task.evaluator, config)
                    session.states[island] = KeptState(state)
                    session.gauge.counters[island] = read_counters(state)
        except (KeyError, ValueError, TypeError, zlib.error) as error:
            raise ArchiveError(
                f"the saved state of run {run} does not fit its task: start a new search"
            ) from error
        return session

    def _arrays(self, cut: Cut) -> dict[str, NDArray[Any]]:
        end = self.open_end or OpenEnd(cut.turn, self.written_map.past)
        sound = [end.sound.get(island, ALL) for island in range(self.config.islands)]
        arrays = {
            "clock": np.array([self.elapsed]),
            "turn": np.array([min(end.turn, cut.turn)], np.int64),
            "slots": self.written_map.slots,
            "count": self.written_map.count,
            "written": self.written_map.written,
            "sound": np.array(sound, np.int64),
        }
        parts = {"past": end.past}
        parts |= {f"pending.{to}.{at}": rows for (to, at), rows in end.left(cut.pending).items()}
        for part, rows in parts.items():
            arrays |= {f"{part}/{name}": array for name, array in rows.arrays().items()}
        return arrays

    def _load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.before = self.gauge.begun = float(arrays["clock"][0])
        self.turn = int(arrays["turn"][0])
        if arrays["slots"].shape != self.written_map.slots.shape:
            raise ValueError("the map has other cells than the task's, as of another version")
        self.written_map.slots = arrays["slots"]
        # What was saved before there was noise has one sample each.
        once = (self.written_map.slots != 0).astype(np.int64)
        self.written_map.count = arrays["count"] if "count" in arrays else once
        self.written_map.written = arrays["written"]
        like = self.task.space.empty(0)
        parts: dict[str, dict[str, NDArray[Any]]] = {}
        for key in arrays:
            part, slash, name = key.partition("/")
            if slash:
                parts.setdefault(part, {})[name] = arrays[key]
        rows = {part: Elites.from_arrays(like, own) for part, own in parts.items()}
        self.written_map.past = rows.pop("past")
        if "sound" in arrays:
            self.written_map.forget(dict(enumerate(arrays["sound"].tolist())))
        self.pending = {self._arrival(part): own for part, own in rows.items()}

    def _arrival(self, part: str) -> Arrival:
        """Where and when migrants arrive: at once if they were saved when that was usual."""
        _, to, *at = part.split(".")
        return int(to), int(at[0]) if at else self.turn
