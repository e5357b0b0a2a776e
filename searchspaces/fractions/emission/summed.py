"""The series of an export: read from the certificate again, and tried before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.formulas.expression import Expression
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.emission.dialect import relation_tree
from elitemap.searchspaces.fractions.series.checking import agreement
from elitemap.searchspaces.fractions.series.closed import Closed, closed
from elitemap.searchspaces.fractions.series.series import Series

#: Terms that files add up to compare.
TERMS = 200


@dataclass(frozen=True)
class Summed:
    """A series that is ready to be written.

    Attributes:
        series: The series.
        term: Its terms in closed form.
        left: What it is the sum of, as one tree of parsed constants.
    """

    series: Series
    term: Closed
    left: Expression


def summed(certificate: Mapping[str, Any] | None) -> Summed | None:
    """The series that a certificate tells of; None without one, or if it is none or a false one."""
    found = (certificate or {}).get("series")
    if not isinstance(found, Mapping):
        return None
    try:
        series = Series.from_json(found.get("of"))
        names = [constant(name) for name in series.left.constants]
        term = closed(series)
        if agreement(series) is None:
            return None
    except (ArchiveError, UsageError):  # whatever a stranger's certificate says
        return None
    return Summed(series, term, relation_tree(series.left, names))
