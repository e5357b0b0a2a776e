import subprocess
import sys

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser.elite.facts import STATUS_STYLES
from elitemap.terminal.browser.tree import Branch, ScopeTree, branches


def labels(tree):
    found, nodes = [], [tree.root]
    while nodes:
        node = nodes.pop(0)
        found.append(node.label.plain.strip())
        nodes = [*node.children, *nodes]
    return found


def test_branches_count_their_parts(archive):
    with ArchiveReader.open(archive) as reader:
        found = {branch.part: branch.text().plain for branch in branches(reader)}
    assert found == {
        (None, None, None): "all 32 ✓10",
        ("elementary", None, None): "elementary 29 ✓10",
        ("elementary", "14c6dd3c", None): "exp2 24 ✓8",
        ("elementary", "14c6dd3c", "0123456789ab"): "012345 01-02 03:04 24 ✓8",
        ("elementary", "ac62dd87", None): "tanh 5 ✓2",
        ("elementary", "ac62dd87", "ba9876543210"): "ba9876 01-02 03:04 5 ✓2",
        ("knots", None, None): "knots 3",
        ("knots", "8b1cfc4b", None): "slice 3",
        ("knots", "8b1cfc4b", "cccccccccccc"): "cccccc 01-02 03:04 3",
    }


def test_what_is_proved_has_the_colour_of_what_is_proved():
    line = Branch(("a", "b", "c"), "✓9 of 9", 12, 3, "●").text()
    styles = {line.plain[span.start : span.end]: span.style for span in line.spans}
    assert styles == {"12": "dim", " ✓3": STATUS_STYLES["certified"], " ●": "bold"}


def test_choosing_a_part_shows_it(visit, quiet, archive, lines):
    async def steps(app, pilot):
        tree = app.screen.query_one(ScopeTree)
        await pilot.press("left_square_bracket")
        await pilot.pause()
        assert tree.cursor_node.data == ("elementary", "14c6dd3c", None)
        await pilot.press("up", "enter")
        await quiet(pilot)
        assert not tree.display  # the drawer has closed
        assert lines(app)[0].split()[-2:] == ["29", "elites"] and "exp2" not in lines(app)[0]
        await pilot.press("left_square_bracket", "down", "space", "down", "enter")
        await quiet(pilot)
        assert "run 0123456789ab" in lines(app)[0]

    visit(archive, steps)


def test_a_click_chooses_too(visit, quiet, archive, lines):
    async def steps(app, pilot):
        tree = app.screen.query_one(ScopeTree)
        line = next(y for y, text in enumerate(lines(app)) if " tanh" in text)
        await pilot.click(offset=(9, line))
        await quiet(pilot)
        assert "tanh" in lines(app)[0] and tree.display

    visit(archive, steps, size=(160, 50))


def test_new_runs_appear_and_removed_ones_go(visit, quiet, until, archive, make_run, make_elite):
    async def steps(app, pilot):
        tree = app.screen.query_one(ScopeTree)
        with ArchiveWriter.open(archive) as writer:
            writer.begin(make_run("dddddddddddd", target="sin", started_at="2026-02-02T00:00:00"))
            writer.flush("dddddddddddd", [make_elite(0)])
            writer.flush("0123456789ab", [], removed_slots=range(12))
        await until(pilot, lambda: "sin 1 ✓1" in labels(tree))
        assert "exp2 12 ✓4" in labels(tree)
        assert "dddddd 02-02 00:00 1 ✓1 ‖" in labels(tree)  # nobody searches for it

    visit(archive, steps, size=(160, 50))


SEARCH = """
import sys
from pathlib import Path
from elitemap.archive.files.claims import claimed
with claimed(Path(sys.argv[1]), "dddddddddddd"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_search_that_is_killed_is_no_longer_running(visit, until, archive, make_run, make_elite):
    async def steps(app, pilot):
        tree = app.screen.query_one(ScopeTree)
        command = [sys.executable, "-c", SEARCH, str(archive)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout.read(5) == b"held\n"
            with ArchiveWriter.open(archive) as writer:
                writer.begin(make_run("dddddddddddd", started_at="2026-02-02T00:00:00"))
                writer.flush("dddddddddddd", [make_elite(0)])
            await until(pilot, lambda: "dddddd 02-02 00:00 1 ✓1 ●" in labels(tree))
            process.kill()
            await until(pilot, lambda: "dddddd 02-02 00:00 1 ✓1 ‖" in labels(tree))

    visit(archive, steps, size=(160, 50))


def test_hostile_names_are_shown(visit, quiet, tmp_path, fill, make_run, make_elite, lines):
    name = "[b]x\x1b[3m\u202e"
    archive = fill(tmp_path / "[b]a.db", (make_run(target=name), [make_elite(0)]))

    async def steps(app, pilot):
        text = "\n".join(lines(app))
        assert text.count("[b]x\\x1b[3m\\u202e") >= 3  # breadcrumb, tree and elite
        assert "[b]a.db" in lines(app)[0]
        assert "\x1b" not in text and "\u202e" not in text

    from elitemap.terminal.browser.state import Place

    with ArchiveReader.open(archive) as reader:
        (problem,) = reader.problems().values()
    visit(archive, steps, size=(160, 50), place=Place("elementary", problem.id))
