"""The range reductions that searches know, by what they do to the argument."""
