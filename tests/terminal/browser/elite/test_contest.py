"""An elite beside what others have made: measured, given up midway, failed."""

import pytest

from elitemap.engine.protocols import Bench, Compared, Missing, Objective
from elitemap.terminal.browser.elite import contest
from elitemap.terminal.browser.elite.contest import BenchScreen
from elitemap.terminal.browser.search.child import Done, Failed
from elitemap.terminal.browser.search.jobs import Step, bench_job

FOUND = Bench(
    (Objective("ulp", -1), Objective("ns", -1, unit="ns")),
    (
        Compared("ours", "", {"ulp": 1.0, "ns": 0.2}),
        Compared("theirs exp2", "1.0", {"ulp": 2.0, "ns": 0.3}),
    ),
    (Missing("SLEEF [bold]", "apt install it"),),
)


class Stand:
    """A process that does what the test says."""

    made: "list[Stand]" = []

    def __init__(self, job, *args):
        self.job, self.killed = job, False
        self.messages: list[object] = []
        self.made.append(self)

    def news(self):
        messages, self.messages = self.messages, []
        return messages

    def kill(self):
        self.killed = True


@pytest.fixture
def stand(monkeypatch):
    monkeypatch.setattr(contest, "Child", Stand)
    monkeypatch.setattr(contest, "_PAUSE", 0.01)
    Stand.made = []
    return Stand.made


async def test_measuring_with_the_key(kit, archive, panel, stand):
    app = kit.host(panel)
    name = next(iter(archive.elites))
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(name)
        await kit.settle(pilot)
        await pilot.press("B")
        await kit.settle(pilot)
        assert isinstance(app.screen, BenchScreen) and stand[0].job is bench_job
        stand[0].messages.append(Step("timing"))
        await kit.heard(pilot, stand)
        assert f"{name[:12]} beside others: timing" in kit.text(app)
        stand[0].messages.append(Done(FOUND))
        await kit.heard(pilot, stand)
        shown = kit.text(app)
        assert "2 measured, 1 missing" in shown and "theirs exp2" in shown
        assert "missing: SLEEF [bold] (apt install it)" in shown
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not isinstance(app.screen, BenchScreen) and not stand[0].killed


@pytest.mark.parametrize("failed", [True, False])
async def test_giving_up_and_failing(kit, archive, panel, stand, failed):
    app = kit.host(panel)
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(next(iter(archive.elites)))
        await kit.settle(pilot)
        await pilot.press("B")
        await kit.settle(pilot)
        if failed:
            stand[0].messages.append(Failed("nobody to compare with"))
            await kit.heard(pilot, stand)
            assert "nobody to compare with" in kit.text(app)
        await pilot.press("escape")
        await kit.settle(pilot)
        assert stand[0].killed is not failed
