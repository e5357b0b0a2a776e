"""Commands as they are called: arguments, options and help texts, nothing else."""
