"""What a user brings to a search: read, checked, hashed, and kept by the hash of its content."""
