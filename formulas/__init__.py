"""Exact mathematics of all spaces: expressions, their values in balls, how they are laid out."""
