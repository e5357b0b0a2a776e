"""Searches started and watched inside of the browser."""
