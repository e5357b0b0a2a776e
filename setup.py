"""Finds the packages: the rooms at the top are subpackages of ``elitemap``."""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOMS = ("archive", "engine", "evaluators", "formulas", "native", "searchspaces", "terminal")
FOUND = find_packages(include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")])


class Build(build_py):
    """Leaves this file out of the root package, in whose folder it lies."""

    def find_package_modules(self, package, package_dir):
        """Package, name and file of every module."""
        found = super().find_package_modules(package, package_dir)
        return [module for module in found if module[1] != "setup"]


setup(
    packages=["elitemap", *(f"elitemap.{package}" for package in FOUND)],
    cmdclass={"build_py": Build},
)
