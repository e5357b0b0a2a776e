"""Certificates from inside: made, given up midway, failed, and too late."""

import re
import time
from dataclasses import replace

import pytest

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Unproved
from elitemap.terminal.browser.elite import certifying
from elitemap.terminal.browser.elite.certifying import ProofLine
from elitemap.terminal.browser.search.child import Done, Failed


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
    monkeypatch.setattr(certifying, "Child", Stand)
    monkeypatch.setattr(certifying, "_PAUSE", 0.01)
    Stand.made = []
    return Stand.made


@pytest.fixture
def candidate(archive):
    return next(view for view in archive.elites.values() if view.status == "candidate")


@pytest.fixture
def kept(archive, candidate, monkeypatch):
    """What was recorded; the stand-in knows it afterwards."""
    calls = []

    def keep(dossier, record, path):
        calls.append(record)
        view = replace(candidate, id=record.id, status="certified", certificate={"digits": 1.5})
        archive.elites = {view.id: view}

    monkeypatch.setattr(certifying, "_record", keep)
    return calls


async def test_proving_with_the_key(kit, archive, panel, stand, kept, candidate):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        await kit.settle(pilot)
        line = rf"proving {candidate.id[:12]}: \d+ of at most 60 s"
        assert re.search(line, kit.text(app))
        # The rest goes on working meanwhile.
        await pilot.press("c")
        await kit.settle(pilot)
        assert "1st of two" in kit.text(app)
        stand[0].messages.append(Done((candidate.record(), None)))
        await kit.heard(pilot, stand)
        assert kept == [candidate.record()]
        assert f"{candidate.id[:12]} is certified" in app.told
        assert "certified" in kit.text(app)
        assert not panel.query_one(ProofLine).display


@pytest.mark.slow
async def test_an_elite_that_its_certificate_changes_is_followed(
    kit, archive, panel, stand, kept, candidate
):
    app = kit.host(panel)
    changed = replace(candidate.record(), program={**candidate.program, "inputs": ["z"]})
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        await kit.settle(pilot)
        stand[0].messages.append(Done((changed, None)))
        await kit.heard(pilot, stand)
        assert panel.dossier.elite.id == changed.id
        assert app.told[-1].endswith(f"it is {changed.id[:12]} now")


@pytest.mark.parametrize("how", ["key", "button", "quit"])
async def test_giving_up_midway_writes_nothing(kit, archive, panel, stand, kept, candidate, how):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        await kit.settle(pilot)
        if how == "key":
            await pilot.press("P")
        elif how == "button":
            await pilot.click("ProofLine Button")
        await kit.settle(pilot)
        if how != "quit":
            assert app.told[-1] == "given up: nothing was written"
            assert not panel.query_one(ProofLine).running
    assert stand[0].killed
    assert not kept


LATE = Unproved("the deadline passed")


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (Done((None, LATE)), "no certificate within 60 s: the deadline passed"),
        (Failed("internal error, [bold]: x"), "internal error, [bold]: x"),
    ],
)
async def test_failures_are_messages(kit, panel, stand, kept, candidate, last, told):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        await kit.settle(pilot)
        stand[0].messages.append(last)
        await kit.heard(pilot, stand)
        assert app.told == [told]
        assert not kept
        await pilot.press("P")
        await kit.settle(pilot)
        assert len(stand) == 2


@pytest.mark.slow
async def test_an_elite_that_was_replaced_meanwhile(kit, panel, stand, candidate, monkeypatch):
    def late(dossier, record, path):
        raise SearchError("a better one has taken its place")

    monkeypatch.setattr(certifying, "_record", late)
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        await kit.settle(pilot)
        stand[0].messages.append(Done((candidate.record(), None)))
        await kit.heard(pilot, stand)
        assert app.told == ["a better one has taken its place"]


@pytest.mark.slow
async def test_a_real_certificate(kit, archive, panel, kept, candidate):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(candidate.id)
        await kit.settle(pilot)
        await pilot.press("P")
        end = time.monotonic() + 240
        while not kept:
            assert time.monotonic() < end
            await pilot.pause(0.2)
        assert kept[0].status == "certified"
        assert kept[0].certificate["upper"] < 0.04
