"""A run that goes on further than it was asked to at first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.records import RunRecord
from elitemap.engine.config import SearchConfig


@dataclass(frozen=True)
class More:
    """How far a run is to go on.

    Attributes:
        seconds: So much longer than it has taken; or None.
        evaluations: So many in all, those that it has done included; or None.
    """

    seconds: float | None = None
    evaluations: int | None = None

    def __post_init__(self) -> None:
        """Check that it is one of both.

        Raises:
            UsageError: If it is not.
        """
        if (self.seconds is None) == (self.evaluations is None):
            got = "none" if self.seconds is None else "both seconds and evaluations"
            raise UsageError(f"expected one budget to go on with, got {got}")


def extended(
    config: SearchConfig, more: More, run: str, elapsed: float, spent: int
) -> SearchConfig:
    """The settings of a run with the budget that it gets.

    Args:
        config: How it has searched.
        more: How far it is to go on.
        run: Its id, for messages.
        elapsed: Seconds that it has taken.
        spent: Evaluations that it has done.

    Raises:
        UsageError: If that is no further than it has been.
    """
    if more.seconds is not None:
        total = elapsed + more.seconds
        return replace(config, seconds=total, evaluations=None, since=elapsed)
    had = spent if config.evaluations is None else config.evaluations
    assert more.evaluations is not None
    if more.evaluations <= had:
        raise UsageError(
            f"expected more evaluations in all than the {had} of run {run}, got {more.evaluations}"
        )
    return replace(config, seconds=None, evaluations=more.evaluations, since=0.0)


def budgets(record: RunRecord) -> list[Mapping[str, Any]]:
    """The budgets that a run had before it was extended, the first one first."""
    known = record.config.get("budgets", [])
    return [one for one in known if isinstance(one, dict)] if isinstance(known, list) else []


def with_budget(record: RunRecord, config: SearchConfig) -> RunRecord:
    """The record of a run that goes on with other settings; it keeps which budgets it had."""
    before = record.config.get("search")
    past = budgets(record)
    if isinstance(before, dict):
        past.append({name: before.get(name) for name in ("seconds", "evaluations", "since")})
    return replace(record, config={**record.config, "search": config.to_json(), "budgets": past})
