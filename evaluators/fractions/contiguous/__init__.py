"""Fractions that a change of gauge takes into each other."""
