"""Questions to an archive: filters, orders and Pareto fronts, as SQL."""
