"""What the drawing widgets share: their colours, and the last drawing kept as lines."""

from collections.abc import Callable, Hashable

from textual.strip import Strip
from textual.widget import Widget

from elitemap.terminal.browser.colours import Depth, Palette, depth_of, palette, themed
from elitemap.terminal.browser.sketch import Sketch


class Sheet:
    """The lines of a drawing, kept until what it was made from changes."""

    def __init__(self) -> None:
        """Nothing drawn yet."""
        self._made_from: Hashable = None
        self._strips: list[Strip] = []

    def line(
        self,
        y: int,
        width: int,
        made_from: Hashable,
        colours: Palette,
        draw: Callable[[], Sketch],
    ) -> Strip:
        """One line of the drawing.

        Args:
            y: Its number.
            width: Width of a line beyond the drawing.
            made_from: Everything that the drawing depends on, apart from the palette.
            colours: The palette.
            draw: Draws it.
        """
        key = (made_from, colours)
        if not self._strips or key != self._made_from:
            self._strips = draw().strips(colours)
            self._made_from = key
        return self._strips[y] if y < len(self._strips) else Strip.blank(width)


def palette_of(widget: Widget, depth: Depth | None) -> Palette:
    """The colours for a widget: of its theme, on its background, as many as its terminal has.

    Args:
        widget: A mounted widget.
        depth: How many colours to use, or None to ask the terminal.
    """
    app = widget.app
    if depth is None:
        depth = depth_of(app.console, app.no_color)
    base = widget.rich_style
    return palette(depth, app.current_theme.dark, base, themed(app.theme_variables))
