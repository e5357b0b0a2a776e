"""Elementary functions of one real variable: expressions, targets and the space."""
