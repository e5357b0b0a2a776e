"""What the fit of a search sees of a table: as many points as its kernel takes."""

import numpy as np

from elitemap.evaluators.elementary.evaluator import Evidence
from elitemap.evaluators.elementary.fitting.fit import MANY_CHECKS, MANY_NODES, Samples
from elitemap.evaluators.elementary.points.table import Floats, Table


def evidence_of(table: Table) -> Evidence:
    """Samples of a table; where the mean square counts, groups of neighbours stand for many points.

    A group's means of x and y are as good as its points for a fit by least squares of what hardly
    bends between neighbours, and all points take part. For the largest error single points count.
    """
    return Evidence(_samples(table, MANY_NODES), _samples(table, MANY_CHECKS), None)


def _samples(table: Table, count: int) -> Samples:
    n, mean = len(table.x), table.error == "mean"
    if n <= count:
        # Points that come twice count half where the mean counts.
        rows = np.arange(count) % n
        times = np.bincount(rows, minlength=n)[rows]
        factor = table.factor[rows] * (np.sqrt(count / n / times) if mean else 1.0)
        return Samples(table.x[rows], table.y[rows], np.zeros(count), factor, mean)
    starts = np.linspace(0, n, count + 1).astype(int)
    if not mean:
        rows = starts[:-1]
        return Samples(table.x[rows], table.y[rows], np.zeros(count), table.factor[rows])
    weight = table.factor**2
    total = np.add.reduceat(weight, starts[:-1])

    def grouped(values: Floats) -> Floats:
        sums: Floats = np.add.reduceat(weight * values, starts[:-1]) / total
        return sums

    return Samples(
        grouped(table.x), grouped(table.y), np.zeros(count), np.sqrt(total * count / n), True
    )
