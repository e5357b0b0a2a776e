"""A stand-in for an archive, an app around single widgets, and screens as text."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import screens
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import WorkerState

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.archive.objectives import recorded
from elitemap.archive.problems import Problem
from elitemap.archive.records import Ancestor, Remark, RunRecord
from elitemap.archive.views import EliteView
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import source
from elitemap.terminal.browser.elite.actions import bindings
from elitemap.terminal.browser.elite.view import ElitePanel
from elitemap.terminal.browser.search.actions import bindings as search_bindings
from elitemap.terminal.browser.search.panel import SearchPanel
from elitemap.terminal.browser.themes import DARK, LIGHT

#: Seconds between two looks whether the app is idle.
GLANCE = 0.01

SIZES = ((80, 24), (160, 50))
GOLDEN = Path(__file__).parent / "golden"

RUN = RunRecord(
    id="r-1",
    space="elementary",
    target="exp2",
    options={},
    config={
        "settings": {"max_ops": "8"},
        "pareto": [["ops", -1], ["digits", 1], ["error", -1]],
        "search": {"workers": 1},
    },
    seed=1,
    started_at="2026-01-02T03:04:05.678+00:00",
    finished_at=None,
    status="done",
    version="0",
    summary={},
)

EXP2 = Problem("14c6dd3c", "exp2", "elementary", "exp2", "{}", recorded(RUN.space, RUN.config))


def program(*rows: list[Any]) -> dict[str, Any]:
    """The JSON of a program in x; constants are given as floats."""
    fixed = [[n, float(a[0]).hex(), (0.0).hex()] if n == "const" else [n, *a] for n, *a in rows]
    document = {
        "schema": 1,
        "inputs": ["x"],
        "instructions": fixed,
        "outputs": [len(rows)],
    }
    return Program.from_json(document).to_json()


#: About 2**x on [0, 1], each made from the one before.
LINE = program(["const", 0.9643], ["add", 0, 1])
BENT = program(["const", 1.99999171], ["sub", 1, 0], ["const", 2.05964], ["div", 3, 2])
ROOT = program(
    ["const", 6.281613], ["sub", 1, 0], ["const", 13.751078], ["div", 3, 2],
    ["const", -1.189207], ["add", 4, 5],
)  # fmt: skip
BEST = program(
    ["const", 6.281613], ["sub", 1, 0], ["const", 13.751078], ["div", 3, 2],
    ["const", -1.189207], ["add", 4, 5], ["mul", 6, 6],
)  # fmt: skip

CERTIFICATE = {
    "argument": 0.7578125,
    "digits": 3.0667,
    "method": "adaptive Taylor models in ball arithmetic",
    "theorem": {"name": "Taylor", "source": "Brook Taylor: Methodus incrementorum (1715)"},
    "upper": 0.00085764912345678912,
}


def elite(document: Mapping[str, Any], **changes: Any) -> EliteView:
    """An elite."""
    fields: dict[str, Any] = {
        "id": identity(dict(document)),
        "run": "r-1",
        "space": "elementary",
        "target": "exp2",
        "problem": EXP2,
        "status": "candidate",
        "slot": 1,
        "cell": (1, 2),
        "quality": 3.0,
        "objectives": {"ops": 3, "digits": None, "error": 8.5e-4},
        "measures": {"ops": 3.0, "constants": 3.0},
        "source": source(Program.from_json(document)),
        "program": dict(document),
        "certificate": None,
        "parent": None,
        "operator": None,
    }
    return EliteView(**{**fields, **changes})


@dataclass
class Archive:
    """What a reader answers, without a file."""

    elites: dict[str, EliteView]
    ancestors: dict[str, Ancestor] = field(default_factory=dict)
    run_record: RunRecord = RUN
    said: dict[str, Remark] = field(default_factory=dict)
    disguises: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, question: Callable[[Any], Any]) -> Any:
        await asyncio.sleep(0)
        return question(self)

    def elite(self, name: str, problem: str | None = None) -> EliteView:
        found = [view for id, view in self.elites.items() if id.startswith(name)]
        if not found:
            raise UsageError(f"expected the beginning of an id, got {name!r}")
        return found[0]

    def problems(self) -> dict[str, Problem]:
        return {run.id: EXP2 for run in self.runs()}

    def run(self, name: str) -> RunRecord:
        return self.run_record

    def runs(self) -> list[RunRecord]:
        return [self.run_record, replace(self.run_record, id="r-2", status="interrupted")]

    def standing(self, run: RunRecord) -> RunRecord:
        return run

    def lineage(self, id: str) -> list[Ancestor]:
        line: list[Ancestor] = []
        following: str | None = id
        while following is not None and following in self.ancestors:
            line.append(self.ancestors[following])
            following = line[-1].parent
        return line

    def members(self, run: str, id: str) -> list[dict[str, Any]]:
        return self.disguises

    def cell_mates(self, run: str, cell: tuple[int, ...], most: int) -> list[EliteView]:
        return list(self.elites.values())[:most]

    def remark(self, id: str) -> Remark | None:
        return self.said.get(id)

    def certificates(self, id: str) -> dict[str, Any]:
        return {}


def lineage(*documents: Mapping[str, Any]) -> dict[str, Ancestor]:
    """Programs as ancestors of each other, youngest first."""
    operators = ["primitive", "insert", "random"]
    found: dict[str, Ancestor] = {}
    for place, document in enumerate(documents):
        parent = identity(dict(documents[place + 1])) if place + 1 < len(documents) else None
        text = source(Program.from_json(document))
        one = Ancestor(document, text, parent, operators[min(place, 2)] if parent else "random")
        found[one.id] = one
    return found


@pytest.fixture
def archive() -> Archive:
    """Two elites; one of two ancestors of the best is no elite any more."""
    best = elite(
        BEST,
        status="certified",
        objectives={"ops": 4, "digits": 3.0667, "error": 8.5765e-4},
        certificate=CERTIFICATE,
        operator="primitive",
    )
    other = elite(BENT, objectives={"ops": 2, "digits": None, "error": 3.1e-2}, slot=2)
    return Archive({best.id: best, other.id: other}, lineage(BEST, ROOT, BENT, LINE))


class Host(App[None]):
    """An app around one widget, with the keys of the browser."""

    def __init__(self, widget: Widget, dark: bool = True) -> None:
        super().__init__()
        self.widget = widget
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = (DARK if dark else LIGHT).name
        self.animation_level = "none"
        self.copied: list[str] = []
        self.told: list[str] = []
        for binding in [*bindings(), *search_bindings()]:
            self._bindings.key_to_bindings.setdefault(binding.key, []).append(binding)

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_elite_action(self, name: str) -> None:
        self.query_one(ElitePanel).perform(name)

    def action_search_action(self, name: str) -> None:
        self.query_one(SearchPanel).perform(name)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    def notify(self, message: str, **options: Any) -> None:
        assert options.get("markup") is False
        self.told.append(message)


async def settle(pilot: Pilot[Any], patience: float = 20.0) -> None:
    """Wait until no worker has anything left to do but wait for people."""
    app = pilot.app
    for _ in range(int(patience / GLANCE)):
        await pilot.pause(GLANCE)
        busy = {WorkerState.PENDING, WorkerState.RUNNING}
        workers = [worker for worker in app.workers if worker.state in busy]
        asking = len(app.screen_stack) > 1 and all(w.group in ("action", "choose") for w in workers)
        if asking or not workers:
            await pilot.pause(2 * GLANCE)
            return
    raise AssertionError(f"still busy: {[worker.name for worker in app.workers]}")


async def heard(pilot: Pilot[Any], stand: Sequence[Any], patience: float = 20.0) -> None:
    """Wait until everything that stand-ins of processes tell has been taken in and drawn."""
    for _ in range(int(patience / GLANCE)):
        await pilot.pause(GLANCE)
        if not any(child.messages for child in stand):
            return await settle(pilot)
    raise AssertionError("nobody asks for news")


def text(app: App[Any]) -> str:
    """The characters of the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)


async def compare(golden: Any, app: Host, pilot: Pilot[Any], name: str) -> None:
    """Compare the screen with its golden files, in the dark theme and in the light one."""
    for theme in (LIGHT, DARK):
        app.theme = theme.name
        await settle(pilot)
        screens.compare(golden, app, GOLDEN, name)


@dataclass(frozen=True)
class Kit:
    """What tests need from here: there is no package to import it from."""

    elite: Any = staticmethod(elite)
    program: Any = staticmethod(program)
    host: Any = Host
    settle: Callable[..., Awaitable[None]] = staticmethod(settle)
    heard: Callable[..., Awaitable[None]] = staticmethod(heard)
    text: Any = staticmethod(text)
    lineage: Any = staticmethod(lineage)
    run: RunRecord = RUN
    compare: Callable[..., Awaitable[None]] = staticmethod(compare)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def kit() -> Kit:
    return Kit()


@pytest.fixture(params=SIZES, ids=str)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A size of the terminal."""
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def panel(archive: Archive, tmp_path: Path) -> ElitePanel:
    """A panel on the stand-in; what is written goes nowhere."""
    return ElitePanel(tmp_path / "a.db", archive.ask)
