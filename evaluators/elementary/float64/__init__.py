"""What the float64 evaluation of a program does: proofs that it is finite, mends, rounding."""
