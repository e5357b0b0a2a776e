"""Where measured figures come from: the command, the date and the machine."""

import datetime
import os
import platform
from pathlib import Path
from typing import TypedDict


class Provenance(TypedDict):
    """What every data file of the benchmarks carries."""

    command: str
    date: str
    machine: str


def provenance(command: str) -> Provenance:
    """The provenance of figures measured now, here, by a command."""
    return Provenance(
        command=command,
        date=datetime.date.today().isoformat(),
        machine=f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}",
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
