"""A small archive to browse, and apps driven by keys."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from elitemap.archive.identity import identity
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser.app import ElitemapBrowser
from elitemap.terminal.browser.state import Memory, Place

Steps = Callable[[ElitemapBrowser, Pilot[Any]], Awaitable[None]]

#: Where tests start unless they say otherwise.
EXP2 = Place(space="elementary", problem="14c6dd3c", tab="map")

#: Seconds after which something that was waited for will not come.
PATIENCE = 20.0

#: Seconds between two looks whether the app is idle.
GLANCE = 0.01


def program(*constants: float) -> dict[str, Any]:
    """((x * c1 + c1) * c2 + c2) ..., which is no good approximation, but a program."""
    instructions: list[list[Any]] = []
    last = 0
    for constant in constants:
        at = 1 + len(instructions)
        instructions += [["const", constant.hex(), (0.0).hex()], ["mul", last, at]]
        instructions += [["add", at + 1, at]]
        last = at + 2
    return {"schema": 1, "inputs": ["x"], "instructions": instructions, "outputs": [last]}


def run(id: str = "0123456789ab", **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "id": id,
        "space": "elementary",
        "target": "exp2",
        "options": {"domain": "0,1", "error": "relative", "max_ops": 12},
        "config": {
            "pareto": [["ops", -1], ["digits", 1], ["error", -1]],
            "problem": ["domain", "error"],
            "settings": {"max_ops": "12"},
            "search": {"evaluations": 5000, "seconds": None, "islands": 2, "seed": 7},
        },
        "seed": 7,
        "started_at": "2026-01-02T03:04:05+00:00",
        "finished_at": None,
        "status": "running",
        "version": "0.1.0",
        "summary": {},
    }
    return RunRecord(**{**values, **changes})


def elite(slot: int, **changes: Any) -> EliteRecord:
    """One whose length, digits and place in the map are told by its slot; every third is proved."""
    steps, kind = 1 + slot // 4, slot % 4
    constants = [0.5 + kind / 8 + k / 64 for k in range(steps)]
    digits = round(0.9 * steps + kind / 5, 3)
    proved = slot % 3 == 0
    values: dict[str, Any] = {
        "slot": slot,
        "cell": (steps, kind),
        "program": program(*constants),
        "source": "\n".join([*(f"t{k} = x * {c!r}" for k, c in enumerate(constants)), "y = t0"]),
        "quality": digits,
        "objectives": {
            "ops": 2 * steps,
            "digits": digits if proved else None,
            "error": 10.0**-digits,
        },
        "measures": {"ops": float(steps), "constants": float(kind), "divisions": 0.0},
        "status": "certified" if proved else "candidate",
        "certificate": {"digits": digits, "upper": 10.0**-digits} if proved else None,
        "parent": identity(program(*constants[:-1])) if steps > 1 else None,
        "operator": "insert",
    }
    return EliteRecord(**{**values, **changes})


def knot(slot: int, **changes: Any) -> EliteRecord:
    """An elite of a space that is not installed here."""
    return elite(
        slot,
        **{
            "program": {"schema": 1, "crossings": slot},
            "source": f"knot {slot}",
            "objectives": {"crossings": float(slot), "label": "prime"},
            "measures": {"genus": float(slot % 3), "bridge": float(slot)},
            "parent": None,
            "status": "candidate",
            "certificate": None,
            **changes,
        },
    )


def filled(path: Path, *runs: tuple[RunRecord, list[EliteRecord]]) -> Path:
    with ArchiveWriter.open(path) as writer:
        for record, elites in runs:
            writer.begin(record)
            writer.flush(record.id, elites)
            writer.finish(record.id, "done", {"seconds": 6.5, "evaluations": 5000, "cells": 6})
    return path


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunRecord]:
    return run


@pytest.fixture(scope="session")
def make_elite() -> Callable[..., EliteRecord]:
    return elite


@pytest.fixture(scope="session")
def fill() -> Callable[..., Path]:
    """``fill(path, (run, elites), ...)`` makes an archive."""
    return filled


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two problems of one space, and a run of a space that is not installed."""
    path = filled(
        tmp_path / "small.db",
        (run(), [elite(slot) for slot in range(24)]),
        (run("ba9876543210", target="tanh"), [elite(slot) for slot in range(5)]),
        (
            run("cccccccccccc", space="knots", target="slice", config={"pareto": []}),
            [knot(slot) for slot in range(3)],
        ),
    )
    with ArchiveWriter.open(path) as writer:
        writer.remark(elite(0).id, "star", "the first one")
    return path


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A terminal with all colours, and a home of its own."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # How often Textual's pilot looks whether the app is idle; by default tests mostly wait.
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", GLANCE)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", GLANCE / 4)


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        assert asyncio.get_running_loop().time() < end, "what was waited for did not come"
        await pilot.pause(GLANCE)


async def quiet(pilot: Pilot[Any]) -> None:
    """Wait until everything that was asked for is shown; dialogs wait for people."""
    end, calm = asyncio.get_running_loop().time() + PATIENCE, 0
    waiting = ("watch", "action", "choose")
    while calm < 6:  # screens are drawn a moment after what they show has come
        await pilot.pause(GLANCE)
        busy = [w for w in pilot.app.workers if w.is_running and w.group not in waiting]
        calm = 0 if busy else calm + 1
        assert asyncio.get_running_loop().time() < end, f"still busy: {busy}"


def visit(
    archive: Path,
    steps: Steps,
    size: tuple[int, int] = (80, 24),
    place: Place = EXP2,
    memory: Memory | None = None,
    note: str = "",
) -> ElitemapBrowser:
    """Open an archive and take some steps."""
    app = ElitemapBrowser(archive, place, memory or Memory(), note)

    async def go() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await quiet(pilot)
            await steps(app, pilot)

    asyncio.run(go())
    return app


@pytest.fixture(scope="session", name="visit")
def visit_fixture() -> Callable[..., ElitemapBrowser]:
    """``visit(archive, steps, size, place, memory)`` drives an app."""
    return visit


@pytest.fixture(scope="session", name="quiet")
def quiet_fixture() -> Callable[..., Awaitable[None]]:
    return quiet


@pytest.fixture(scope="session", name="until")
def until_fixture() -> Callable[..., Awaitable[None]]:
    return until


def lines(app: ElitemapBrowser) -> list[str]:
    """The screen as text."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    assert len(strips) <= height
    return [strip.text[:width].rstrip() for strip in strips]


@pytest.fixture(scope="session", name="lines")
def lines_fixture() -> Callable[[ElitemapBrowser], list[str]]:
    return lines
