"""Elites beside optimizers that people use, all tuned with the same effort."""
