"""Number formats and approximate arithmetic as integer programs on bit patterns."""
