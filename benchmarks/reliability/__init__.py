"""What elitemap survives, tried on the real program: ``python -m benchmarks.reliability NAME``."""
