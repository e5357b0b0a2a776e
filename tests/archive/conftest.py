"""Runs and elites to store, and a place for them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter

PARETO = {"pareto": [["ops", -1], ["digits", 1]]}


def run(id: str = "run-1", **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "id": id,
        "space": "elementary",
        "target": "exp2",
        "options": {"domain": "0,1"},
        "config": PARETO,
        "seed": 1,
        "started_at": "2026-01-01T00:00:00+00:00",
        "finished_at": None,
        "status": "running",
        "version": "0.1.0",
        "summary": {},
    }
    return RunRecord(**{**values, **changes})


def elite(slot: int = 0, n: int | None = None, **changes: Any) -> EliteRecord:
    """An elite whose program, and all that depends on it alone, is told by ``n``."""
    n = slot if n is None else n
    values: dict[str, Any] = {
        "slot": slot,
        "cell": (slot // 2, slot % 3),
        "program": {"schema": 1, "n": n},
        "source": f"x + {n}",
        "quality": float(n),
        "objectives": {"ops": n % 7, "digits": None, "error": 10.0**-n},
        "measures": {"depth": n % 5, "divisions": 0.5},
        "status": "candidate",
        "certificate": None,
        "parent": None,
        "operator": "insert" if n % 2 else None,
    }
    return EliteRecord(**{**values, **changes})


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunRecord]:
    return run


@pytest.fixture(scope="session")
def make_elite() -> Callable[..., EliteRecord]:
    return elite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where there is no archive yet."""
    return tmp_path / "elitemap.db"


@pytest.fixture
def archive(path: Path) -> Path:
    """An archive with one finished run of 30 elites, ten of them certified."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(run())
        writer.flush("run-1", [elite(k) for k in range(30)], metrics={"rate": 5.0}, state={0: b"s"})
        for k in range(0, 30, 3):
            objectives = {"ops": k % 7, "digits": k / 2, "error": 10.0**-k}
            certified = elite(k, status="certified", objectives=objectives, certificate={"k": k})
            writer.certify("run-1", k, certified)
        writer.finish("run-1", "done", {"cells": 30})
    return path
