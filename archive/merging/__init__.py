"""Joining archives: what several machines, or several copies, have found becomes one archive."""
