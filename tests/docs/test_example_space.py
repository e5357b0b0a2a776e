"""The example of docs/guides/add-a-space.md passes the conformance suite as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guides" / "add-a-space.md"


@pytest.mark.slow
def test_the_example_conforms(tmp_path):
    (module,) = re.findall(r"^```python\n# gears.py\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    (tmp_path / "gears.py").write_text(module)
    info = tmp_path / "gears-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[elitemap.tasks]\ngears = gears:entry\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gears\nVersion: 1.0\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(ROOT / "tests" / "conformance"), "-k", "gears"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 15
