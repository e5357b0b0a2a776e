"""What the axes of the views may be, and what they are called."""

from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.terminal.browser.axes import map_axes, plot_axes
from elitemap.terminal.numbers import known_as

COLUMNS = [
    ColumnInfo("ops", "objective", 1.0, 9.0, -1),
    ColumnInfo("digits", "objective", 0.5, 7.0, 1),
    ColumnInfo("measure_ops", "measure", 1.0, 9.0),
    ColumnInfo("divisions", "measure", 0.0, 3.0),
]


def test_what_is_an_objective_and_a_measure_is_one_axis():
    for axes, _ in (map_axes(COLUMNS, "", ""), plot_axes(COLUMNS, "", "")):
        assert sorted(known_as(axis.name) for axis in axes) == ["digits", "divisions", "ops"]


def test_no_view_says_how_queries_call_a_measure(visit, quiet, archive, lines):
    async def steps(app, pilot):
        for key in ("1", "2"):
            await pilot.press(key)
            await quiet(pilot)
            for _ in range(5):
                await pilot.press("a")
                await quiet(pilot)
                assert "measure_" not in "\n".join(lines(app))

    visit(archive, steps)
