"""The plot of elites and their Pareto front."""
