"""Fitting, scoring, polishing and certifying programs for elementary functions."""
