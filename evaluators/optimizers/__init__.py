"""What an update rule is worth: models trained by it, with a learning rate of its own."""
