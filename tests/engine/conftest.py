import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from elitemap.engine.config import SearchConfig
from elitemap.engine.tasks import TaskSpec, load_task

SCRIPT = """
import json
import signal
import sys
from pathlib import Path
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

if __name__ == "__main__":
    pressed = []
    signal.signal(signal.SIGINT, lambda *_: pressed.append(1))
    options = json.loads(sys.argv[2])
    search(Path(sys.argv[1]), TaskSpec.of("toy", "bits", options.pop("set")),
           SearchConfig(**options), lambda event: print(type(event).__name__, flush=True),
           lambda: bool(pressed))
"""

PLUGIN = Path(__file__).parent / "plugin"

# Workers inherit the path, so the toy space is found there too.
sys.path.insert(0, str(PLUGIN))


@pytest.fixture
def plugin():
    """Folder of the toy space, for the path of other processes."""
    return PLUGIN


@pytest.fixture
def spec():
    """Names the toy task, with settings."""
    return lambda **settings: TaskSpec.of("toy", "bits", settings)


@pytest.fixture
def toy(spec):
    """The toy task."""
    return load_task(spec())


@pytest.fixture
def config():
    """Settings of a small search, with changes."""
    small = {
        "evaluations": 20_000,
        "seed": 5,
        "islands": 3,
        "workers": 1,
        "batch": 512,
        "epoch": 2048,
        "migration_epochs": 2,
        "cache_bits": 12,
        "cache_audit": 0.05,
    }
    return lambda **changes: SearchConfig(**small | changes)


@pytest.fixture
def contents():
    """Everything in an archive but times, sizes and the ids of runs."""

    def read(path):
        with sqlite3.connect(path) as db:
            programs = db.execute(
                "SELECT id, body, source, parent, operator FROM program ORDER BY id"
            ).fetchall()
            elites = db.execute(
                "SELECT slot, id, cell, quality, status FROM elite JOIN program"
                " ON key = program ORDER BY slot"
            ).fetchall()
            states = db.execute(
                "SELECT island, body FROM state WHERE island >= 0 ORDER BY island"
            ).fetchall()
            certificates = db.execute("SELECT body FROM certificate ORDER BY body").fetchall()
        db.close()
        return {
            "programs": programs,
            "elites": elites,
            "states": states,
            "certificates": certificates,
        }

    return read


@pytest.fixture
def process(plugin, tmp_path):
    """Starts a search in a process of its own."""
    started = []

    def start(path, config, hash_seed="0", **settings):
        script = tmp_path / "script.py"
        script.write_text(SCRIPT)
        options = config.to_json() | {"set": settings}
        env = os.environ | {"PYTHONPATH": str(plugin), "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-W", "error", str(script), str(path), json.dumps(options)]
        child = subprocess.Popen(
            command,
            env=env,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
