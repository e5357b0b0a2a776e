"""Measured searches for continued fractions."""
