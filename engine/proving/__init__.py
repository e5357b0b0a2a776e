"""Certificates: made for elites, in the time there is, and proved again."""
