"""What is shown where a terminal is too small for the browser, until it has grown."""

from rich.text import Text
from textual.geometry import Size
from textual.screen import Screen

#: Columns and rows that the browser needs.
LEAST = Size(60, 16)


def fits(size: Size) -> bool:
    """Whether the browser has room."""
    return size.width >= LEAST.width and size.height >= LEAST.height


class TooSmall(Screen[None]):
    """One sentence: what is needed and what there is."""

    DEFAULT_CSS = "TooSmall { content-align: center middle; text-align: center; }"

    def render(self) -> Text:
        """The sentence."""
        size = self.app.size
        return Text(
            f"terminal too small: needs {LEAST.width}x{LEAST.height},"
            f" has {size.width}x{size.height}"
        )
