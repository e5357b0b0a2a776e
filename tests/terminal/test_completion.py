"""Completion in real shells: what their functions answer, and the tab key itself."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from elitemap.archive.errors import ElitemapError
from elitemap.archive.querying.where import parse
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.cli import cli
from elitemap.terminal.commands.completion import PLACES, install_script
from elitemap.terminal.completion import completing
from elitemap.terminal.completion.bash import JoiningBash
from elitemap.terminal.completion.conditions import AFTER_NAME, continued

PROGRAM = f"#!/bin/sh\nexec {sys.executable} -c 'from elitemap.cli import main; main()' \"$@\"\n"

#: What makes an interactive shell quiet and load the installed script.
START = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1=; source {script}"),
    "zsh": (["-f", "-i"], "PS1=; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D"),
}


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


def run() -> RunRecord:
    return RunRecord(
        id="5b0e",
        space="elementary",
        target="exp2",
        options={},
        config={"settings": {}},
        seed=1,
        started_at="2026-01-01T00:00:00+00:00",
        finished_at=None,
        status="running",
        version="0.1.0",
        summary={},
    )


def elite(slot: int) -> EliteRecord:
    return EliteRecord(
        slot=slot,
        cell=(slot,),
        program={"n": slot},
        source=f"y = {slot}, \x1b[31m and more",
        quality=1.0,
        objectives={},
        measures={},
        status="certified" if slot == 2 else "candidate",
        certificate={} if slot == 2 else None,
        parent=None,
        operator=None,
    )


ELITES = [elite(slot) for slot in range(3)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the program, a home and an archive."""
    program = tmp_path / "bin" / "elitemap"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    (tmp_path / "home").mkdir()
    with ArchiveWriter.open(tmp_path / "elitemap.db") as writer:
        writer.begin(run())
        writer.flush("5b0e", ELITES, metrics={}, state={})
    return tmp_path


def surroundings(place: Path) -> dict[str, str]:
    moved = {"ELITEMAP_ARCHIVE", *(p.variable for p in PLACES.values())}
    kept = {k: v for k, v in os.environ.items() if k not in moved}
    path = f"{place / 'bin'}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": path, "HOME": str(place / "home"), "TERM": "dumb"}


IDS = [e.id[:12] for e in [ELITES[2], *ELITES[:2]]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("elitemap cert", ["certify"]),
        ("elitemap search e", ["elementary"]),
        ("elitemap search elementary tan", ["tan", "tanh"]),
        ("elitemap search fractions zeta", ["'zeta(2)'", "'zeta(3)'", "'zeta(5)'"]),
        ("elitemap search nowhere ", []),
        ("elitemap resume ", ["5b0e"]),
        ("elitemap elites --run ", ["5b0e"]),
        ("elitemap elites --space fr", ["fractions"]),
        ("elitemap show ", IDS),
        (f"elitemap show {IDS[1][:6]}", IDS[1:2]),
        (f"elitemap certify {IDS[0]} {IDS[2][:6]}", IDS[2:]),
        ("elitemap show x", []),
        ("elitemap show --archive missing.db ", []),
        (f"elitemap export {IDS[0]} --to p", ["python"]),
        ("elitemap export --to p", []),
        ("elitemap completion ", ["bash", "zsh", "fish"]),
        (
            "elitemap search elementary exp2 --set ",
            [
                "domain=",
                "error=",
                "weight=",
                "ops=",
                "max_ops=",
                "bound=",
                "half=",
                "split=",
                "costs=",
                "data=",
                "seed_with=",
                "arithmetic=",
                "cpu=",
                "reduction=",
            ],
        ),
        ("elitemap search elementary exp2 --set d", ["domain=", "data="]),
        # bash takes = for a word of its own, and puts what it is told behind it
        ("elitemap search elementary exp2 --set error = re", ["relative"]),
        (
            "elitemap search elementary exp2 --set error =",
            ["relative", "absolute", "mean", "blend:"],
        ),
        ("elitemap search elementary exp2 --set ops = add,sub,fm", ["add,sub,fma"]),
        ("elitemap search fractions --set mo", ["mode=", "moebius="]),
        ("elitemap search nowhere x --set ", []),
    ],
)
def test_what_is_suggested(
    place: Path, monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    words = line.split(" ")
    monkeypatch.chdir(place)
    monkeypatch.delenv("ELITEMAP_ARCHIVE", raising=False)
    monkeypatch.setenv(completing.ASKED, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    told = JoiningBash(cli, {}, "elitemap", completing.ASKED).complete()
    assert told == "\n".join(f"plain,{value}" for value in expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d", ["digits ="]),
        ("digits >= 7 and di", ["digits >= 7 and digits ="]),
        ("ops <= 8 ", ["ops <= 8 and ", "ops <= 8 or "]),
        ("ops", ["ops ="]),
        ("o", ["ops", "operator"]),
        ("not (o", ["not (ops", "not (operator"]),
        ("status = ", ['status = "one"', 'status = "two"']),
        ("digits >= 7 and status != 'o", ["digits >= 7 and status != 'one'"]),
        ("problem = ", ['problem = "sin"', 'problem = "7a"']),
        ("ops <", ["ops <", "ops <="]),
        ("ops is n", ["ops is null", "ops is not null"]),
        ("nothing >= ", []),
        ("ops ! !", []),
        ("'", []),
    ],
)
def test_how_a_filter_goes_on(text: str, expected: list[str]) -> None:
    columns = {"ops": "1 to 9", "digits": "", "status": "", "operator": ""}
    known = {"status": {"one": "", "two": ""}, "problem": {"sin": "7a", "7a": "sin"}}
    found = continued(text, columns, lambda name: known.get(name, {}), '"')
    told = [value for value in found if value.startswith(text)]
    assert told[: len(expected)] == expected and bool(told) == bool(expected)


def test_whatever_is_offered_can_be_read(place: Path) -> None:
    """Every suggestion, followed until there is none, is a filter as soon as a test is whole."""
    columns = {"ops": "", "status": ""}
    for value in continued("status", columns, lambda name: {}, "'"):
        whole = value if value.endswith("null") else f"{value} 'x'"
        parse(whole)
        assert continued(f"{whole} ", columns, lambda name: {}, "'").keys() == {
            f"{whole} and ",
            f"{whole} or ",
        }


@needs("fish")
def test_fish_is_told_with_help(place: Path) -> None:
    ask = "elitemap completion fish | source; complete -C 'elitemap show ';"
    ask += " complete -C 'elitemap search fractions b'"
    done = subprocess.run(
        ["fish", "-c", ask],
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        timeout=120,
    )
    # None of besseli(0, 2)/besseli(1, 2), which has a comma: click's script cannot take it.
    told = dict(line.split("\t") for line in done.stdout.splitlines())
    assert told == {
        IDS[0]: "exp2 certified: y = 2‚ \\x1b[31m and more",
        IDS[1]: "exp2 candidate: y = 0‚ \\x1b[31m and more",
        IDS[2]: "exp2 candidate: y = 1‚ \\x1b[31m and more",
    }
    assert done.stderr == ""


@needs("fish")
@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "elitemap search elementary exp2 --set err",
            ["error=absolute", "error=blend:", "error=mean", "error=relative"],
        ),
        ("elitemap elites --where \\'status = \"ce", ['status = "certified"']),
        ("elitemap elites --where ta", [f"target {sign}" for sign in AFTER_NAME]),
        ("elitemap elites --where \\'problem = \"e", ['problem = "exp2"']),
    ],
)
def test_fish_completes_settings_and_filters(place: Path, line: str, told: list[str]) -> None:
    ask = f"elitemap completion fish | source; complete -C '{line}'"
    done = subprocess.run(
        ["fish", "-c", ask],
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        timeout=60,
    )
    found = [shown.partition("\t")[0].rstrip() for shown in done.stdout.splitlines()]
    assert (sorted(found), done.stderr) == (sorted(told), "")


def type_until(place: Path, shell: str, script: Path, line: str, wanted: str) -> None:
    """Type a line, tab keys included, into an interactive shell until the terminal shows that."""
    options, start = START[shell]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [shell, *options],
        cwd=place,
        env=surroundings(place),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    start = start.format(script=script, folder=script.parent)
    try:
        os.write(ours, f"{start}; echo rea''dy\n".encode())
        read_until(ours, "ready\r")
        os.write(ours, line.encode())
        read_until(ours, wanted)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, wanted: str) -> None:
    deadline = time.monotonic() + 120
    shown = ""
    while wanted not in shown:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"expected {wanted!r}, the terminal shows {shown!r}"
        shown += os.read(terminal, 4096).decode(errors="replace")


@pytest.mark.parametrize(
    ("shell", "line", "wanted"),
    [
        pytest.param(shell, line, wanted, marks=needs(shell))
        for shell, line, wanted in (
            ("bash", "elitemap sea\telem\tsinh", "search elementary sinh"),
            ("bash", "elitemap search fractions log\t", "'log(2)'"),
            ("bash", "elitemap search fractions 'zeta(2\t", "'zeta(2)'"),
            ("bash", f"elitemap show {IDS[1][:5]}\t", IDS[1]),
            ("bash", "elitemap search elementary exp2 --set err\tr\t", "or=relative"),
            ("bash", "elitemap search elementary exp2 --set do\t0,1", "--set domain=0,1"),
            ("bash", "elitemap elites --where 'stat\t= \"ce\t", 'us = "certified"\''),
            ("zsh", "elitemap search elementary exp2 --set error=r\t", "--set error=relative"),
            ("zsh", "elitemap elites --where 'status = \"ce\t", "certified"),
            ("zsh", "elitemap search fractions log\t", r"log\(2\)"),
            ("zsh", f"elitemap show {IDS[1][:5]}\t", IDS[1]),
        )
    ],
)
def test_the_tab_key_completes(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    line: str,
    wanted: str,
) -> None:
    for name, value in surroundings(place).items():
        monkeypatch.setenv(name, value)
    install_script(cli, shell)
    type_until(place, shell, Path(capsys.readouterr().out.strip()), line, wanted)


@pytest.mark.parametrize("shell", list(PLACES))
def test_installing_twice_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(PLACES[shell].variable, "relative, so no folder")
    install_script(cli, shell)
    (path,) = (p for p in tmp_path.rglob("*") if p.is_file())
    text, told = path.read_text(), capsys.readouterr()
    assert "_ELITEMAP_COMPLETE" in text
    assert told.out == f"{path}\n"
    assert told.err.startswith("elitemap: new shells complete")
    install_script(cli, shell)
    assert path.read_text() == text
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert capsys.readouterr() == told


def test_the_shells_own_variable_moves_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZDOTDIR", str(tmp_path / "z dot"))
    install_script(cli, "zsh")
    told = capsys.readouterr()
    assert told.out == f"{tmp_path}/z dot/.zfunc/_elitemap\n"
    assert f"fpath=('{tmp_path}/z dot/.zfunc' $fpath)" in told.err


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fish").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(ElitemapError, match="cannot write"):
        install_script(cli, "fish")


def test_a_bug_in_a_completer_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        completing.run(click.Context(cli), click.Argument(["run"]), "")
