"""Searches inside: the dialogs, the panel that watches, stopping, and a real one."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, Select, Static

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.files.claims import claimed
from elitemap.archive.objectives import recorded
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.events import Interrupted, Progress, Started, Warned
from elitemap.engine.search.coordinator import Outcome
from elitemap.engine.tasks import TaskSpec, find_space
from elitemap.terminal.browser.search import panel as search_panel
from elitemap.terminal.browser.search.actions import ACTIONS, bindings, commands
from elitemap.terminal.browser.search.child import Done, Failed
from elitemap.terminal.browser.search.dialogs import ResumeDialog, SearchDialog, settings
from elitemap.terminal.browser.search.jobs import ResumeOrder, SearchOrder
from elitemap.terminal.browser.search.panel import SearchPanel

STARTED = Started(
    "r-7",
    "elementary",
    "exp2",
    1,
    2,
    2,
    60.0,
    None,
    ("ops", "depth"),
    False,
    objectives=recorded("elementary", {"pareto": [["ops", -1], ["digits", 1], ["error", -1]]}),
)
PROGRESS = Progress(
    elapsed=42.4,
    remaining=17.6,
    done=0.7,
    proposals=9_000_000,
    fitted=234_567,
    screened=1_234_567,
    evaluations=87_654_321,
    evaluations_per_second=5_100_000.0,
    fitted_per_second=9_100.0,
    screened_per_second=29_100.0,
    hit_rate=0.37,
    audits=100,
    audit_mismatches=0,
    cells=3207,
    all_cells=5000,
    qd_score=12345.6,
    front=tuple({"ops": float(n), "error": 10.0**-n} for n in range(4, 9)),
    strip=(None, 1.0, 2.0, 4.0, 8.0),
    operators={"insert": 0.2, "delete": 0.1, "term": 0.7},
    emitters={"uniform": 1.0},
)


class Stand:
    """A process that tells what the test says."""

    made: "list[Stand]" = []

    def __init__(self, job, *args):
        self.args, self.asked, self.waited = args, 0, False
        self.messages: list[object] = []
        self.made.append(self)

    def news(self):
        messages, self.messages = self.messages, []
        return messages

    def ask_to_stop(self):
        self.asked += 1

    def wait(self, seconds):
        self.waited = True
        return True


@pytest.fixture
def stand(monkeypatch):
    monkeypatch.setattr(search_panel, "Child", Stand)
    monkeypatch.setattr(search_panel, "_PAUSE", 0.01)
    Stand.made = []
    return Stand.made


@pytest.fixture
def search(archive, tmp_path: Path):
    return SearchPanel(tmp_path / "a.db", archive.ask)


ORDER = SearchOrder(Path("a.db"), TaskSpec.of("elementary", "exp2", {}), {})


def shown(app):
    return str(app.screen.query_one("#mistake", Static).render())


async def test_a_broken_space_is_named_and_the_others_are_offered(kit, search, stand, monkeypatch):
    entries = [find_space("elementary")]
    monkeypatch.setattr(search_panel, "usable_spaces", lambda: (entries, ["cannot load gears"]))
    app = kit.host(search)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r")
        await kit.settle(pilot)
        assert isinstance(app.screen, SearchDialog)
        assert app.told == ["cannot load gears"]


async def test_starting_a_search_with_keys(kit, search, stand, tmp_path: Path):
    app = kit.host(search)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r")
        await kit.settle(pilot)
        assert isinstance(app.screen, SearchDialog)
        assert isinstance(app.focused, Input) and app.focused.id == "target"
        await pilot.press(*"sin", "tab", "5", "tab", "7", "enter")
        await kit.settle(pilot)
        assert search.running and search.display
    (child,) = stand
    spec = TaskSpec.of("elementary", "sin", {})
    assert child.args == (SearchOrder(tmp_path / "a.db", spec, {"seconds": 5.0, "seed": 7}),)
    # Leaving the browser let it save.
    assert child.asked and child.waited


async def test_options_have_defaults_and_help(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(80, 50)) as pilot:
        search.perform("start", "elementary", "erf")
        await kit.settle(pilot)
        dialog = app.screen
        assert dialog.query_one("#target", Input).value == "erf"
        assert dialog.query_one("#set-max_ops", Input).placeholder == "12"
        assert "most operations of a program" in kit.text(app)
        dialog.query_one("#set-max_ops", Input).value = "5"
        dialog.query_one("#set-domain", Input).value = "0,1/2"
        await pilot.click("#start")
        await kit.settle(pilot)
    spec = TaskSpec.of("elementary", "erf", {"max_ops": "5", "domain": "0,1/2"})
    assert stand[0].args[0].spec == spec


@pytest.mark.slow
async def test_another_space_has_other_options(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(80, 50)) as pilot:
        search.perform("start", "elementary", "erf")
        await kit.settle(pilot)
        app.screen.query_one(Select).value = "fractions"
        await pilot.pause(0.1)
        await kit.settle(pilot)
        assert app.screen.query_one("#target", Input).value == ""
        assert app.screen.query("#set-moebius")
        assert not app.screen.query("#set-max_ops")


MISTAKES = (
    ("target", "nonsense(", "unknown function or name 'nonsense'"),
    ("target", "", "expected a target"),
    ("seconds", "soon", "expected seconds as a number, got 'soon'"),
    ("seconds", "nan", "seconds"),
    ("seed", "1.5", "expected seed as a number"),
    ("set-max_ops", "99", "expected max_ops"),
    ("set-ops", "[red]", "unknown primitive '[red]'"),
)


async def test_mistakes_are_told_in_the_dialog(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(80, 40)) as pilot:
        search.perform("start", "elementary", "exp2")
        await kit.settle(pilot)
        for name, text, told in MISTAKES:
            field = app.screen.query_one(f"#{name}", Input)
            before, field.value = field.value, text
            await pilot.press("enter")
            await kit.settle(pilot)
            assert told in shown(app)
            field.value = before
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not search.running and not stand


def test_settings_are_checked():
    assert settings({"seconds": "", "seed": ""}) == {}
    with pytest.raises(UsageError, match="seed"):
        settings({"seconds": "", "seed": "-1"})


async def test_resuming_an_unfinished_run(kit, archive, search, stand, tmp_path: Path):
    asked = archive.problems()["r-2"]
    begun = [replace(kit.run, id=f"r-{n}", status="interrupted") for n in (2, 3)]
    labels = ("exp2 on [0,1], relative", "exp2 on [0,1], absolute, " + "ops add,mul,div " * 4)
    archive.runs = lambda: [*begun, kit.run]
    archive.problems = lambda: {
        run.id: replace(asked, label=label)
        for run, label in zip(archive.runs(), [*labels, "exp2"], strict=True)
    }
    app = kit.host(search)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("R")
        await kit.settle(pilot)
        assert isinstance(app.screen, ResumeDialog)
        shown = kit.text(app)
        assert "r-3  interrupted  2026-01-02 03:04" in shown
        assert "elementary › exp2 on [0,1], relative" in shown
        # A long one is shown to its end.
        assert "".join(shown.split()).count("add,mul,div") == 4
        await pilot.press("down", "enter")
        await kit.settle(pilot)
        assert stand[0].args == (ResumeOrder(tmp_path / "a.db", "r-2"),)


@pytest.mark.slow
async def test_nothing_to_resume_and_no_archive(kit, archive, search, stand, monkeypatch):
    app = kit.host(search)
    async with app.run_test(size=(80, 24)) as pilot:
        archive.runs = lambda: [kit.run]
        await pilot.press("R")
        await kit.settle(pilot)

        async def gone(question):
            raise ArchiveError("a.db has gone")

        search._ask = gone
        await pilot.press("R")
        await kit.settle(pilot)
        assert app.told == ["no run is unfinished", "a.db has gone"]


async def test_watching_and_stopping(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(100, 24)) as pilot:
        search.begin(ORDER)
        await pilot.pause()
        assert "search: starting" in kit.text(app)
        stand[0].messages += [STARTED, PROGRESS]
        await kit.heard(pilot, stand)
        # One line in a small terminal, the whole panel on demand.
        assert "searching, 42s, 18s left, 3207 of 5000 cells" in kit.text(app)
        await pilot.press("D")
        await pilot.pause()
        assert "elementary exp2, searching, run r-7" in kit.text(app)
        assert "(29.1k/s)" in kit.text(app)
        await pilot.click(SearchPanel)
        await pilot.pause()
        await pilot.press("X")
        await pilot.pause()
        assert stand[0].asked == 1
        assert "saving" in kit.text(app)
        last = Interrupted("r-7", {}, "elitemap resume r-7")
        stand[0].messages += [last, Done(Outcome("r-7", False, {}))]
        await kit.heard(pilot, stand)
        assert not search.running
        assert "interrupted" in kit.text(app)
        await pilot.press("X")
        await pilot.pause()
        assert not search.display


async def test_who_shows_the_archive_is_told_once_when_there_is_a_run(kit, search, stand):
    began = []

    class Follower(kit.host):
        def on_search_panel_began(self, event):
            began.append(event.run)

    app = Follower(search)
    async with app.run_test(size=(60, 24)) as pilot:
        search.begin(ORDER)
        await kit.heard(pilot, stand)
        assert not began
        for message in (STARTED, PROGRESS, PROGRESS):
            stand[0].messages.append(message)
            await kit.heard(pilot, stand)
        assert began == ["r-7"]
        # One line in a small terminal, however much there is to tell.
        assert search.size.height == 1 and "elementary exp2: searching, 42s" in kit.text(app)


async def test_a_search_that_fails_is_told(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(100, 24)) as pilot:
        search.begin(ORDER)
        stand[0].messages.append(Failed("unknown space [nowhere]"))
        await kit.heard(pilot, stand)
        assert app.told == ["unknown space [nowhere]"]
        assert not search.display and not search.running
        search.begin(ORDER)
        stand[1].messages += [STARTED, PROGRESS, Failed("workers keep dying")]
        await kit.heard(pilot, stand)
        assert "workers keep dying" in kit.text(app)


async def test_one_search_at_a_time(kit, search, stand):
    app = kit.host(search)
    async with app.run_test(size=(100, 24)) as pilot:
        search.begin(ORDER)
        await pilot.press("r", "R")
        await kit.settle(pilot)
        assert app.told == ["a search is running here: X stops it"] * 2
        await search.finish()
        assert stand[0].waited and not search.running


async def test_hostile_text_is_shown_and_not_obeyed(kit, archive, search, stand):
    evil = "[bold]x[/]\x1b]0;owned\x07\u202e"
    app = kit.host(search)
    archive.run_record = replace(kit.run, target=evil, space=evil, status="failed")
    async with app.run_test(size=(100, 40)) as pilot:
        search.begin(ORDER)
        told = replace(STARTED, problem=evil, run=evil)
        stand[0].messages += [told, PROGRESS, Warned(evil), Failed(evil)]
        await kit.heard(pilot, stand)
        for _ in range(2):
            assert "[bold]x[/]" in kit.text(app)
            assert not any(c in kit.text(app) for c in "\x1b\x07\u202e")
            await pilot.press("D")
            await pilot.pause()
        await pilot.press("R")
        await kit.settle(pilot)
        assert "[bold]x[/]" in kit.text(app)
        assert not any(c in kit.text(app) for c in "\x1b\x07\u202e")


@pytest.mark.slow
async def test_keys_and_palette(kit, search):
    assert len({binding.key for binding in bindings()}) == len(ACTIONS)
    app = kit.host(search)
    async with app.run_test():
        assert len(list(commands(search))) == len(ACTIONS)


@pytest.mark.slow
async def test_goldens(kit, search, stand, size, golden):
    app = kit.host(search)
    async with app.run_test(size=size) as pilot:
        search.perform("start", "elementary", "exp2")
        await kit.settle(pilot)
        await kit.compare(golden, app, pilot, "search-dialog")
        await pilot.press("escape")
        search.perform("resume")
        await kit.settle(pilot)
        await kit.compare(golden, app, pilot, "search-resume")
        await pilot.press("escape")
        await kit.settle(pilot)
        search.begin(ORDER)
        stand[0].messages += [STARTED, PROGRESS]
        await kit.heard(pilot, stand)
        for full, name in ((True, "search-panel"), (False, "search-line")):
            search._full = full
            search._draw()
            await kit.compare(golden, app, pilot, name)


@pytest.mark.slow
async def test_a_real_search_is_stopped_saved_and_resumed(kit, archive, tmp_path: Path):
    path = tmp_path / "a.db"
    search = SearchPanel(path, archive.ask)
    app = kit.host(search)
    spec = TaskSpec.of("elementary", "exp2", {"max_ops": "4"})
    order = SearchOrder(path, spec, {"seconds": 900.0, "workers": 1, "islands": 1})
    end = time.monotonic() + 400
    async with app.run_test(size=(100, 24)) as pilot:
        search.begin(order)
        while search._picture is None or search._picture.progress is None:
            assert time.monotonic() < end
            await pilot.pause(0.2)
        await pilot.press("X")
        while search.running:
            assert time.monotonic() < end
            await pilot.pause(0.2)
        with ArchiveReader.open(path) as reader:
            (run,) = reader.runs()
            assert run.status == "interrupted"
        with claimed(path, run.id):
            search.begin(ResumeOrder(path, run.id))
            while search.running:
                assert time.monotonic() < end
                await pilot.pause(0.2)
            assert "is being searched by another process" in search._reason
        search.begin(ResumeOrder(path, run.id))
        while search._picture is None or search._picture.progress is None:
            assert time.monotonic() < end
            await pilot.pause(0.2)
        assert search._picture.started.resumed
    # Leaving has stopped it, and saved.
    with ArchiveReader.open(path) as reader:
        assert reader.run(run.id).status == "interrupted"
