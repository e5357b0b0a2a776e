"""The documents: commands that run, links that lead somewhere, words that match the code."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from elitemap.archive.errors import ExitCode
from elitemap.cli import cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: The README's budgets, and what they are here: counted, so that a busy machine finds the same.
SHORTER = {
    "'zeta(3)' --seconds 60": "'zeta(3)' --evaluations 300000 --seed 1",
    "--seconds 60": "--evaluations 5000000 --seed 1",
    "seconds = 120": "evaluations = 200000",
    "--evaluations 2000000": "--evaluations 20000",
}


#: Lines of the README's command blocks that are not run here, and why.
NOT_RUN = {
    "make demo": "takes two minutes; its steps are tested one by one",
    "make test": "runs this",
    "python3 -m venv .venv": "installs",
    ".venv/bin/pip install .": "installs",
    ". .venv/bin/activate": "installs",
    "elitemap --help": "tests/cli/test_help.py runs it",
    "elitemap browse": "interactive; tests/terminal/browser visits it",
    "elitemap search quantizers weights --set data=layer.npz --set bits=4.5": "wants weights; "
    "docs/tutorials/quantizers.md runs it",
    "elitemap bench": "the same",
    "elitemap merge laptop.db cluster.db --archive all.db": "wants archives of two machines; "
    "docs/guides/archives.md merges its own",
    "elitemap search elementary exp2 --set arithmetic=float32 --set 'bound=max_ulp<=1'": "proofs "
    "take a minute; docs/tutorials/float32.md runs it on a smaller domain",
    "elitemap bench --plot exp2.svg": "the same; tests/terminal/report/test_benches.py draws",
    "elitemap search optimizers digits-mlp --evaluations 2000 --seed 1": "takes minutes; "
    "docs/tutorials/optimizers.md runs a smaller one",
    "elitemap allocate --bits 4.25 -o plan.json": "the same",
    "elitemap resume --evaluations 3000000": "takes minutes; tests/engine extends small runs",
}

#: Questions that have no answer when the budgets are so small, or when everything went well.
MAY_FIND_NOTHING = {
    "elitemap certify --front",
    "elitemap search fractions 'zeta(3)' --seconds 60",
    "elitemap elites --space fractions --where \"label = 'unexplained'\"",
    "elitemap families",
}


def blocks(language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(README) if kind == language]


def commands() -> list[str]:
    return [line for line in lines() if line not in NOT_RUN]


def lines() -> list[str]:
    """The lines of the README's command blocks without the remarks beside them."""
    return [line.split("  #")[0].strip() for line in "".join(blocks("sh")).splitlines()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text()
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not link.startswith("http"):
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_readme_shows_every_command(name: str) -> None:
    assert any(line.split()[:2] == ["elitemap", name] for line in lines())


def test_what_is_not_run_is_in_the_readme() -> None:
    assert set(NOT_RUN) | MAY_FIND_NOTHING <= set(lines())
    assert all(line.startswith("elitemap ") for line in commands())


@pytest.mark.parametrize("line", commands())
def test_every_option_of_the_readme_exists(line: str) -> None:
    words = shlex.split(line)
    known = {o for p in cli.commands[words[1]].params for o in p.opts}
    assert {w for w in words if w.startswith("-") and not w[1:2].isdigit()} - {"-digits"} <= known


def test_the_readme_lists_every_exit_code() -> None:
    table = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert table == [str(int(code)) for code in ExitCode]


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_order(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for toml in blocks("toml"):
        name = toml.splitlines()[0].removeprefix("# ")
        (tmp_path / name).write_text(shorter(toml))
    for line in commands():
        if " ID" in line:
            line = line.replace(" ID", f" {some_id(tmp_path, path)}")
        done = bash(shorter(line), tmp_path, path)
        assert done.returncode == 0, (line, done)
        assert done.stdout or line in MAY_FIND_NOTHING, line
    assert (tmp_path / "out").is_dir()


def shorter(text: str) -> str:
    for long, short in SHORTER.items():
        text = text.replace(long, short)
    return text


def some_id(folder: Path, path: str) -> str:
    query = "elitemap elites --where 'digits > 0 and ops >= 3' --limit 1 --csv"
    return bash(query, folder, path).stdout.splitlines()[1].split(",")[0]


def bash(line: str, folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ELITEMAP_")}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
