"""What the drawing widgets share: their colours, and the last drawing kept as lines."""

from collections.abc import Callable, Hashable

from textual.strip import Strip
from textual.widget import Widget

from elitemap.terminal.browser.drawing.colours import Depth, Palette, depth_of, palette, themed
from elitemap.terminal.browser.drawing.sketch import Sketch


class Sheet:
    """The lines of a widget's drawing, kept until what it was made from changes."""

    def __init__(self, widget: Widget, depth: Depth | None) -> None:
        """Nothing drawn yet.

        Args:
            widget: What is drawn.
            depth: How many colours to use, or None to ask its terminal.
        """
        self._widget, self._depth = widget, depth
        self._palette: Palette | None = None
        self._made_from: Hashable = None
        self._strips: list[Strip] = []

    def line(self, y: int, made_from: Hashable, draw: Callable[[Palette], Sketch]) -> Strip:
        """One line of the drawing.

        Args:
            y: Its number.
            made_from: Everything that the drawing depends on, apart from colours and size.
            draw: Draws it with these colours.
        """
        colours = self._palette = self._palette or self._colours()
        key = (made_from, self._widget.size, colours)
        if not self._strips or key != self._made_from:
            self._strips = draw(colours).strips(colours)
            self._made_from = key
        return self._strips[y] if y < len(self._strips) else Strip.blank(self._widget.size.width)

    def restyled(self) -> None:
        """Ask for the colours anew: finding them for every line takes longer than the lines."""
        self._palette = None

    def _colours(self) -> Palette:
        """The colours of the theme, on the widget's background."""
        app = self._widget.app
        depth = depth_of(app.console, app.no_color) if self._depth is None else self._depth
        base = self._widget.rich_style
        return palette(depth, app.current_theme.dark, base, themed(app.theme_variables))
