"""``--no-skips``: with every tool installed a skip is a failure; and ``--only-noted``."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"

CASES = """
import pytest

def test_passes():
    pass

def test_skips():
    pytest.skip("no such tool")

@pytest.mark.skipif(True, reason="no such tool")
def test_is_marked():
    pass

@pytest.mark.xfail(strict=True)
def test_fails_as_expected():
    assert False
"""


@pytest.mark.parametrize(
    ("options", "code", "summary"),
    [
        ([], 0, "1 passed, 3 skipped, 1 xfailed"),
        (["--no-skips"], 1, "1 failed, 1 passed, 1 xfailed, 2 errors"),
    ],
)
def test_a_skip_fails_where_it_is_not_allowed(
    tmp_path: Path, options: list[str], code: int, summary: str
) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_thing')")
    done = pytested(tmp_path, *options)
    assert (done.returncode, summary in done.stdout) == (code, True), done.stdout + done.stderr


#: Files whose tests need no program, ask for one, start one, or ask while they are collected.
FILES = {
    "test_alone.py": "def test_alone(): pass",
    "test_asks.py": "import shutil\ndef test_asks(): shutil.which('cc')",
    "test_starts.py": "import subprocess, sys\n"
    "def test_starts(): subprocess.run([sys.executable, '-c', ''])\ndef test_more(): pass",
    "test_collects.py": "import shutil\nHERE = shutil.which('cc')\ndef test_collects(): pass",
}


def test_files_that_look_for_programs_are_noted_and_only_they_pytested(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    noted = tmp_path / "noted"
    first = pytested(tmp_path, f"--note-programs={noted}")
    assert "5 passed" in first.stdout, first.stdout + first.stderr
    found = sorted(Path(line).name for line in noted.read_text().splitlines())
    assert found == ["test_asks.py", "test_collects.py", "test_starts.py"]
    again = pytested(tmp_path, f"--only-noted={noted}")
    assert "4 passed" in again.stdout, again.stdout + again.stderr


def pytested(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder under the shared conftest."""
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    command = [sys.executable, "-m", "pytest", "-q", "--continue-on-collection-errors", *options]
    dialects = str(CONFTEST.parent / "dialects")  # what the shared conftest imports
    environment = {"PATH": "", "HOME": str(folder), "PYTHONPATH": dialects}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
