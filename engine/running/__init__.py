"""Jobs on workers: executors, what travels, and how long it may take."""
