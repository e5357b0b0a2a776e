"""One elite in full, and what can be done with it."""
