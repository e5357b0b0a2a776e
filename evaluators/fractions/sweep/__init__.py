"""Whole boxes of fractions, gone through block by block."""
