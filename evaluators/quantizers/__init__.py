"""What integer programs on bit patterns are worth: errors over all operands, at a cost."""
