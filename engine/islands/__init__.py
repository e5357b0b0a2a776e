"""One island: its state, and an epoch of generations as a function of it."""
