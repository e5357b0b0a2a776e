"""Charts as pictures, drawn without a browser."""

import vl_convert

from elitemap.terminal.report.figures import Figure, Spec, fixed

#: Pixels per unit of a chart in a PNG.
SCALE = 2.0


def svg(spec: Spec) -> str:
    """A chart as SVG on white."""
    return vl_convert.vegalite_to_svg(dict(fixed(spec)), allowed_base_urls=[])


def png(spec: Spec) -> bytes:
    """A chart as PNG on white."""
    return vl_convert.vegalite_to_png(dict(fixed(spec)), scale=SCALE, allowed_base_urls=[])


def names(figure: Figure) -> list[str]:
    """A name for the picture of each of a figure's charts."""
    return [figure.id if k == 0 else f"{figure.id}-{k + 1}" for k in range(len(figure.charts))]
