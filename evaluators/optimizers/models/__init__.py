"""Models that JAX differentiates: the process that trains them, and those of the space."""
