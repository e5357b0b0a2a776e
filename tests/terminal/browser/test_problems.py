"""Two problems under one target name: named everywhere, drawn one at a time."""

import pytest

from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.tree import ScopeTree

WIDE, NARROW = "exp2 on [-8,8], absolute", "exp2 on [0,1], relative"


@pytest.fixture
def both(tmp_path, fill, make_run, make_elite):
    """Slot 0 holds the same program in both, certified for the narrow domain alone."""

    def asked(domain, error):
        config = {**make_run().config, "words": {"domain": f"on [{domain}]", "error": error}}
        return {"options": {"domain": domain, "error": error}, "config": config}

    guess = make_elite(0, status="candidate", certificate=None, objectives={"ops": 2, "error": 7.0})
    return fill(
        tmp_path / "both.db",
        (make_run("aaaaaaaaaaaa", **asked("-8,8", "absolute")), [guess, make_elite(6)]),
        (make_run("bbbbbbbbbbbb", **asked("0,1", "relative")), [make_elite(k) for k in range(9)]),
    )


def test_the_tree_and_the_breadcrumb_name_problems(visit, quiet, both, lines):
    async def steps(app, pilot):
        tree = app.screen.query_one(ScopeTree)
        (space,) = tree.root.children
        assert [node.label.plain for node in space.children] == [
            "exp2 on […absolute 2 ✓1", "exp2 on […relative 9 ✓3",
        ]  # fmt: skip
        tree.move_cursor(space.children[0])
        tree.action_select_cursor()
        await quiet(pilot)
        assert f"elementary › {WIDE} " in lines(app)[0] and "2 elites" in lines(app)[0]
        assert f"elementary › {WIDE}"[:44] in "\n".join(lines(app)[1:])  # the elite

    visit(both, steps, size=(160, 50), place=Place("elementary"))


@pytest.mark.parametrize(("key", "view"), [("1", "map"), ("2", "plot")])
def test_charts_are_of_one_problem(visit, quiet, both, lines, key, view):
    async def steps(app, pilot):
        await pilot.press(key)
        await quiet(pilot)
        text = "\n".join(lines(app))
        assert f"a {view} is of one problem, and there are 2 here" in text
        assert WIDE in text and NARROW in text
        assert app.screen.views.pane.view.render_line(0) is not None
        tree = app.screen.query_one(ScopeTree)
        (space,) = tree.root.children
        tree.move_cursor(space.children[1])
        tree.action_select_cursor()
        await quiet(pilot)
        assert "is of one problem" not in "\n".join(lines(app))
        assert app.screen.views.pane.remark

    visit(both, steps, size=(160, 50), place=Place("elementary"))


def test_a_row_and_its_pane_are_about_the_same_problem(visit, quiet, both, lines):
    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        table = app.screen.views.table.view
        assert "problem" in lines(app)[2]
        told = {}
        for _ in range(11):
            row, dossier = table.current, app.screen.panel.dossier
            told[row.id, row.problem] = row.status
            assert (dossier.elite.id, dossier.elite.problem.id) == (row.id, row.problem)
            assert dossier.elite.status == row.status
            assert dossier.elite.problem.label in row.cells
            await pilot.press("down")
            await quiet(pilot)
        assert len(told) == 11 and len({id for id, _ in told}) == 9

    visit(both, steps, size=(160, 50), place=Place("elementary"))
