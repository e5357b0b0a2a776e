"""Elites and runs as tables and pages."""
