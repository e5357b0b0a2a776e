"""What is shipped: every package, nothing else."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BESIDE = {"tests", "benchmarks", "docs", "examples", "build", "dist"}


def source_folders() -> list[Path]:
    """Folders of the import package, the root first."""
    below = [p.parent for p in ROOT.glob("*/**/__init__.py")]
    return [ROOT, *(p for p in below if not hidden_or_beside(p.relative_to(ROOT)))]


def shipped_files(folder: Path) -> list[Path]:
    """Modules of one package, and its C kernels, which are compiled on the user's machine."""
    modules = [path for path in folder.glob("*.py") if path.name != "setup.py"]
    return [*modules, *folder.glob("kernel/*.[ch]")]


def hidden_or_beside(path: Path) -> bool:
    return path.parts[0] in BESIDE or any(part.startswith(".") for part in path.parts)


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {p.parent for p in ROOT.glob("*/**/*.py")}
    ours = {f for f in folders if not hidden_or_beside(f.relative_to(ROOT))}
    assert ours <= set(source_folders())


def test_only_the_command_line_lies_in_the_root() -> None:
    assert sorted(p.name for p in ROOT.glob("*.py")) == ["__init__.py", "cli.py", "setup.py"]


def test_constraints_pin_every_direct_dependency() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower() for line in lines if "==" in line}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["test"]]
    wanted += PROJECT["dependency-groups"]["lint"]
    wanted += PROJECT["project"]["optional-dependencies"]["bench"]
    assert {w.split(">=")[0].lower() for w in wanted} <= pinned


def test_every_dependency_is_imported_somewhere() -> None:
    text = "".join(m.read_text() for f in source_folders() for m in f.glob("*.py"))
    modules = {"python-flint": "flint", "sqlite-utils": "sqlite_utils"}
    for requirement in PROJECT["project"]["dependencies"]:
        name = requirement.split(">=")[0]
        assert re.search(rf"^\s*(import|from) {modules.get(name, name)}\b", text, re.MULTILINE), (
            name
        )


@pytest.mark.slow
def test_the_wheel_holds_the_package_only(tmp_path: Path) -> None:
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in", "py.typed"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    for folder in source_folders():
        target = copy / folder.relative_to(ROOT)
        target.mkdir(parents=True, exist_ok=True)
        for file in shipped_files(folder):
            copied = copy / file.relative_to(ROOT)
            copied.parent.mkdir(exist_ok=True)
            copied.write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*command, str(copy)], check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    outside = [n for n in names if not n.startswith(("elitemap/", "elitemap-"))]
    assert not outside
    wanted = {str(m.relative_to(ROOT)) for f in source_folders() for m in shipped_files(f)}
    shipped = {n.removeprefix("elitemap/") for n in names if n.startswith("elitemap/")}
    assert shipped == wanted | {"py.typed"}
