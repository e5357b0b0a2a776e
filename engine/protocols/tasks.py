"""A space, an evaluator and a target bound together, and the entry by which they are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elitemap.archive.records import Status
from elitemap.engine.protocols.allocations import Allocating
from elitemap.engine.protocols.batches import Floats
from elitemap.engine.protocols.benches import Benching
from elitemap.engine.protocols.data import ArrayFile, NamedFunction
from elitemap.engine.protocols.enumerations import Enumeration
from elitemap.engine.protocols.identifications import Identifying
from elitemap.engine.protocols.objectives import Objective
from elitemap.engine.protocols.verdicts import Verdict


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
class Goal:
    """Worth that is asked for, to be had as cheaply as possible.

    Attributes:
        cost: Name of the objective that is to be least.
        estimate: Name of the objective by which a search sees that the goal is reached.
        most: What that must not exceed.
        proved: Name of the objective that proves it.
        least: What that must reach.
        text: What was asked for, as the user wrote it.
        sign: +1 where more of what is proved is better, -1 where less is.
    """

    cost: str
    estimate: str
    most: float
    proved: str
    least: float
    text: str
    sign: int = 1

    def reached(self, value: float | str | None) -> bool:
        """Whether what was proved is enough; nothing is not."""
        return isinstance(value, int | float) and self.sign * value >= self.sign * self.least


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


@dataclass(frozen=True, eq=False)
class Surface:
    """How good a program is over two things: an error over a box.

    Attributes:
        x: float64[n], rising.
        y: float64[m], rising.
        z: float64[m, n]; NaN where the program has no value.
        x_name: What x is.
        y_name: What y is.
        z_name: What z is.
    """

    x: Floats
    y: Floats
    z: Floats
    x_name: str
    y_name: str
    z_name: str


@dataclass(frozen=True)
class Unproved:
    """What stands in the place of a certificate that could not be made.

    Attributes:
        reason: Why, in a few words.
        final: Whether more time would change nothing.
    """

    reason: str
    final: bool = False


@dataclass(frozen=True)
class Task:
    """A space, an evaluator and what to do with the elites, bound under a name.

    Attributes:
        space: The space.
        evaluator: The evaluator.
        certify: ``(program, deadline in seconds) -> (program, objectives, certificate)`` for one
            elite: the JSON document perhaps with polished constants, objectives to merge in
            (``digits``), and the certificate as a JSON object, or an :class:`Unproved` (None
            is one that had not enough time); program and objectives count for nothing then.
        export: ``(program, certificate, name, target language) -> {file name: text}``; bytes are a
            file that is no text.
        targets: Names of languages ``export`` knows.
        options: The resolved options, as JSON values.
        prepare: Called once before a search's workers start, for what they would otherwise all do
            (building kernels).
        problem: Names of the options that change what is asked; elites of runs that agree in them
            compete. None for all options.
        words: How some of those options are said after the target, by name, such as ``{"domain":
            "on [0,1]"}``: they are in the problem's name. The other options are in it, as name and
            value, only where they tell it from another problem. Data that a user brings is in it
            by the beginning of its hash, unless the space has better words.
        enumeration: What to go through instead of evolving candidates; every find is certified
            then. None evolves.
        notable: Name of an objective: every elite that has it is certified at the end of a search,
            the front's in any case.
        families: Parametric formulas that generate several of the given programs, as JSON objects
            with the keys ``text``, ``members`` (a list of ``k`` and ``source``), ``verified`` (the
            parameters without a member that were checked) and what else the space tells. None if
            the space knows no such thing.
        verify: ``(program, certificate, seconds) -> Verdict``: proves a certificate again that
            somebody else may have written. None if the space cannot.
        curve: How good one program (its JSON document) is along a domain, or over one of two
            variables, to be looked at; None for programs without a curve. Takes a second at most;
            raises an ``ElitemapError`` where the program cannot be followed.
        analysis: More curves of one program that tell what it is like. Takes a second at most, and
            raises what ``curve`` raises.
        baselines: What was known before, for plots.
        rivals: More of that, computed for the task when a search begins and recorded with its run;
            takes a few seconds at most.
        goal: What is to be reached as cheaply as possible. A search with a budget in seconds then
            ends early where a cheaper find is not to be expected.
        asks: What is asked, in one line: everything that the result depends on but the search.
        notes: What a user should know about this task before it runs, one line each.
        objectives: Those that only finds and certificates have, beside the evaluator's.
        batch: Most proposals of a generation, where evaluations are dear and a search has few: a
            larger generation would be most of it. None leaves it to the search's settings.
        bench: Measures elites beside what others have made; None if the space has no such thing.
        allocate: Shares elites out among the parts of what a user brought, under a total budget;
            None if the space has no such thing.
        parse: ``text -> document`` of a candidate that a user writes, to begin a search with;
            raises a ``UsageError`` that says what is expected. None if there is no such text.
        adopt: ``document -> document``: an elite of any archive as a candidate of this task; raises
            an ``ElitemapError`` or ``ValueError`` that says why it is none. Whether it is one by
            ``space.from_json`` and ``space.canonical`` is checked besides.
        beyond: What the best elite of the moment is worth where the search does not look, by names
            that can be read: recorded while a search runs, and drawn over time. Takes a second or
            two. None if there is nothing to tell.
        grants: The status of an elite that has this certificate: what the space proves is
            ``certified``, what it has only seen hold on other data is ``confirmed``.
        proving: Seconds that one certificate is going to take here, whatever the elite; measured
            when a search begins, in a second or two. None where that is found by trying.
    """

    space: Any
    evaluator: Any
    certify: Callable[..., Any]
    export: Callable[..., Mapping[str, str | bytes]]
    languages: tuple[str, ...]
    options: Mapping[str, Any]
    problem: tuple[str, ...] | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    enumeration: Enumeration | None = None
    notable: str | None = None
    families: Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]] | None = None
    verify: Callable[[Mapping[str, Any], Mapping[str, Any], float], Verdict] | None = None
    curve: Callable[[Mapping[str, Any]], Curve | Surface | None] = lambda document: None
    analysis: Callable[[Mapping[str, Any]], tuple[Curve, ...]] = lambda document: ()
    baselines: tuple[Baseline, ...] = ()
    rivals: Callable[[], tuple[Baseline, ...]] = tuple
    goal: Goal | None = None
    asks: str = ""
    notes: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    batch: int | None = None
    bench: Benching | None = None
    allocate: Allocating | None = None
    parse: Callable[[str], Mapping[str, Any]] | None = None
    adopt: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda document: document
    beyond: Callable[[Mapping[str, Any]], Mapping[str, float]] | None = None
    grants: Callable[[Mapping[str, Any]], Status] = lambda certificate: "certified"
    proving: Callable[[], float] | None = None


@dataclass(frozen=True)
class Option:
    """One ``--set`` key of a space: its default (as text) and what it means.

    ``values`` are those it may have, or a list with commas of which it may be made, where they can
    be named; shells offer them. ``brings`` declares that the value names something of the user's,
    which is known by its content: a file of arrays, or a function of a module. What is one of
    ``values`` brings nothing then. ``settles`` says of a value what it stands for on this machine
    at this moment: it is asked when a search begins, and the run records the answer. ``unsaid``
    says of the other settings what is asked so where a user set nothing; empty for nothing.
    """

    name: str
    default: str
    help: str
    values: tuple[str, ...] = ()
    brings: ArrayFile | NamedFunction | None = None
    settles: Callable[[str], str] | None = None
    unsaid: Callable[[Mapping[str, str]], str] | None = None

    def brought(self, value: str | None) -> bool:
        """Whether a value brings something."""
        return self.brings is not None and bool(value) and value not in self.values


@dataclass(frozen=True)
class SpaceEntry:
    """What the entry-point group ``elitemap.tasks`` yields: one per space.

    Attributes:
        name: The space's name on the command line.
        targets: Named targets with a one-line description each.
        options: The space's options.
        task: ``(target, options) -> Task``, with the options that were set, as text; raises
            ``UsageError`` with the cure on bad input. Where an option ``brings`` something, it is
            ``(target, options, data) -> Task``: of such an option that was set, ``options`` has the
            hash of the content and ``data`` a :class:`.data.UserData`. The hash is an option of the
            task and part of the problem, whether the space says so or not.
        identify: Says of something that a user wrote what it is; None if the space cannot.
    """

    name: str
    summary: str
    targets: Mapping[str, str]
    options: tuple[Option, ...]
    task: Callable[..., Task]
    identify: Identifying | None = None

    @property
    def bringing(self) -> tuple[Option, ...]:
        """The options that bring data."""
        return tuple(option for option in self.options if option.brings is not None)
