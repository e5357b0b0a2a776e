"""Limits of fractions to many digits, and what those numbers are."""
