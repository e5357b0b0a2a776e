"""The network of an encrypted Dask cluster is cut in mid-search, between two network namespaces.

The one is this machine's own, the other one stands for a second machine; a virtual cable joins
them. Certificates are made for the occasion.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.reliability.commands import Row, Unavailable, search, undisturbed, wait
from benchmarks.reliability.searches import check_same, flushed

#: Addresses and names of this process's own, so that several can do this at a time.
_OWN = os.getpid()
HERE, THERE = (f"10.{200 + _OWN // 250 % 50}.{_OWN % 250}.{machine}" for machine in (1, 2))
SPACE, CABLE = f"elitemap-{_OWN}", (f"em{_OWN}a", f"em{_OWN}b")

#: Dask notices a cut after this time, and the scheduler misses a worker after the other.
NOTICED, MISSED = "15s", "10s"

#: A search tries for ten seconds to reach a scheduler, instead of thirty.
HASTY = (
    "from elitemap.engine.running import cluster; cluster.CONNECT = 10;"
    " from elitemap.cli import main; main()"
)

Environment = Mapping[str, str]


def lost_machine(folder: Path, evaluations: int) -> Row:
    """The cable to one of two workers is cut for good; the other one does its epochs again."""
    with _machines() as far, _cluster(folder, [], [[], far]) as (address, environment):
        return _cut("network to 1 of 2 workers cut", folder, evaluations, address, environment)


def lost_cluster(folder: Path, evaluations: int) -> Row:
    """The cable to the scheduler and all workers is cut for good: the search says so.

    What was saved is there, and goes on without a cluster to the same end.
    """
    with _machines() as far, _cluster(folder, far, [far]) as (address, environment):
        return _cut("network to the cluster cut", folder, evaluations, address, environment)


def _cut(fault: str, folder: Path, evaluations: int, address: str, environment: Environment) -> Row:
    calm, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    arguments = search(archive, evaluations, "--cluster", address)
    arguments[arguments.index("-c") + 1] = HASTY
    place = arguments.index("--workers")
    del arguments[place : place + 2]
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    )
    wait(lambda: process.poll() is not None or bool(flushed(archive)))
    late = process.poll() is not None
    _ip("link", "set", CABLE[0], "down")
    _, said = process.communicate(timeout=600)
    assert "internal error" not in said, said
    line = [one for one in said.splitlines() if one.startswith("elitemap: ")][-1:]
    if process.returncode:
        assert process.returncode == 1, said
        resume = [*arguments[: arguments.index("search")], "resume", "--quiet"]
        subprocess.run([*resume, "--archive", str(archive)], check=True, capture_output=True)
    return {
        "fault": f"{fault}{', but too late' if late else ''}",
        "said": line[0] if process.returncode else "nothing",
        "elites the same afterwards": check_same(archive, calm),
    }


@contextmanager
def _machines() -> Iterator[list[str]]:
    """A second machine: what a command begins with to run there.

    Raises:
        Unavailable: If there can be none.
    """
    if find_spec("distributed") is None or not (shutil.which("ip") and shutil.which("openssl")):
        raise Unavailable("Dask, iproute2 and openssl are needed to cut a network")
    if subprocess.run(["ip", "netns", "add", SPACE], capture_output=True).returncode:
        raise Unavailable("only root can make another network")
    far = ["ip", "netns", "exec", SPACE]
    try:
        _ip("link", "add", CABLE[0], "type", "veth", "peer", "name", CABLE[1], "netns", SPACE)
        _ip("addr", "add", f"{HERE}/24", "dev", CABLE[0])
        _ip("link", "set", CABLE[0], "up")
        for words in (f"addr add {THERE}/24 dev {CABLE[1]}", f"link set {CABLE[1]} up"):
            subprocess.run([*far, "ip", *words.split()], check=True)
        subprocess.run([*far, "ip", "link", "set", "lo", "up"], check=True)
        yield far
    finally:
        subprocess.run(["ip", "link", "del", CABLE[0]], capture_output=True)
        subprocess.run(["ip", "netns", "del", SPACE], check=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def _cluster(
    folder: Path, scheduler: list[str], workers: list[list[str]]
) -> Iterator[tuple[str, Environment]]:
    """A scheduler and workers where prefixes of commands say: the address, and what finds keys."""
    environment = {**os.environ, **_encryption(folder)}
    host = THERE if scheduler else HERE
    with socket.socket() as free:
        free.bind(("", 0))
        address = f"tls://{host}:{free.getsockname()[1]}"
    begun: list[subprocess.Popen[bytes]] = []

    def begin(before: list[str], name: str, *options: str) -> None:
        python = [sys.executable, "-m", f"distributed.cli.dask_{name}"]
        own = ["--protocol", "tls", "--host", THERE if before else HERE, "--no-dashboard"]
        with (folder / f"{name}-{len(begun)}.log").open("wb") as log:
            begun.append(
                subprocess.Popen(
                    [*before, *python, *own, *options], env=environment, stdout=log, stderr=log
                )
            )

    try:
        begin(scheduler, "scheduler", "--port", address.rpartition(":")[2])
        for before in workers:
            place = str(folder / f"worker-{len(begun)}")
            begin(before, "worker", address, "--nthreads", "1", "--local-directory", place)
        log = folder / "scheduler-0.log"
        wait(lambda: log.read_text().count("Register worker") == len(workers))
        yield address, environment
    finally:
        for process in reversed(begun):
            process.terminate()
        for process in begun:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _encryption(folder: Path) -> dict[str, str]:
    """What Dask reads from its environment: a key and its certificate, for everybody."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*made, "-subj", "/CN=elitemap", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    found = {
        "COMM__REQUIRE_ENCRYPTION": "true",
        "COMM__TLS__CA_FILE": str(certificate),
        "COMM__TIMEOUTS__TCP": NOTICED,
        "SCHEDULER__WORKER_TTL": MISSED,
    }
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        found[f"COMM__TLS__{who}__CERT"] = str(certificate)
        found[f"COMM__TLS__{who}__KEY"] = str(key)
    return {f"DASK_DISTRIBUTED__{name}": value for name, value in found.items()}


#: All of them.
NETWORKS = (lost_machine, lost_cluster)
