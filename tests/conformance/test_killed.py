"""Searches of every space that are killed end as the uninterrupted ones."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

SCRIPT = """
import json, sys
from pathlib import Path

from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import TaskSpec

if __name__ == "__main__":
    path, workers, asked = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    told = lambda event: print(type(event).__name__, flush=True)
    if path.exists():
        resume(path, None, workers, told)
    else:
        spec = TaskSpec.of(asked["space"], asked["target"], asked["settings"])
        search(path, spec, SearchConfig(**asked["config"] | {"workers": workers}), told)
"""

#: Target, settings and evaluations of a short search of each space.
SEARCHES = {
    "elementary": ("exp2", {"max_ops": "6"}, 150_000),
    "fractions": ("pi", {}, 9_000),
    "quantizers": ("normal", {}, 400),
    "optimizers": ("rosenbrock", {}, 250),
}
SMALL = {"batch": 128, "epoch": 512, "migration_epochs": 2, "cache_bits": 12, "islands": 3}


def everything(path):
    """Elites with programs, states of islands, and certificates but for the time they took."""
    with sqlite3.connect(path) as db:
        elites = db.execute(
            "SELECT elite.*, id FROM elite JOIN program ON key = program ORDER BY slot"
        ).fetchall()
        names = [row[1] for row in db.execute("PRAGMA table_info(elite)")]
        states = db.execute(
            "SELECT island, body FROM state WHERE island >= 0 ORDER BY island"
        ).fetchall()
        bodies = db.execute("SELECT body FROM certificate").fetchall()
    db.close()
    proofs = [json.loads(body) | {"seconds": 0} for (body,) in bodies]
    certificates = sorted(json.dumps(proof, sort_keys=True) for proof in proofs)
    own = [k for k, name in enumerate(names) if name not in ("run", "program")]
    return [tuple(row[k] for k in [*own, -1]) for row in elites], states, certificates


@pytest.mark.slow
@pytest.mark.parametrize("space", SEARCHES)
def test_a_killed_search_ends_as_the_uninterrupted_one(tmp_path, space):
    target, settings, evaluations = SEARCHES[space]
    config = {"seed": 3, "evaluations": evaluations, **SMALL}
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    search(whole, TaskSpec.of(space, target, settings), SearchConfig(**config, workers=1))
    (tmp_path / "script.py").write_text(SCRIPT)
    asked = {"space": space, "target": target, "settings": settings, "config": config}
    # Killed after so many events with so many workers; the last one comes to its end.
    for events, workers in ((3, 2), (10**9, 3)):
        command = [sys.executable, "-W", "error", "script.py", str(parts), str(workers)]
        child = subprocess.Popen(
            [*command, json.dumps(asked)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for _ in range(events):
            if not child.stdout.readline():
                break
        if events < 10**9:
            time.sleep(0.05 * workers)
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        else:
            _, errors = child.communicate()
            assert (child.returncode, errors) == (0, "")
    assert len(everything(whole)[0]) > 10 and everything(parts) == everything(whole)
