"""Where measured figures come from: the command, the date and the machine."""

import datetime
import os
import platform
from typing import TypedDict

from elitemap.engine.search.environment import processor


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
        machine=f"{os.cpu_count()} cores, {processor()}, Python {platform.python_version()}",
    )
