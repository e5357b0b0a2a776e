"""What is already known of a formula, or explains it."""
