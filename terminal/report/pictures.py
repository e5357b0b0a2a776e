"""Charts as pictures, drawn without a browser; in a process of their own while the rest goes on."""

import base64
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import vl_convert

from elitemap.engine.running.executors import WorkerPool
from elitemap.terminal.report.figures import Figure, Spec, alone

#: Pixels per unit of a chart in a PNG.
SCALE = 2.0

#: A number with more digits than pixels have.
_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")

_EXPOSED = "window.vegaEmbed = vegaEmbed;"


class Studio:
    """Draws what a page needs, in another process if it has one."""

    def __init__(self, pool: WorkerPool | None = None) -> None:
        """Begin with the scripts, which take longest.

        Args:
            pool: Where to draw; None draws here when something is asked for.
        """
        self._pool = pool
        self._library = None if pool is None else pool.submit(library)
        self._stills: dict[str, Future[str]] = {}

    def begin(self, figures: Iterable[Figure]) -> None:
        """Start to draw what :meth:`still` will be asked for."""
        if self._pool is None:
            return
        for figure in figures:
            self._stills[figure.id] = self._pool.submit(picture, figure.charts[0].spec)

    def library(self) -> str:
        """The scripts that draw charts in a page."""
        return library() if self._library is None else self._library.result()

    def still(self, figure: Figure) -> str:
        """The first chart as the address of a picture, for readers without scripts."""
        drawn = self._stills.get(figure.id)
        return picture(figure.charts[0].spec) if drawn is None else drawn.result()


@contextmanager
def studio() -> Iterator[Studio]:
    """A studio with a process of its own."""
    pool = WorkerPool(1)
    try:
        yield Studio(pool)
    finally:
        pool.abandon()


def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script; takes seconds."""
    text: str = vl_convert.javascript_bundle(_EXPOSED)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def picture(spec: Spec) -> str:
    """A chart as the address of an SVG on white that holds all of it."""
    encoded = base64.b64encode(svg(spec).encode()).decode("ascii")
    return f"data:image/svg+xml;base64,{encoded}"


def svg(spec: Spec) -> str:
    """A chart as SVG on white, without what nobody sees or hears of a picture."""
    mute = {**alone(spec), "config": {**spec.get("config", {}), "aria": False}}
    drawn: str = vl_convert.vegalite_to_svg(mute, allowed_base_urls=[])
    return _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.2f}", drawn)


def pngs(figure: Figure) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files, with titles, of all charts of a figure."""
    for k, chart in enumerate(figure.charts, 1):
        picture = png(chart.spec, f"{figure.subject}: {chart.label}")
        yield figure.id if k == 1 else f"{figure.id}-{k}", picture


def png(spec: Spec, title: str = "") -> bytes:
    """A chart as PNG on white, with a title."""
    whole = dict(alone(spec, title))
    drawn: bytes = vl_convert.vegalite_to_png(whole, scale=SCALE, allowed_base_urls=[])
    return drawn
