"""Formats that have a way of their own to their bytes, which no layout's encoder makes."""
