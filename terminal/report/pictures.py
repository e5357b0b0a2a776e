"""Charts as pictures, drawn without a browser."""

from collections.abc import Iterator

import vl_convert

from elitemap.terminal.report.figures import Figure, Spec, alone

#: Pixels per unit of a chart in a PNG.
SCALE = 2.0


def svg(spec: Spec) -> str:
    """A chart as SVG on white."""
    return vl_convert.vegalite_to_svg(dict(alone(spec)), allowed_base_urls=[])


def pngs(figure: Figure) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files, with titles, of all charts of a figure."""
    for k, chart in enumerate(figure.charts, 1):
        spec = dict(alone(chart.spec, f"{figure.subject}: {chart.label}"))
        picture = vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
        yield figure.id if k == 1 else f"{figure.id}-{k}", picture
