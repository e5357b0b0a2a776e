"""Error curves as a widget: one, or two to compare; signed, or their size as logarithms.

Errors over a box are heat maps of their size.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from elitemap.engine.protocols import Surface
from elitemap.terminal.browser.drawing.colours import Depth, Palette
from elitemap.terminal.browser.drawing.sheet import Sheet
from elitemap.terminal.browser.drawing.sketch import Sketch
from elitemap.terminal.browser.elite.curve_drawing import NOTHING, Curve, draw_curves
from elitemap.terminal.browser.elite.surface_drawing import draw_surfaces


class CurveView(Widget, can_focus=True):
    """Shows at most two curves."""

    DEFAULT_CSS = "CurveView { width: 1fr; height: 1fr; background: $background; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "Log", tooltip="Sizes on a logarithmic axis", id="curve.log"),
    ]

    curves: reactive[tuple[Curve, ...]] = reactive((), always_update=True)
    """What is shown: none, one or two."""

    surfaces: reactive[tuple[tuple[str, Surface], ...]] = reactive((), always_update=True)
    """What is shown instead, by name, where there are two variables."""

    title: reactive[str] = reactive("")
    """First line."""

    names: reactive[tuple[str, str]] = reactive(("x", "error"))
    """Of the axis to the right and the one upwards."""

    logarithmic: reactive[bool] = reactive(False)
    """Whether sizes are drawn on a logarithmic axis, and not signed values on a linear one."""

    nothing: reactive[str] = reactive(NOTHING)
    """Told where there is no curve."""

    def __init__(
        self,
        *curves: Curve,
        title: str = "",
        names: tuple[str, str] = ("x", "error"),
        logarithmic: bool = False,
        depth: Depth | None = None,
        id: str | None = None,
    ) -> None:
        """A view of curves.

        Args:
            *curves: At most two.
            title: First line.
            names: Of the axis to the right and the one upwards.
            logarithmic: Start with a logarithmic axis.
            depth: How many colours to use; None asks the terminal.
            id: Of the widget.
        """
        super().__init__(id=id)
        self._sheet = Sheet(self, depth)
        self.set_reactive(CurveView.curves, curves)
        self.set_reactive(CurveView.title, title)
        self.set_reactive(CurveView.names, names)
        self.set_reactive(CurveView.logarithmic, logarithmic)

    def notify_style_update(self) -> None:
        """Take the colours of the theme."""
        super().notify_style_update()
        self._sheet.restyled()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        shown = (self.curves, self.surfaces)
        made_from = (*shown, self.title, self.names, self.logarithmic, self.nothing)
        return self._sheet.line(y, made_from, self._draw)

    def action_log(self) -> None:
        """Change between signed values and sizes as logarithms."""
        self.logarithmic = not self.logarithmic

    def _draw(self, colours: Palette) -> Sketch:
        if self.surfaces:
            return draw_surfaces(self.surfaces, self.size, colours, self.logarithmic)
        return draw_curves(
            self.curves, self.size, self.title, self.names, self.logarithmic, self.nothing
        )
