"""Finds the packages: the rooms at the top are subpackages of ``elitemap``."""

from setuptools import find_packages, setup

ROOMS = ("archive", "engine", "evaluators", "formulas", "native", "searchspaces", "terminal")
FOUND = find_packages(include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")])

setup(packages=["elitemap", *(f"elitemap.{package}" for package in FOUND)])
