"""Float32 code judged on every argument of a domain.

A *sweep* compares a function of float32 with the true one at every float32 of a domain. The true
values come from polynomials in float64 with a proved bound (``pieces.py``); where that bound leaves
open how a value rounds, ball arithmetic settles it (``settling.py``).
"""
