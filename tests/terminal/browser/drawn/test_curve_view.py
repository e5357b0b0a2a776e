from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.elite.curve_view import CurveView


def test_a_key_changes_the_axis(show, wave):
    shown = CurveView(wave(), title="exp2", depth=Depth.NONE)

    async def steps(app, pilot):
        assert app.lines()[0] == "exp2" and app.lines()[1] == "↑ error"
        await pilot.press("l")
        await pilot.pause()
        assert shown.logarithmic and app.lines()[1] == "↑ |error|"
        await pilot.press("l")
        await pilot.pause()
        assert app.lines()[1] == "↑ error"

    show(steps, shown)


def test_what_is_assigned_is_shown(show, wave):
    shown = CurveView(depth=Depth.NONE)

    async def steps(app, pilot):
        assert "this space has no curve" in "\n".join(app.lines())
        shown.nothing = "being computed …"
        await pilot.pause()
        assert "being computed …" in "\n".join(app.lines())
        shown.curves = (wave(name="one"), wave(11, name="other"))
        shown.names, shown.title = ("w", "deviation"), "both"
        await pilot.pause()
        text = "\n".join(app.lines())
        assert "both  ⠒⠒ one  ×× other" in text and "↑ deviation" in text and "→ w" in text

    show(steps, shown)
