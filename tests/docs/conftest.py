"""Pages with commands, read and run as a reader would: in order, in one shell, in one folder.

A block ``console`` holds lines ``$ command`` (``> `` continues one), each perhaps followed by what
it prints: stdout and stderr together. ``...`` stands for anything, on a line of its own for any
lines; ids match any ids, and one blank any blanks. After ``<!-- numbers vary -->`` any number
matches any other; after ``<!-- one machine's output -->`` anything does, because what a search
finds may differ where arithmetic does. A command must exit with 0 unless ``echo $?`` is next.

A page with ``<!-- in a checkout -->`` starts in a copy of the sources, which is what its commands
import. Other blocks whose first line is a comment with a file name are saved under that name. A
block after ``<!-- not run: reason -->`` is left alone. After
``<!-- goes on from folder/page.md -->`` the files of that page are there too.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(
    r"(?:^<!-- (?P<remark>[^\n]*) -->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
BEFORE = re.compile(r"^<!-- goes on from (\S+) -->$", re.MULTILINE)
FILE = re.compile(r"^(?:#|//|/\*|--|\\\\|%)\s*([\w./-]+\.\w+)(?:\s*\*/)?$")
END = re.compile(r"\x1e(\d+) (\d+)\n")
BESIDE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "*.db*", "docs", "benchmarks")
VARY, EXAMPLE, SKIP = "numbers vary", "one machine's output", "not run: "
SPECIAL = {
    "number": r"[+-]?(?:\d[\d,]*)(?:\.\d+)?(?:[eE][+-]?\d+)?[kMG]?",
    "id": r"\b[0-9a-f]{10,64}\b",
    "rest": r"\.\.\.",
    "blank": r"[ \t]+",
}


@dataclass(frozen=True)
class Step:
    """A command of a page.

    Attributes:
        command: As bash takes it; perhaps several lines.
        shown: What the page says that it prints; empty if it says nothing.
        start: Place of ``shown`` in the page.
        remark: What stands before the block.
        may_fail: Whether any exit code will do.
    """

    command: str
    shown: str = ""
    start: int = 0
    remark: str = ""
    may_fail: bool = False


@dataclass(frozen=True)
class Page:
    """What a page asks its reader to do, the blocks left out with the reasons, and where."""

    steps: tuple[Step, ...]
    skipped: tuple[tuple[str, str], ...]
    checkout: bool


def parse(text: str) -> Page:
    """The steps of a page; files to save become commands too."""
    steps: list[Step] = []
    for before in BEFORE.findall(text):
        earlier = parse((ROOT / "docs" / before).read_text()).steps
        steps += [step for step in earlier if step.command.endswith("END_OF_FILE")]
    skipped: list[tuple[str, str]] = []
    for block in FENCE.finditer(text):
        remark, body = block["remark"] or "", block["body"]
        if remark.startswith(SKIP):
            skipped.append((remark.removeprefix(SKIP), body))
        elif block["kind"] == "console":
            steps += console(body, block.start("body"), remark)
        elif name := FILE.match(body.split("\n")[0]):
            path = name[1]
            save = f"mkdir -p $(dirname {path}) && cat > {path} <<'END_OF_FILE'\n{body}END_OF_FILE"
            steps.append(Step(save))
    return Page(tuple(steps), tuple(skipped), "<!-- in a checkout -->" in text)


def console(body: str, start: int, remark: str) -> list[Step]:
    """The commands of one block and what they print."""
    steps: list[Step] = []
    for line in body.splitlines(keepends=True):
        start += len(line)
        if line.startswith("$ "):
            if steps and line == "$ echo $?\n":
                steps[-1] = Step(**{**vars(steps[-1]), "may_fail": True})
            steps.append(Step(line[2:-1], "", start, remark))
        elif line.startswith("> ") and not steps[-1].shown:
            last = steps[-1]
            steps[-1] = Step(f"{last.command}\n{line[2:-1]}", "", start, remark)
        else:
            last = steps[-1]
            steps[-1] = Step(last.command, last.shown + line, last.start, remark)
    return steps


def pattern(shown: str, vary: bool) -> str:
    """What the page shows as a regular expression for what is printed."""
    kinds = {k: v for k, v in SPECIAL.items() if vary or k != "number"}
    token = re.compile("|".join(f"(?P<{k}>{v})" for k, v in reversed(kinds.items())))
    become = {**SPECIAL, "rest": ".*?", "blank": "[ \t]+"}
    lines = []
    for line in shown.splitlines():
        if line.strip() == "...":
            lines.append(r"(?:.*\n)*?")
            continue
        line, last, parts = line.strip(), 0, []
        for found in token.finditer(line):
            parts += [re.escape(line[last : found.start()]), become[str(found.lastgroup)]]
            last = found.end()
        lines.append(rf"[ \t]*{''.join(parts)}{re.escape(line[last:])}[ \t]*\n")
    return "".join(lines)


def matches(step: Step, printed: str) -> bool:
    """Whether a command printed what the page shows."""
    if not step.shown:
        return True
    if step.remark == EXAMPLE:
        return bool(printed)
    printed = printed if printed.endswith("\n") else f"{printed}\n"
    return re.fullmatch(pattern(step.shown, step.remark == VARY), printed) is not None


def perform(page: Page, folder: Path, seconds: float) -> list[tuple[int, str]]:
    """Run the steps in one shell; exit code and output of each that came to its end."""
    home = folder / ".home"
    home.mkdir()
    script = folder / ".home" / "page.sh"
    end = "_code=$?; printf '\\x1e%d %d\\n' {} $_code; (exit $_code)"
    script.write_text("".join(f"{s.command}\n{end.format(n)}\n" for n, s in enumerate(page.steps)))
    environment = surroundings(home)
    if page.checkout:
        environment["PYTHONPATH"] = str(folder)
        folder = shutil.copytree(ROOT, folder / "elitemap", ignore=BESIDE)
    done = subprocess.run(
        ["bash", str(script)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
    )
    pieces = END.split(done.stdout)
    assert pieces[-1] == "" or len(pieces) == 1 + 3 * len(page.steps), done.stdout
    return [(int(pieces[k + 1]), pieces[k - 1]) for k in range(1, len(pieces) - 2, 3)]


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a reader who has just installed elitemap; compiled kernels are shared."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ELITEMAP_", "XDG_"))}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "ELITEMAP_CACHE": os.environ.get("ELITEMAP_CACHE") or f"{cache}/elitemap",
        "COLUMNS": "100",
        "TERM": "dumb",
    }


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    return parse


@pytest.fixture(scope="session")
def run_page() -> Callable[[Page, Path, float], list[tuple[int, str]]]:
    return perform


@pytest.fixture(scope="session")
def agrees() -> Callable[[Step, str], bool]:
    return matches
