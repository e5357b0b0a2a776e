"""Error curves of programs, made in the workshop and drawn."""

from collections.abc import Sequence

import numpy as np
from textual import work

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.engine import protocols
from elitemap.terminal.browser.elite.curve_drawing import NOTHING, Curve
from elitemap.terminal.browser.elite.curve_view import CurveView
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.commands.recorded import recorded_task

#: Errors that differ by more than this are compared as logarithms.
_APART = 20.0

#: Shown while the curve is being made.
BUSY = "being computed …"


def curve_of(dossier: Dossier) -> protocols.Curve | protocols.Surface | None:
    """The curve of a program, None if it has none.

    Raises:
        ElitemapError: If its space is not installed here or the program cannot be followed.
    """
    return recorded_task(dossier.run).curve(dossier.elite.program)


class ErrorCurve(CurveView):
    """The curves of at most two programs."""

    def __init__(self, shop: Workshop, *, id: str | None = None) -> None:
        """A view that has its curves made in a workshop."""
        super().__init__(id=id)
        self._shop = shop
        self._shown: tuple[str, ...] | None = None

    def show(self, *dossiers: Dossier) -> None:
        """Show the curves of other programs; those that are shown already stay."""
        names = tuple(dossier.elite.id for dossier in dossiers)
        if names != self._shown:
            self._shown = names
            self.nothing, self.curves, self.surfaces = BUSY, (), ()
            self._make(dossiers)

    @work(exclusive=True, group="curve")
    async def _make(self, dossiers: Sequence[Dossier]) -> None:
        curves: list[tuple[str, protocols.Curve]] = []
        surfaces: list[tuple[str, protocols.Surface]] = []
        reason = NOTHING
        for dossier in dossiers:
            try:
                found = await self._shop.do(curve_of, dossier)
            except (ElitemapError, ValueError) as error:
                reason = str(error)
                continue
            name = dossier.elite.id[:SHORT]
            if isinstance(found, protocols.Surface):
                surfaces.append((name, found))
            elif found is not None:
                curves.append((name, found))
        self._draw_all(curves, reason)
        self.surfaces = tuple(surfaces)

    def _draw_all(self, curves: Sequence[tuple[str, protocols.Curve]], reason: str) -> None:
        self.nothing = one_line(reason)
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
