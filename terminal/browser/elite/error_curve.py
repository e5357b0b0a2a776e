"""Error curves of programs, made in the workshop and drawn."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual import work
from textual.binding import Binding, BindingType

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.engine import protocols
from elitemap.terminal.browser.elite.curve_drawing import NOTHING, Curve
from elitemap.terminal.browser.elite.curve_view import CurveView
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.commands.recorded import all_curves, recorded_task

#: Errors that differ by more than this are compared as logarithms.
_APART = 20.0

#: Shown while the curve is being made.
BUSY = "being computed …"


#: Curves of one program, after its name.
_Named = tuple[str, tuple[protocols.Curve | protocols.Surface, ...]]


def curves_of(dossier: Dossier) -> tuple[protocols.Curve | protocols.Surface, ...]:
    """The curves of a program, how good it is first; none if it has none.

    Raises:
        ElitemapError: If its space is not installed here or the program cannot be followed.
    """
    return all_curves(recorded_task(dossier.run), dossier.elite.program)


class ErrorCurve(CurveView):
    """The curves of at most two programs, one kind at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "other", "Other curve", show=False, tooltip="The next curve", id="curve.next"),
    ]

    def __init__(self, shop: Workshop, *, id: str | None = None) -> None:
        """A view that has its curves made in a workshop."""
        super().__init__(id=id)
        self._shop = shop
        self._shown: tuple[str, ...] | None = None
        self._found: list[_Named] = []
        self._number = 0

    def show(self, *dossiers: Dossier) -> None:
        """Show the curves of other programs; those that are shown already stay."""
        names = tuple(dossier.elite.id for dossier in dossiers)
        if names != self._shown:
            self._shown = names
            self.nothing, self.title, self.curves, self.surfaces = BUSY, "", (), ()
            self._found, self._number = [], 0
            self._make(dossiers)

    @work(exclusive=True, group="curve")
    async def _make(self, dossiers: Sequence[Dossier]) -> None:
        made: list[_Named] = []
        reason = NOTHING
        for dossier in dossiers:
            try:
                found = await self._shop.do(curves_of, dossier)
            except (ElitemapError, ValueError) as error:
                reason = str(error)
                continue
            if found:
                made.append((dossier.elite.id[:SHORT], found))
        self._found = made
        self._draw_all(reason)

    def action_other(self) -> None:
        """Show the next of the curves that the first program has."""
        if self._found:
            self._number = (self._number + 1) % len(self._found[0][1])
            self._draw_all(NOTHING)

    def _draw_all(self, reason: str) -> None:
        """Those of the number that is shown."""
        self.nothing = one_line(reason)
        shown = [(name, own[self._number]) for name, own in self._found if own[self._number :]]
        number, of = self._number + 1, len(self._found[0][1]) if self._found else 0
        self.title = f"{number} of {of}, o for the next" if of > 1 else ""
        self.surfaces = tuple((n, c) for n, c in shown if isinstance(c, protocols.Surface))
        curves = [(n, c) for n, c in shown if isinstance(c, protocols.Curve)]
        if not curves:
            self.curves = ()
            return
        first = curves[0][1]
        self.names = (first.x_name, first.y_name)
        alike = [(name, c) for name, c in curves if (c.x_name, c.y_name) == self.names]
        named = len(alike) > 1
        # Beside a much larger error a small one would be a flat line.
        self.logarithmic = named and _far_apart([c for _, c in alike])
        self.curves = tuple(
            Curve(np.asarray(c.x, float), np.asarray(c.y, float), name if named else "")
            for name, c in alike
        )


def _far_apart(curves: Sequence[protocols.Curve]) -> bool:
    """Whether the largest values differ so much that one axis cannot show both."""
    sizes = [np.nanmax(np.abs(c.y), initial=0.0) for c in curves]
    return bool(min(sizes) > 0 and max(sizes) > _APART * min(sizes))
