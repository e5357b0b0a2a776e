"""Models that come with the space; sizes are arguments."""
