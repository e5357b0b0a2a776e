"""Functions of 8 to 16 bits in float32, beside libraries and polynomials of others."""
