"""The report: what an archive holds as one HTML file that needs no network."""
