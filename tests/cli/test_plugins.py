"""Spaces of other distributions that are broken: named in one line, and done without."""

import json
import sqlite3
import sys
from importlib.metadata import entry_points

import click
import pytest

from elitemap.archive.errors import ElitemapError
from elitemap.engine.tasks import GROUP, TaskSpec, load_task, usable_spaces
from elitemap.terminal.completion.completing import space, target

BROKEN = {
    "import wheels_that_nobody_has": "ModuleNotFoundError: No module named",
    "entry = 1 / 0": "ZeroDivisionError: division by zero",
    "def entry(": "SyntaxError: ",
    "nothing = None": "AttributeError: ",
    "raise RuntimeError('two\\nlines')": "RuntimeError: two",
    "entry = 7": "got int",
}


@pytest.fixture(params=BROKEN, ids=list(BROKEN.values()))
def complaint(request, tmp_path, monkeypatch):
    folder = tmp_path / "site"
    info = folder / "gears-1.5.dist-info"
    info.mkdir(parents=True)
    (folder / "broken_gears.py").write_text(request.param)
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ngears = broken_gears:entry\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gears\nVersion: 1.5\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "broken_gears", raising=False)
    load_task.cache_clear()
    assert entry_points(group=GROUP, name="gears")
    return BROKEN[request.param]


def named(line, complaint):
    return line.count("\n") == 1 and "gears 1.5" in line and complaint in line


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_spaces_are_listed_without_it(run, complaint, options):
    done = run("spaces", *options)
    assert done.code == 0 and named(done.err, complaint)
    assert "elementary" in done.out and "gears" not in done.out
    if options:
        assert "fractions" in [entry["name"] for entry in json.loads(done.out)]


def test_a_command_that_needs_it_says_so_in_one_line(run, complaint):
    done = run("search", "gears", "bits", "--seconds", "1")
    assert done.code == 1 and named(done.err, complaint)
    with pytest.raises(ElitemapError, match="gears"):
        load_task(TaskSpec("gears", "bits"))


def test_other_searches_do_not_ask_for_it(run, complaint):
    done = run("search", "elementary", "nothing like it")
    assert done.code == 2 and "gears" not in done.err


def test_the_shell_completes_without_it(complaint):
    context = click.Context(click.Command("search"))
    context.params["space"] = "gears"
    assert target(context, None, "") == []
    assert "elementary" in [item.value for item in space(context, None, "")]


def test_an_archive_of_it_is_still_read(run, complaint, archive, drawn_here):
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE run SET space = 'gears'")
    db.close()
    assert run("elites", "--limit", "1").code == run("runs").code == 0
    identifier = json.loads(run("elites", "--limit", "1", "--json").out)[0]["id"]
    assert run("show", identifier).code == 0
    assert run("report").code == 0
    for command in (("certify", identifier), ("export", identifier, "--to", "c")):
        done = run(*command)
        assert done.code == 1 and named(done.err, complaint)


def test_what_can_be_used_is_told_from_what_cannot(complaint):
    entries, broken = usable_spaces()
    assert {"elementary", "fractions"} <= {entry.name for entry in entries}
    assert len(broken) == 1 and "gears 1.5" in broken[0]
