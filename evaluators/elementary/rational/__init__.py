"""Programs that are quotients of polynomials: their families, best members and constants."""
