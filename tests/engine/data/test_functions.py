"""Functions of users' modules: found without being run, known by source, run once."""

import sys

import pytest

from elitemap.archive.errors import ElitemapError
from elitemap.engine.data.functions import find_function

SOURCE = """
from dataclasses import dataclass

with open({trace!r}, "a") as file:
    file.write("run\\n")

@dataclass
class Rule:
    gain: float

def rule(bits):
    return Rule(2.0).gain * bits
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, and a path that stays as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_module_is_run_once_and_only_when_its_function_is_wanted(folder):
    trace = folder / "trace"
    write(folder / "my_rules.py", SOURCE.format(trace=str(trace)))
    content = find_function("my_rules:rule")
    assert not trace.exists() and "my_rules" not in sys.modules
    assert content.load()(3) == 6.0 and find_function("my_rules:rule").load()(4) == 8.0
    assert trace.read_text() == "run\n" and "my_rules" not in sys.modules


def test_source_and_names_are_hashed_and_the_place_is_not(folder):
    write(folder / "rules_a.py", "def f(x): return x\ng = f\n")
    once = find_function("rules_a:f")
    assert find_function("rules_a:g").digest() != once.digest()
    write(folder / "rules_b.py", "def f(x): return x\ng = f\n")
    assert find_function("rules_b:f").digest() != once.digest()
    write(folder / "rules_a.py", "def f(x): return x + 1\ng = f\n")
    changed = find_function("rules_a:f")
    assert changed.digest() != once.digest()
    assert once.load()(1) == 1 and changed.load()(1) == 2
    (folder / "rules_a.py").unlink()
    write(folder / "elsewhere" / "rules_a.py", "def f(x): return x\ng = f\n")
    sys.path.append(str(folder / "elsewhere"))
    moved = find_function("rules_a:f")
    assert moved.digest() == once.digest() and moved.file != once.file


@pytest.mark.parametrize("packages", [True, False], ids=["packages", "plain folders"])
def test_modules_in_packages_are_found_without_running_those(folder, packages):
    if packages:
        for place in ("outer", "outer/inner"):
            write(folder / place / "__init__.py", "raise RuntimeError('imported')")
    write(folder / "outer/inner/rules.py", "import beside\ndef f(x): return beside.two * x\n")
    write(folder / "beside.py", "two = 2\n")
    found = find_function("outer.inner.rules:f")
    assert found.folder == str(folder)
    assert found.load()(3) == 6
    sys.modules.pop("beside")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("my_rules", "as module:name, got 'my_rules'"),
        ("my_rules:", "as module:name"),
        ("os; import evil:f", "as module:name"),
        ("/tmp/my_rules.py:f", "as module:name"),
        ("my_rules:f.g", "as module:name"),
        ("nowhere_at_all:f", "expected a module"),
        ("my_rules.deeper:f", "expected a module"),
        ("math:sqrt", "expected Python source|expected a module"),
        ("my_rules:g", "got nothing of that name"),
        ("my_rules:number", "got int"),
        ("broken:f", "SyntaxError"),
        ("leaving:f", "SystemExit: 3"),
        ("failing:f", "ZeroDivisionError"),
    ],
)
def test_what_names_no_function_is_refused_in_one_line(folder, text, message):
    write(folder / "my_rules.py", "def f(x): return x\nnumber = 3\n")
    write(folder / "broken.py", "def f(:\n")
    write(folder / "leaving.py", "raise SystemExit(3)\n")
    write(folder / "failing.py", "f = 1 / 0\n")
    before = set(sys.modules)
    with pytest.raises(ElitemapError, match=message):
        find_function(text).load()
    assert {name for name in sys.modules if name.startswith(("broken", "leaving"))} <= before
