"""Continued fractions: polynomial ones, signed simple ones, and formulas that equate them."""
