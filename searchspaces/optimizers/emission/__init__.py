"""Update rules as code: NumPy, optax, PyTorch, C and LaTeX."""
