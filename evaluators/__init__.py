"""What a candidate is worth: kernels, error measures, cost models, certificates."""
