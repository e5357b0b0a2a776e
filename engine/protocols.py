"""What the engine asks of a space, an evaluator and a task.

Hot-path values are batches with one leading axis (candidates); the engine only takes, puts,
concatenates and counts rows. Every protocol here is implemented by plain classes elsewhere; nothing
inherits from them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]


class Batch(Protocol):
    """Struct-of-arrays rows of candidates."""

    def __len__(self) -> int:
        """Number of rows."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of :meth:`arrays`."""

    def take(self, rows: NDArray[Any]) -> Self:
        """A copy of the given rows (indices or mask)."""

    def put(self, slots: NDArray[np.intp], other: Self) -> None:
        """Overwrite rows."""

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of several batches, in order."""


B = TypeVar("B", bound=Batch)


class Space(Protocol[B]):
    """What a candidate is."""

    name: str
    #: Names of the variation operators; ``vary`` takes indices into this tuple.
    operators: tuple[str, ...]

    def empty(self, n: int) -> B:
        """Make n rows to be overwritten."""

    def random(self, n: int, rng: np.random.Generator) -> B:
        """Make n random candidates, not yet canonical."""

    def vary(
        self, parents: B, partners: B, operators: NDArray[np.uint8], rng: np.random.Generator
    ) -> B:
        """One offspring per row; ``partners`` supplies the second parent of crossovers."""

    def canonical(self, batch: B) -> tuple[B, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates at all (too long or empty ones are not)."""

    def keys(self, batch: B) -> Words:
        """The functional-hash key of each canonical row: equal keys, equal evaluation."""

    def to_json(self, batch: B, row: int) -> dict[str, Any]:
        """One candidate as its canonical JSON document."""

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> B:
        """The inverse of :meth:`to_json`."""

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one candidate."""


@dataclass(frozen=True)
class Axis:
    """One axis of the map: a measure, cut at fixed edges.

    A value v falls in bin ``searchsorted(edges, v, side="right")``: len(edges) + 1 bins.
    """

    name: str
    edges: tuple[float, ...]


@dataclass(frozen=True)
class Scores(Generic[B]):
    """What an evaluation returns; rows follow the batch that was given.

    Attributes:
        batch: The candidates, perhaps changed (fitted constants).
        quality: float64[n], higher is better; NaN marks a failed evaluation.
        objectives: float64[n] by name.
        measures: float64[n, axes], the map's coordinates.
        fingerprints: uint64[n], functional hash of the evaluated candidate; de-duplicates cells.
        work: float64[n], evaluations this row has cost (for rates and budgets).
    """

    batch: B
    quality: Floats
    objectives: Mapping[str, Floats]
    measures: Floats
    fingerprints: Words
    work: Floats


@dataclass(frozen=True)
class Screened(Generic[B]):
    """What the cheap first rung of an evaluation says; rows follow the batch that was given.

    Attributes:
        batch: The candidates, perhaps changed.
        quality: float64[n], as far as it is known; NaN marks a failed evaluation.
        measures: float64[n, axes], the map's coordinates.
        promising: bool[n], rows that go on to the full evaluation.
        keys: uint64[n], functional hash of where the rung has led; rows with equal keys would be
            evaluated alike from here. 0 for rows that cannot be recognised.
        work: float64[n], evaluations this row has cost.
    """

    batch: B
    quality: Floats
    measures: Floats
    promising: NDArray[np.bool_]
    keys: Words
    work: Floats


class Evaluator(Protocol[B]):
    """What a candidate is worth."""

    axes: tuple[Axis, ...]
    #: Names of objectives to minimise and maximise, as (name, sign), sign +1 to maximise.
    pareto: tuple[tuple[str, int], ...]
    #: Names of all objectives that :meth:`evaluate` returns.
    objectives: tuple[str, ...]
    #: Direction of every objective for readers of the archive: +1 to maximise. What a run's
    #: ``config["pareto"]`` is written from; ``pareto`` above is what the search itself uses.
    directions: Mapping[str, int]
    #: Qualities that differ by no more than this count as equal when the cache is audited.
    tolerance: float
    #: Elites kept per cell.
    depth: int
    #: Quality that counts as nothing in the QD score.
    floor: float

    def screen(self, batch: B, hurdle: Callable[[Floats], Floats]) -> Screened[B]:
        """The first rung: cheap, for every candidate; arguments as for :meth:`evaluate`."""

    def evaluate(self, batch: B, hurdle: Callable[[Floats], Floats]) -> Scores[B]:
        """Score a batch; a function of the batch and the hurdle alone.

        Args:
            batch: Screened candidates.
            hurdle: Given measures (float64[m, axes]) the quality that a row must exceed to enter
                its cell (-inf for a cell with room); rows that will not may be given up early.
        """

    def refine(self, batch: B) -> Scores[B]:
        """Score more thoroughly (once per epoch, for the few elites that matter).

        Rows that come back with a higher quality replace their origin.
        """


@dataclass(frozen=True)
class Baseline:
    """Something known before, to compare elites with.

    Attributes:
        name: What it is.
        objectives: By name, as elites have them.
    """

    name: str
    objectives: Mapping[str, float]


@dataclass(frozen=True)
class Find:
    """Something an enumeration found.

    Attributes:
        document: The elite's JSON document in canonical form: finds of equal documents are
            disguises of one elite.
        member: This disguise of it as a JSON object; its key ``source`` is readable text.
        quality: Higher is better.
        objectives: By name.
        measures: The map's coordinates, one per axis.
    """

    document: Mapping[str, Any]
    member: Mapping[str, Any]
    quality: float
    objectives: Mapping[str, float | str | None]
    measures: tuple[float, ...]


@dataclass(frozen=True)
class Scanned:
    """What came of one block of an enumeration.

    Attributes:
        candidates: Candidates that the block holds.
        counts: How many of them got how far, by name (for the run's summary).
        finds: What is worth keeping.
    """

    candidates: int
    counts: Mapping[str, int]
    finds: tuple[Find, ...]


class Enumeration(Protocol):
    """A finite set of candidates, gone through block by block instead of evolved."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes, in the order of the measures of its finds."""

    @property
    def size(self) -> int:
        """Candidates in all."""

    @property
    def blocks(self) -> int:
        """Number of blocks; each takes about a second or less."""

    def scan(self, block: int) -> Scanned:
        """Go through one block: a function of its number alone."""

    def estimate(self) -> float:
        """Seconds that one core needs for all blocks, from timing a small sample."""


@dataclass(frozen=True, eq=False)
class Curve:
    """How good a program is along something: an error over a domain, digits over terms.

    Attributes:
        x: float64[n], rising.
        y: float64[n]; NaN where the program has no value.
        x_name: What x is.
        y_name: What y is.
    """

    x: Floats
    y: Floats
    x_name: str
    y_name: str


@dataclass(frozen=True)
class Task:
    """A space, an evaluator and what to do with the elites, bound under a name.

    Attributes:
        space: The space.
        evaluator: The evaluator.
        certify: ``(program, deadline in seconds) -> (program, objectives, certificate)`` for one
            elite: the JSON document perhaps with polished constants, objectives to merge in
            (``digits``), and the certificate as a JSON object (or None if it failed in time).
        export: ``(program, certificate, name, target language) -> {file name: text}``.
        targets: Names of languages ``export`` knows.
        options: The resolved options, as JSON values.
        prepare: Called once before a search's workers start, for what they would otherwise all do
            (building kernels).
        problem: Names of the options that change what is asked; elites of runs that agree in them
            compete. None for all options.
        enumeration: What to go through instead of evolving candidates; every find is certified
            then. None evolves.
        notable: Name of an objective: every elite that has it is certified at the end of a search,
            the front's in any case.
        families: Parametric formulas that generate several of the given programs, as JSON objects
            with the keys ``text``, ``members`` (a list of ``k`` and ``source``), ``verified`` (the
            parameters without a member that were checked) and what else the space tells. None if
            the space knows no such thing.
        curve: How good one program (its JSON document) is along a domain, to be looked at; None for
            programs without a curve. Takes a second at most; raises an ``ElitemapError`` where the
            program cannot be followed.
        baselines: What was known before, for plots.
        notes: What a user should know about this task before it runs, one line each.
    """

    space: Any
    evaluator: Any
    certify: Callable[..., Any]
    export: Callable[..., Mapping[str, str]]
    languages: tuple[str, ...]
    options: Mapping[str, Any]
    problem: tuple[str, ...] | None = None
    prepare: Callable[[], None] = lambda: None
    enumeration: Enumeration | None = None
    notable: str | None = None
    families: Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]] | None = None
    curve: Callable[[Mapping[str, Any]], Curve | None] = lambda document: None
    baselines: tuple[Baseline, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One ``--set`` key of a space: its default (as text) and what it means."""

    name: str
    default: str
    help: str


@dataclass(frozen=True)
class SpaceEntry:
    """What the entry-point group ``elitemap.tasks`` yields: one per space.

    Attributes:
        name: The space's name on the command line.
        targets: Named targets with a one-line description each.
        options: The space's options.
        task: ``(target, options) -> Task``; raises ``UsageError`` with the cure on bad input.
    """

    name: str
    summary: str
    targets: Mapping[str, str]
    options: tuple[Option, ...]
    task: Callable[[str, Mapping[str, str]], Task]
