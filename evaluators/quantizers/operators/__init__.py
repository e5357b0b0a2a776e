"""What integer operators are worth: errors over all inputs, at a cost in sums and products."""
