"""What an expert would write down before any search: tabulated, or computed for the target."""
