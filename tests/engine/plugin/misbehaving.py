"""Tasks that bring their worker into trouble; workers import them, so they stand in no test."""

import os
import signal
import struct
import sys
import time
from pathlib import Path

from elitemap.engine.running import hanging
from elitemap.engine.running.worker import run_job


def stop_once(marker):
    """Stop this process where a marker is, as somebody's ``kill -STOP`` does."""
    if taken(marker):
        os.kill(os.getpid(), signal.SIGSTOP)
    return os.getpid()


def send_half_once(marker):
    """Send the first bytes of a result and nothing more, as a worker without memory has done."""
    if taken(marker):
        frame = sys._getframe()
        while "result_queue" not in frame.f_locals:
            frame = frame.f_back
        writer = frame.f_locals["result_queue"]._writer
        os.write(writer.fileno(), struct.pack("!i", 1000) + b"half")
        time.sleep(600)
    return os.getpid()


def taken(marker):
    """Whether this process is the one that took the marker."""
    try:
        Path(marker).unlink()
    except FileNotFoundError:
        return False
    return True


def stuck_for_good(marker):
    """Hang where no exception reaches, and say before that it has come so far."""
    Path(marker).touch()
    hanging.GRACE = 0.1
    return run_job("1", time.sleep, (600.0,), 0.1)


def wait_for_others(folder, others):
    """Block, as a compiler or a training does, until so many others have been here."""
    deadline = time.monotonic() + 120
    while len(list(Path(folder).iterdir())) < others:
        if time.monotonic() > deadline:
            raise TimeoutError("nobody else gets anything done")
        time.sleep(0.01)
    return others


def be_here(folder, number):
    """Say that one more has been here."""
    (Path(folder) / str(number)).touch()
    return number
