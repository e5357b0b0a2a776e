"""What a search tells while it runs. Observers get these values and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from elitemap.archive.records import EliteRecord
from elitemap.engine.protocols import Axis, Objective


@dataclass(frozen=True)
class Plan:
    """What is ahead of an enumeration.

    Attributes:
        size: Candidates in all.
        blocks: Blocks in all.
        covered: Candidates that an earlier session has been through.
        estimate: Seconds that the rest is going to take on these workers.
    """

    size: int
    blocks: int
    covered: int
    estimate: float


@dataclass(frozen=True)
class Started:
    """A search begins or goes on.

    Attributes:
        run: Id of the run.
        space: Name of the space.
        problem: What is asked, as the archive names it: the target, and what tells it from others.
        seed: Seed of the run.
        islands: Number of islands.
        workers: Number of processes.
        seconds: Budget in seconds, or None.
        evaluations: Budget in evaluations, or None.
        axes: Names of the map's axes.
        resumed: Whether it goes on.
        notes: What to know about the task, one line each.
        asks: What is asked, in one line.
        plan: What an enumeration goes through; None where candidates evolve.
        strip: The axis that ``Progress.strip`` runs along.
        objectives: What elites are worth.
        place: Where the workers are: a cluster's address, or who makes the executor; empty on this
            machine.
    """

    run: str
    space: str
    problem: str
    seed: int
    islands: int
    workers: int
    seconds: float | None
    evaluations: int | None
    axes: tuple[str, ...]
    resumed: bool
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    strip: Axis | None = None
    asks: str = ""
    objectives: tuple[Objective, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Hand:
    """One worker.

    Attributes:
        name: Its machine and process.
        rate: Proposals (or candidates of an enumeration) per second of its work, lately.
    """

    name: str
    rate: float


@dataclass(frozen=True)
class Progress:
    """After an epoch.

    Attributes:
        elapsed: Seconds of the run, earlier sessions included.
        remaining: Seconds left, certificates included, or None for a budget in evaluations.
        done: Share of the budget that is spent, from 0 to 1.
        proposals: Candidates proposed so far.
        fitted: Candidates fully evaluated so far.
        evaluations: Evaluations so far, as the evaluator counts them.
        evaluations_per_second: Lately.
        fitted_per_second: Lately.
        hit_rate: Share of valid proposals that needed no evaluation.
        audits: Hits that were evaluated all the same.
        audit_mismatches: Audits that found another quality.
        cells: Cells that hold an elite, over all islands.
        all_cells: Cells of the map.
        qd_score: Sum over cells of the best quality above the evaluator's floor.
        front: Objectives of the estimated Pareto front. Not results: the search's own numbers.
        strip: Best quality for each bin of one axis, None where empty.
        operators: Share of the proposals by operator, mean over islands.
        emitters: The same by emitter.
        screened: Candidates that got the first rung so far.
        screened_per_second: Lately.
        crew: Who worked lately.
        losses: Workers lost so far, and jobs begun again for it.
        waited: Seconds that workers have waited until this process had taken in what they found,
            added up; where the search is in this process it writes meanwhile.
    """

    elapsed: float
    remaining: float | None
    done: float
    proposals: int
    fitted: int
    evaluations: int
    evaluations_per_second: float
    fitted_per_second: float
    hit_rate: float
    audits: int
    audit_mismatches: int
    cells: int
    all_cells: int
    qd_score: float
    front: tuple[Mapping[str, float], ...]
    strip: tuple[float | None, ...]
    operators: Mapping[str, float]
    emitters: Mapping[str, float]
    screened: int = 0
    screened_per_second: float = 0.0
    crew: tuple[Hand, ...] = ()
    losses: int = 0
    waited: float = 0.0


@dataclass(frozen=True)
class Covered:
    """More of an enumeration was gone through.

    Attributes:
        elapsed: Seconds of the run, earlier sessions included.
        remaining: Seconds that the blocks are going to take at this rate, None before it is known.
        done: Share of the enumeration (or of the budget, if that ends first), from 0 to 1.
        candidates: So far.
        size: Candidates in all.
        rate: Candidates per second lately.
        members: Finds so far, without repetitions.
        classes: Elites that they are disguises of.
        counts: How many candidates got how far, by name.
        crew: Who worked lately.
        losses: Workers lost so far, and jobs begun again for it.
    """

    elapsed: float
    remaining: float | None
    done: float
    candidates: int
    size: int
    rate: float
    members: int
    classes: int
    counts: Mapping[str, int]
    crew: tuple[Hand, ...] = ()
    losses: int = 0


@dataclass(frozen=True)
class Warned:
    """Something the user should know, as one line."""

    message: str


@dataclass(frozen=True)
class Certified:
    """An elite of the Pareto front, or of an enumeration, was tried.

    Attributes:
        elite: With its certificate, or as it was if none could be made.
        number: How many need no other attempt.
        total: How many there are.
        failure: Why there is no certificate, empty if there is one.
    """

    elite: EliteRecord
    number: int
    total: int
    failure: str = ""


@dataclass(frozen=True)
class Finished:
    """The budget is spent; all is saved."""

    run: str
    summary: Mapping[str, float | int]


@dataclass(frozen=True)
class Interrupted:
    """Stopped by the user; all is saved.

    Attributes:
        run: Id of the run.
        summary: Numbers about the run so far.
        cure: The command that goes on.
    """

    run: str
    summary: Mapping[str, float | int]
    cure: str


Event = Started | Progress | Covered | Warned | Certified | Finished | Interrupted
Observer = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The observer that looks away."""
