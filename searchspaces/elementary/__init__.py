"""Elementary functions of one real variable or two: expressions, targets and the space."""
