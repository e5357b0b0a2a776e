"""What the shell suggests."""
