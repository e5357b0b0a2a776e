"""Where the cells of a map are on the screen: sizes, blocks, what is in view, what was hit."""

from dataclasses import dataclass

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.terminal.browser.map.heatmap import best_cell, ticks

#: Columns and rows of the screen that a cell takes.
LEAST_ACROSS, MOST_ACROSS, MOST_UP = 2, 14, 6

#: A map of more screens than this, in either direction, is shown in blocks instead of scrolled.
SCREENS = 3

#: Least room in which a map is drawn, and rows of text round it: legend, ticks, axis, cursor.
LEAST_WIDTH, LEAST_HEIGHT = 16, 6
ABOVE, BELOW = 1, 3


@dataclass(frozen=True)
class Window:
    """What is in view along one axis.

    Attributes:
        cells: Cells of the map along the axis.
        step: Cells per block.
        size: Columns or rows of the screen per block.
        first: First block in view.
        shown: Number of blocks in view.
    """

    cells: int
    step: int
    size: int
    first: int
    shown: int

    @property
    def blocks(self) -> int:
        """Number of blocks along the axis."""
        return -(-self.cells // self.step)

    def members(self, block: int) -> range:
        """The cells of a block."""
        return range(block * self.step, min((block + 1) * self.step, self.cells))

    def moved(self, cell: int, steps: int) -> int:
        """The block that is so many steps from the one with the cell, within the map."""
        return min(max(cell // self.step + steps, 0), self.blocks - 1)


@dataclass(frozen=True)
class Layout:
    """Where a map is on the screen.

    Attributes:
        width: Columns of the whole drawing.
        height: Rows of the whole drawing.
        left: First column of the cells, right of the labels.
        across: What is in view along x.
        up: What is in view along y; the first block is the lowest.
    """

    width: int
    height: int
    left: int
    across: Window
    up: Window

    @property
    def bottom(self) -> int:
        """The row below the cells."""
        return ABOVE + self.up.shown * self.up.size

    def hit(self, x: int, y: int) -> tuple[int, int] | None:
        """The block (x, y) at a column and row of the screen, None beside the map."""
        column = (x - self.left) // self.across.size
        row = (self.bottom - 1 - y) // self.up.size
        if not (0 <= column < self.across.shown and 0 <= row < self.up.shown):
            return None
        return self.across.first + column, self.up.first + row


def arrange(
    heatmap: Heatmap,
    size: tuple[int, int],
    cursor: tuple[int, int],
    zoomed: bool = False,
    before: Layout | None = None,
) -> Layout | None:
    """Find the places of the cells.

    Args:
        heatmap: The map.
        size: Columns and rows of the room.
        cursor: The cell (x, y) that must be in view.
        zoomed: Show single cells, however many there are.
        before: The layout before; what it has in view stays in view as far as possible.

    Returns:
        The layout; None if the map has no cells or the room is too small.
    """
    width, height = size
    if not heatmap.columns or not heatmap.rows or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return None
    left = min(max(len(text) for text in ticks(heatmap.y_edges)) + 1, width // 3)
    across = _window(
        heatmap.columns,
        width - left,
        (LEAST_ACROSS, MOST_ACROSS),
        cursor[0],
        zoomed,
        None if before is None else before.across,
    )
    up = _window(
        heatmap.rows,
        height - ABOVE - BELOW,
        (1, MOST_UP),
        cursor[1],
        zoomed,
        None if before is None else before.up,
    )
    return Layout(width, height, left, across, up)


def chosen(heatmap: Heatmap, layout: Layout, block: tuple[int, int]) -> tuple[int, int]:
    """The cell (x, y) that stands for a block: that of its best elite."""
    return best_cell(heatmap, layout.across.members(block[0]), layout.up.members(block[1]))


def _window(
    cells: int,
    room: int,
    sizes: tuple[int, int],
    cursor: int,
    zoomed: bool,
    before: Window | None,
) -> Window:
    """What is in view along an axis with room for so many columns or rows."""
    least, most = sizes
    fit = max(1, room // least)
    step = -(-cells // fit) if cells > SCREENS * fit and not zoomed else 1
    blocks = -(-cells // step)
    shown = min(blocks, fit)
    size = min(max(least, room // blocks), most)
    first = before.first if before is not None and before.step == step else 0
    place = min(max(cursor, 0), cells - 1) // step
    first = min(max(first, place - shown + 1), place)
    return Window(cells, step, size, min(max(first, 0), blocks - shown), shown)
