"""The table of elites."""
