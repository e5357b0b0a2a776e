"""How searches and elites are shown in a terminal: live view, tables, error lines."""
