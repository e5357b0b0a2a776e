"""Everything that a report says, gathered from an archive as plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import chosen
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import STATUSES, RunRecord
from elitemap.engine.protocols import Task
from elitemap.engine.search.runs import recorded_rivals
from elitemap.terminal.commands.recorded import known_before
from elitemap.terminal.numbers import MISSING, count, duration
from elitemap.terminal.report.code import task_of
from elitemap.terminal.report.commandlines import repeats, search_line
from elitemap.terminal.report.curves import curve_figures
from elitemap.terminal.report.families import Family, families
from elitemap.terminal.report.figures import Figure
from elitemap.terminal.report.fronts import best
from elitemap.terminal.report.maps import map_figure
from elitemap.terminal.report.problems import Problem, narrowed, problems
from elitemap.terminal.report.sections import Section, Value, places, section
from elitemap.terminal.report.tradeoffs import Baseline, tradeoff_figure
from elitemap.terminal.tables.tables import value_text


@dataclass(frozen=True)
class RunLine:
    """A run: its record, its figures as texts, the command that repeats it, and whether it does."""

    record: RunRecord
    seconds: str
    evaluations: str
    command: str
    repeats: bool


@dataclass(frozen=True)
class Chapter:
    """One problem.

    Attributes:
        place: Id of the chapter in the page.
        problem: What was asked, and by whom.
        asked: Its options.
        tally: Elites by status, those of no elite left out.
        figures: Pareto plot and map, as far as there are any.
        curves: How the searches went.
        what: Which elites have a section.
        names: Objectives of those.
        sections: The elites.
        families: Parametric formulas behind the elites.
        left: How many such elites have no section.
        refusal: Why there is no code; empty if there is.
        runs: The runs.
    """

    place: str
    problem: Problem
    asked: tuple[Value, ...]
    tally: Mapping[str, int]
    figures: tuple[Figure, ...]
    curves: tuple[Figure, ...]
    what: str
    names: tuple[str, ...]
    sections: tuple[Section, ...]
    families: tuple[Family, ...]
    left: int
    refusal: str
    runs: tuple[RunLine, ...]

    @property
    def all_figures(self) -> tuple[Figure, ...]:
        """The figures of the chapter and of its sections, in the order of the page."""
        curves = (figure for one in self.sections for figure in one.curves)
        return (*self.figures, *self.curves, *_about(self.problem, curves))

    @property
    def sample(self) -> Section | None:
        """One of the best: the first find of an enumeration, the far end of a front."""
        if not self.sections:
            return None
        return self.sections[0 if self.problem.enumerated else -1]

    @property
    def texts(self) -> frozenset[str]:
        """Objectives that are texts."""
        found = (one.view.objectives.items() for one in self.sections)
        return frozenset(name for items in found for name, v in items if isinstance(v, str))


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes:
        archive: Name of the archive.
        where: The filter, empty without one.
        chapters: The problems.
    """

    archive: str
    where: str
    chapters: tuple[Chapter, ...]

    @property
    def summary(self) -> tuple[Value, ...]:
        """The whole in a few figures."""
        runs = [run.record for chapter in self.chapters for run in chapter.runs]
        tally = {s: sum(c.tally.get(s, 0) for c in self.chapters) for s in reversed(STATUSES)}
        return (
            Value("problems", str(len(self.chapters))),
            Value("runs", str(len(runs))),
            Value("time searched", duration(sum(total(run, "seconds") for run in runs))),
            Value("evaluations", count(sum(total(run, "evaluations") for run in runs))),
            *(Value(status, f"{number:,}") for status, number in tally.items() if number),
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in the order of the page."""
        return tuple(figure for chapter in self.chapters for figure in chapter.all_figures)


def gather(
    reader: ArchiveReader,
    archive: str,
    query: ElitesQuery,
    limit: int,
    begun: Callable[[Problem], None] = lambda problem: None,
    gathered: Callable[[Chapter], None] = lambda chapter: None,
) -> Report:
    """Gather a report.

    Args:
        reader: The archive.
        archive: Its name.
        query: Which runs, spaces, targets, problems and elites (``sort``, ``pareto`` and
            ``limit`` aside).
        limit: Sections per problem at most.
        begun: Told of each problem before it is looked at.
        gathered: Given each chapter.

    Raises:
        UsageError: If the query is mistaken, or there is nothing to report.
        ArchiveError: If the archive is damaged.
    """
    if not reader.elites(replace(query, limit=1)):
        raise UsageError(
            f"{archive} holds no elites to report"
            + (": run a search first" if query == ElitesQuery() else " that match: ask for others")
        )
    run = None if query.run is None else reader.run(query.run).id

    def wanted(one: RunRecord) -> bool:
        pairs = ((run, one.id), (query.space, one.space), (query.target, one.target))
        return all(asked in (None, found) for asked, found in pairs)

    found = problems(reader.overview(), wanted, query.where)
    if query.problem is not None:
        question = chosen(query.problem, (problem.question for problem in found))
        found = [problem for problem in found if problem.question == question]
    chapters = []
    for number, problem in enumerate(found, 1):
        begun(problem)
        chapters.append(chapter(reader, number, problem, limit))
        gathered(chapters[-1])
    return Report(archive, query.where or "", tuple(chapters))


def chapter(reader: ArchiveReader, number: int, problem: Problem, limit: int) -> Chapter:
    """Gather what there is about one problem."""
    numbers = tally(reader, problem.scope)
    chosen = best(reader, problem, numbers, limit)
    links = places(number, chosen.shown)
    shown = {view.run for view in chosen.shown}
    tasks = {run.id: task_of(run) for run in problem.runs if run.id in shown}
    sections = tuple(section(reader, v, tasks[v.run][0], links) for v in chosen.shown)
    there = [task for task, _ in tasks.values() if task is not None]
    known = baselines(problem.runs, tasks)
    place = f"p{number}"
    figures = (
        tradeoff_figure(reader, problem, f"{place}-front", links, known),
        map_figure(reader, problem.scope, f"{place}-map", links),
    )
    return Chapter(
        place=place,
        problem=problem,
        asked=tuple(Value(n, value_text(v)) for n, v in problem.asked.items()),
        tally=numbers,
        figures=_about(problem, figures),
        curves=_about(problem, curve_figures(reader, problem.runs, f"{place}-curve")),
        what=chosen.what,
        names=tuple(problem.declared.in_order(n for view in chosen.shown for n in view.objectives)),
        sections=sections,
        families=families(reader, problem.scope, there),
        left=chosen.total - len(sections),
        refusal=next((reason for _, reason in tasks.values() if reason), ""),
        runs=tuple(run_line(run) for run in problem.runs),
    )


def _about(problem: Problem, figures: Iterable[Figure | None]) -> tuple[Figure, ...]:
    return tuple(replace(figure, subject=problem.name) for figure in figures if figure is not None)


def baselines(
    runs: Sequence[RunRecord], tasks: Mapping[str, tuple[Task | None, str]]
) -> list[Baseline]:
    """What was known before: names and objectives, from the latest run that has any."""
    for run in reversed(runs):
        known = known_before(run, tasks[run.id][0]) if run.id in tasks else recorded_rivals(run)
        if known:
            return [(baseline.name, baseline.objectives) for baseline in known]
    return []


def tally(reader: ArchiveReader, scope: ElitesQuery) -> dict[str, int]:
    """Number of elites by status, the most thoroughly checked first."""
    numbers = {s: reader.count(narrowed(scope, f"status = '{s}'")) for s in reversed(STATUSES)}
    return {status: number for status, number in numbers.items() if number}


def run_line(run: RunRecord) -> RunLine:
    """A run in figures, and how to repeat it."""
    known = run.summary.get("seconds") is not None
    return RunLine(
        record=run,
        seconds=duration(total(run, "seconds")) if known else MISSING,
        evaluations=count(total(run, "evaluations")) if known else MISSING,
        command=search_line(run),
        repeats=repeats(run),
    )


def total(run: RunRecord, name: str) -> float:
    """A figure of a run's summary, 0 if it has none."""
    value = run.summary.get(name)
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e18 else 0.0
