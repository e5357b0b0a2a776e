"""The browser: a terminal UI on the same queries as the command line. Only it imports Textual."""
