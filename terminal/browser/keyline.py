"""The line of keys at the bottom: as many as there is room for, the most useful ones first.

Textual's own footer has a widget per key and makes them anew whenever the focus moves, which takes
longer than everything else that a key does here.
"""

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Offset
from textual.widget import Widget


class KeyLine(Widget):
    """Keys and what they do; a click on one is as good as the key."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key"}

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom; height: 1; color: $footer-description-foreground;
        background: $footer-background;
        & > .keyline--key { color: $footer-key-foreground; text-style: bold; }
    }
    """

    def on_mount(self) -> None:
        """Follow the keys that work."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> Text:
        """The line."""
        line, style = Text(no_wrap=True), self.get_component_rich_style("keyline--key")
        for _, _, binding in self._places():
            line.append(f" {self._key(binding)}", style)
            line.append(f" {binding.description} ")
        return line

    def on_click(self, event: events.Click) -> None:
        """Do what the key does."""
        offset: Offset | None = event.get_content_offset(self)
        for start, end, binding in self._places():
            if offset is not None and start <= offset.x < end:
                event.stop()
                self.app.simulate_key(binding.key.partition(",")[0])

    def _places(self) -> list[tuple[int, int, Binding]]:
        """Where each key begins and ends."""
        found: list[tuple[int, int, Binding]] = []
        actions: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in actions:
                continue
            start = found[-1][1] if found else 0
            end = start + cell_len(f" {self._key(binding)} {binding.description} ")
            if end <= self.size.width:
                actions.add(binding.action)
                found.append((start, end, binding))
        return found

    def _key(self, binding: Binding) -> str:
        return self.app.get_key_display(binding)
