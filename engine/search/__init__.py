"""The coordinator of a search: islands or an enumeration, from its first record to its last."""
