"""What of elitemap works on this machine."""
