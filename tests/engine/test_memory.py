"""Workers keep the memory that they free, whatever a nanny has set."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
import numpy as np
from elitemap.engine.running.memory import keep_memory
if sys.argv[1] == "kept":
    keep_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(1 << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is glibc's")
def test_a_worker_of_dask_keeps_what_it_frees():
    def faults(what):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, what],
            env={"MALLOC_TRIM_THRESHOLD_": "65536"},
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    assert faults("kept") < faults("given back") / 4
