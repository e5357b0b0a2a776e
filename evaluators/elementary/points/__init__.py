"""Targets that are tables of points: fits to some of them, confirmed on the others."""
