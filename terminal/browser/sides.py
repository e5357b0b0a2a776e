"""The panes at the sides: in places of their own, or drawers over the view where room is short."""

from textual.widget import Widget

#: Columns from which the elite, and from which the tree as well, have places of their own.
MEDIUM, WIDE = 100, 132

#: Class of a side that is a drawer now, and of one that has a place of its own.
DRAWER, DOCKED = "-drawer", "-docked"


def arrange(side: Widget, width: int, least: int) -> None:
    """Let a side be a drawer on a screen narrower than ``least``, closed when it becomes one."""
    name = DRAWER if width < least else DOCKED
    if not side.has_class(name):
        side.remove_class(DRAWER, DOCKED).add_class(name)
        side.display = name == DOCKED


def close(side: Widget) -> bool:
    """Close a side if it is an open drawer; whether it was."""
    opened = side.has_class(DRAWER) and bool(side.display)
    if opened:
        side.display = False
    return opened
