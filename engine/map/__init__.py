"""The map of a search: its cells, the elites in them, and who descends from whom."""
