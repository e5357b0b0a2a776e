"""Where elites live: the map in memory, the SQLite store and its queries."""
