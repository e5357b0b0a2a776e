import numpy as np

from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.plot.view import ParetoView


def view(cloud=None):
    return ParetoView(cloud, depth=Depth.NONE)


def test_starts_at_the_front_and_tells_it_once(show, plane):
    points = plane()

    async def steps(app, pilot):
        assert app.told == [("highlighted", points.ids[points.front[0]])]
        assert app.lines()[-1].startswith("ops 1, error ")

    show(steps, view(points))


def test_left_and_right_follow_the_front(show, plane):
    points = plane()
    shown = view(points)

    async def steps(app, pilot):
        visited = [shown.cursor]
        for _ in range(len(points.front) + 1):
            await pilot.press("right")
            visited.append(shown.cursor)
        assert visited[: len(points.front)] == points.front.tolist()
        assert visited[-1] == points.front[-1]
        await pilot.press("home", "l", "l", "h")
        assert shown.cursor == points.front[1]
        await pilot.press("end", "enter")
        await pilot.pause()
        last = points.ids[points.front[-1]]
        assert app.told[-2:] == [("highlighted", last), ("chosen", last)]

    show(steps, shown)


def test_up_and_down_reach_every_point(show, plane):
    points = plane(20)
    shown = view(points)

    async def steps(app, pilot):
        await pilot.press("pagedown", "pagedown")
        visited = [shown.cursor]
        for _ in range(len(points) - 1):
            before = points.x[shown.cursor], points.y[shown.cursor]
            await pilot.press("up")
            assert (points.x[shown.cursor], points.y[shown.cursor]) >= before
            visited.append(shown.cursor)
        assert sorted(visited) == list(range(len(points)))
        await pilot.press("k")
        assert shown.cursor == visited[-1]
        await pilot.press("j")
        assert shown.cursor == visited[-2]

    show(steps, shown)


def test_the_mouse_moves_and_chooses(show, plane):
    points = plane()
    shown = view(points)

    async def steps(app, pilot):
        frame, index = shown._frame, int(points.front[2])
        place = (int(frame.columns(points.x[index])), int(frame.rows(points.y[index])))
        await pilot.click(ParetoView, offset=place)
        assert shown.cursor == index
        await pilot.click(ParetoView, offset=place, times=2)
        assert app.told[-1] == ("chosen", points.ids[index])
        told = list(app.told)
        await pilot.click(ParetoView, offset=(2, 22))
        assert app.told == told

    show(steps, shown)


def test_the_pointer_names_a_point_and_moves_nothing(show, plane):
    points = plane()
    shown = view(points)

    async def steps(app, pilot):
        frame, index, told = shown._frame, int(points.front[2]), list(app.told)
        before, cursor = app.lines()[-1], shown.cursor
        place = (int(frame.columns(points.x[index])), int(frame.rows(points.y[index])))
        await pilot.hover(ParetoView, offset=place)
        await pilot.pause()
        assert app.lines()[-1].startswith("↖ ops ") and points.ids[index][:10] in app.lines()[-1]
        assert shown.cursor == cursor and app.told == told
        shown.cloud = plane(30)
        await pilot.pause()
        assert "↖" not in app.lines()[-1]
        shown.cloud = points
        await pilot.hover(ParetoView, offset=(2, 22))
        await pilot.pause()
        assert app.lines()[-1] == before

    show(steps, shown)


def test_live_points_keep_the_cursor_on_its_program(show, plane):
    shown = view()

    async def steps(app, pilot):
        await pilot.press("left", "right", "up", "home", "end", "enter", "pageup")
        assert app.told == [] and "no points to plot" in "\n".join(app.lines())
        shown.cloud = plane(30)
        await pilot.press("right", "right")
        program = shown.cloud.ids[shown.cursor]
        shown.cloud = plane(60)
        await pilot.pause()
        assert shown.cloud.ids[shown.cursor] == program
        assert app.told[-1] == ("highlighted", program)
        shown.cloud = plane(points=())
        await pilot.press("left", "up", "enter")
        assert shown.cursor == 0 and "◆" in "\n".join(app.lines())
        shown.cloud = plane(1)
        await pilot.pause()
        assert shown.cursor == 0 and app.told[-1] == ("highlighted", shown.cloud.ids[0])

    show(steps, shown)


def test_keys_work_before_and_after_the_room_was_too_small(show, plane):
    shown = view(plane())

    async def steps(app, pilot):
        await pilot.resize_terminal(20, 4)
        await pilot.press("up", "right")
        await pilot.resize_terminal(80, 24)
        before = shown.cursor
        await pilot.press("up")
        assert shown.cursor != before or np.argmax(shown.cloud.y) == before

    show(steps, shown)
