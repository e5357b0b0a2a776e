"""The live view of a running search."""
