"""elitemap discovers small programs and keeps the best of every kind."""

from importlib.metadata import version

__version__ = version("elitemap")
