"""Benchmarks of the search for update rules."""
