"""The map of elites."""
