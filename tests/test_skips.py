"""``--no-skips``: where every tool is installed, a skipped test is a failure."""

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
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_cases.py").write_text(CASES)
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_thing')")
    command = [sys.executable, "-m", "pytest", "-q", "--continue-on-collection-errors", *options]
    dialects = str(CONFTEST.parent / "dialects")  # what the shared conftest imports
    environment = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": dialects}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, summary in done.stdout) == (code, True), done.stdout + done.stderr
