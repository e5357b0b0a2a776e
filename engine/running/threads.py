"""One thread for each worker, whoever starts the workers."""

import os

from threadpoolctl import threadpool_limits

#: What libraries read when they are loaded; a user's own setting stays.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def hold_threads() -> None:
    """Keep native libraries of this process to one thread: those loaded, and those to come.

    Libraries that are loaded already have read the environment, and are told directly.
    """
    for name, value in SINGLE_THREADED.items():
        os.environ.setdefault(name, value)
    threadpool_limits(1)
