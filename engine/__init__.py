"""The search loop and what any search needs; it knows no space, evaluator or terminal by name."""
