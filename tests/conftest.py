"""What several test folders share: a strategy of valid programs and golden files."""

import fcntl
import gc
import math
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.program import Instruction, Program

CONST = OWN.opcodes["const"]
OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

# A busy machine is no failure. Where CI is set the same examples are drawn every time, so that a
# red run has its cause in the change; elsewhere every run looks at new ones.
settings.register_profile("elitemap", deadline=None, derandomize="CI" in os.environ)
# For a second run of what has just passed, where less is installed: --hypothesis-profile=few
settings.register_profile("few", settings.get_profile("elitemap"), max_examples=10)
settings.load_profile("elitemap")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
#: Numbers for which a dozen operations neither overflow nor become subnormal.
TAME = st.floats(0.125, 8.0) | st.floats(-8.0, -0.125)


@st.composite
def double_doubles(draw: st.DrawFn, leading: st.SearchStrategy[float]) -> tuple[float, float]:
    """(hi, lo) where hi is the float64 nearest to the sum."""
    hi = draw(leading)
    lo = draw(st.just(0.0) | st.floats(-0.24, 0.24).map(lambda share: share * math.ulp(hi)))
    return hi, lo


@st.composite
def valid_programs(
    draw: st.DrawFn,
    names: tuple[str, ...] = tuple(OPCODES),
    most: int = 12,
    numbers: st.SearchStrategy[float] = FINITE,
    inputs: tuple[str, ...] = ("x",),
) -> Program:
    """A valid program of the given primitives; dead instructions occur."""
    instructions = []
    for _ in range(draw(st.integers(0, most))):
        opcode = OPCODES[draw(st.sampled_from(names))]
        known = st.integers(0, len(inputs) + len(instructions) - 1)
        if opcode == CONST:
            instructions.append(Instruction(CONST, (), draw(double_doubles(numbers))))
        else:
            arity = PRIMITIVES[opcode].arity
            operands = tuple(draw(known) for _ in range(arity))
            instructions.append(Instruction(opcode, operands))
    output = len(inputs) + len(instructions) - 1
    return Program(inputs, tuple(instructions), (output,), dialect=OWN)


@pytest.fixture(scope="session")
def programs() -> Callable[..., st.SearchStrategy[Program]]:
    """The strategy of valid programs; arguments as of :func:`valid_programs`."""
    return valid_programs


@pytest.fixture(scope="session")
def tame_numbers() -> st.SearchStrategy[float]:
    """Constants of moderate size."""
    return TAME


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files instead of comparing"
    )
    parser.addoption(
        "--no-skips", action="store_true", help="fail what would be skipped, as .ci/run does"
    )
    parser.addoption("--note-programs", help="note in this file which test files look for programs")
    parser.addoption("--only-noted", help="run only the test files that are noted in this file")


class Programs:
    """Notes test files while something in them looks for a program or starts one.

    What a machine lacks makes no difference to the others.
    """

    def __init__(self, noted: Path) -> None:
        # Open from the start: tests fork processes that give up their rights.
        self.file, self.known = noted.open("ab", buffering=0), set[str]()
        self.here: str | None = None
        which, start = shutil.which, subprocess.Popen.__init__

        def found(*args: Any, **options: Any) -> Any:
            self.note()
            return which(*args, **options)

        def started(*args: Any, **options: Any) -> None:
            self.note()
            start(*args, **options)

        shutil.which, subprocess.Popen.__init__ = found, started  # type: ignore[method-assign]

    def note(self) -> None:
        """Once for each file; processes that test at the same time write to the end."""
        if self.here is not None and self.here not in self.known:
            self.known.add(self.here)
            self.file.write(f"{self.here}\n".encode())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        return (yield from self._within(item.path))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, object, object]:
        return (yield from self._within(collector.path))

    def _within(self, path: Path) -> Generator[None, object, object]:
        before, self.here = self.here, str(path)
        try:
            return (yield)
        finally:
            self.here = before


def pytest_configure(config: pytest.Config) -> None:
    if noted := config.getoption("--note-programs"):
        config.pluginmanager.register(Programs(Path(noted)), "programs")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Under ``--only-noted`` other files are not even imported."""
    noted = config.getoption("--only-noted")
    if not noted or collection_path.is_dir():
        return None
    return True if str(collection_path) not in Path(noted).read_text().splitlines() else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return unskipped(item.config, (yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return unskipped(collector.config, (yield))


def unskipped(config: pytest.Config, report: Report) -> Report:
    """Under ``--no-skips`` a skip is a failure: some tool that a test can use is missing."""
    if config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under --no-skips: {report.longrepr}"
    return report


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: some tests wait, for an app or for a process."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else 4


def pytest_collection_finish() -> None:
    """What is there by now stays: going through it for garbage takes a tenth of the time."""
    gc.collect()
    gc.freeze()


class Clock:
    """A clock that goes on by a fixed step whenever it is asked."""

    def __init__(self, step: float) -> None:
        self.step, self.spent = step, 0.0
        self.begun = time.monotonic()

    def __call__(self) -> float:
        self.spent += self.step
        return self.begun + self.spent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Clock]:
    """``clock(step)`` replaces the monotonic clock, so that limits are tested and not machines."""

    def start(step: float) -> Clock:
        made = Clock(step)
        monkeypatch.setattr(time, "monotonic", made)
        return made

    return start


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """``once(name, make)`` is a folder that ``make`` has filled, once for all processes of a run.

    Nobody may change what is in it.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def share(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = base / name, base / f"{name}.done"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return share


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file, or rewrite the file under ``--update-golden``."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"{path} is missing: run pytest --update-golden and review it"
        assert text == path.read_text(), f"{path} differs: review, then run --update-golden"

    return compare
