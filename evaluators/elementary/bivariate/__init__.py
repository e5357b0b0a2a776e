"""Fitting, scoring and certifying programs for functions of two real variables."""
