"""What every space needs below its own code: rows of arrays."""
