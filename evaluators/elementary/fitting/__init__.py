"""Constants of programs fitted, then polished to the minimax optimum."""
