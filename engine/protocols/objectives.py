"""What elites are worth, as evaluators and tasks declare it."""

from elitemap.archive.objectives import Form, Objective, Vouched, directions, steering

__all__ = ["Form", "Objective", "Vouched", "directions", "steering"]
