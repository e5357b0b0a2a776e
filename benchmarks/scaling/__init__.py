"""How searches scale with workers: measured on this machine, simulated for many."""
