"""Update rules of optimizers as programs on parameter tensors."""
