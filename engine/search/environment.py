"""Where a run searches: what one has to know to repeat it, recorded with the run."""

import json
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

from elitemap import __version__
from elitemap.archive.errors import SearchError
from elitemap.archive.records import RunRecord
from elitemap.engine.config import cores
from elitemap.native.toolchain import compiler_name

#: Packages on which results may depend; those that are installed are told.
PACKAGES = ("deap", "gmpy2", "jax", "numpy", "python-flint", "scipy", "sympy")

#: Key of a run's configuration: one entry for each place where it was searched, in order.
KEY = "environments"

_ROOT = Path(__file__).resolve().parents[2]

# Seconds after which git will not answer.
_PATIENCE = 10.0


def environment() -> dict[str, Any]:
    """Versions, git revision of elitemap (if any), processor, cores, system and compiler."""
    found: dict[str, Any] = {
        "elitemap": __version__,
        "revision": revision(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor(),
        "cores": cores(),
        "compiler": "",
        "packages": packages(),
    }
    with suppress(SearchError):  # a space without kernels needs none
        found["compiler"] = compiler_name()
    return {name: value for name, value in found.items() if value not in (None, "")}


def searched_here(run: RunRecord) -> RunRecord:
    """The run with this environment as its last one."""
    before = run.config.get(KEY, [])
    here = environment()
    if before and before[-1] == here:
        return run
    return replace(run, config={**run.config, KEY: [*before, here]})


def environments(run: RunRecord) -> list[Mapping[str, Any]]:
    """Where a run was searched, as far as the archive tells."""
    found = run.config.get(KEY, [])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What differs between two environments: names with both values as texts."""
    first, second = _flat(before), _flat(now)
    names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    return {name: (str(first.get(name, "")), str(second.get(name, ""))) for name in names}


def _flat(one: Mapping[str, Any]) -> dict[str, Any]:
    """An environment with its packages beside the rest."""
    found = one.get("packages")
    rest = {name: value for name, value in one.items() if name != "packages"}
    return {**rest, **(found if isinstance(found, dict) else {})}


def revision() -> str | None:
    """The git revision that elitemap runs from or was installed from, ``+`` if it was changed."""
    if (_ROOT / ".git").exists():
        found = _git("rev-parse", "HEAD")
        if found:
            return f"{found}+" if _git("status", "--porcelain", "-uno") else found
    with suppress(metadata.PackageNotFoundError, ValueError, AttributeError):
        told = metadata.distribution("elitemap").read_text("direct_url.json")
        commit = json.loads(told or "{}").get("vcs_info", {}).get("commit_id")
        return commit if isinstance(commit, str) else None
    return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def packages() -> dict[str, str]:
    """Versions of the packages on which results may depend."""
    found = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def processor() -> str:
    """The name of the processor, as the system tells it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
