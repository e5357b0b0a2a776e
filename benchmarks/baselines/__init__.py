"""Baselines computed by ourselves: the best known ways to approximate a function per operation."""
