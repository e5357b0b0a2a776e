"""What an elite is: looked up with a key, something else typed, mistakes, giving up."""

import dataclasses

import pytest
from textual.widgets import Input

from elitemap.engine.protocols import Identification
from elitemap.terminal.browser.elite import actions, identifying
from elitemap.terminal.browser.elite.identifying import IdentifyScreen
from elitemap.terminal.browser.search.child import Done, Failed
from elitemap.terminal.browser.search.jobs import identify_job

FOUND = Identification("a, b", "6/zeta(3) [bold]", True, {"known": "Apéry, 1979"}, {})


class Stand:
    """A process that does what the test says."""

    made: "list[Stand]" = []

    def __init__(self, job, *args):
        self.job, self.args, self.killed = job, args, False
        self.messages: list[object] = []
        self.made.append(self)

    def news(self):
        messages, self.messages = self.messages, []
        return messages

    def kill(self):
        self.killed = True


@pytest.fixture
def stand(monkeypatch):
    monkeypatch.setattr(identifying, "Child", Stand)
    monkeypatch.setattr(identifying, "_PAUSE", 0.01)
    Stand.made = []
    return Stand.made


@pytest.fixture
def fraction(archive):
    """The archive's elites, said to be fractions."""
    for name, one in archive.elites.items():
        source = "6/zeta(3): a = 34*n**3, b = -n**6"
        archive.elites[name] = dataclasses.replace(one, space="fractions", source=source)
    return next(iter(archive.elites.values()))


async def test_the_elite_and_what_is_typed(kit, panel, stand, fraction):
    app = kit.host(panel)
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(fraction.id)
        await kit.settle(pilot)
        await pilot.press("I")
        await kit.settle(pilot)
        assert isinstance(app.screen, IdentifyScreen) and stand[0].job is identify_job
        assert stand[0].args == ("fractions", fraction.source)
        stand[0].messages.append(Done(FOUND))
        await kit.heard(pilot, stand)
        shown = kit.text(app)
        assert "6/zeta(3) [bold]" in shown and "Apéry, 1979" in shown and "recognised" in shown
        app.screen.query_one(Input).value = "a=1 b=1"
        await pilot.press("enter")
        await kit.settle(pilot)
        assert stand[1].args == ("fractions", "a=1 b=1")
        stand[1].messages.append(Failed("expected a fraction"))
        await kit.heard(pilot, stand)
        assert "expected a fraction" in kit.text(app)
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not isinstance(app.screen, IdentifyScreen)


async def test_giving_up(kit, panel, stand, fraction):
    app = kit.host(panel)
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(fraction.id)
        await kit.settle(pilot)
        await pilot.press("I")
        await kit.settle(pilot)
        await pilot.press("enter")
        await kit.settle(pilot)
        assert [one.killed for one in stand] == [True, False]
        await pilot.press("escape")
        await kit.settle(pilot)
        assert stand[1].killed


async def test_spaces_that_know_no_names(kit, archive, panel, stand):
    app = kit.host(panel)
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(next(iter(archive.elites)))
        await kit.settle(pilot)
        await pilot.press("I")
        await kit.settle(pilot)
        assert not isinstance(app.screen, IdentifyScreen) and not stand
    assert "identify" in actions.ACTIONS


def test_the_job_looks_up():
    class Quiet:
        def wait(self):
            return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "elitemap.terminal.browser.search.jobs._give_up_when_halted", lambda wire: None
        )
        found = identify_job(Quiet(), "fractions", "a=3,1 b=-2,1,0")
    assert found.recognised and found.statement.startswith("2/pi")
