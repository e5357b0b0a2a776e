"""What is good to have beside elitemap: packages and programs."""

import shutil
from importlib import metadata
from importlib.util import find_spec
from typing import NamedTuple

from elitemap.terminal.doctor.checks import Check


class Extra(NamedTuple):
    """Packages that one extra installs, and what they are for."""

    name: str
    modules: tuple[str, ...]
    purpose: str


class Tool(NamedTuple):
    """A program that some of the code or some of the tests can use."""

    name: str
    commands: tuple[str, ...]
    purpose: str
    debian: str


EXTRAS = (
    Extra("report", ("jinja2", "vl_convert"), "writes HTML reports"),
    Extra("bench", ("matplotlib", "mpmath", "pyoperon"), "runs the benchmarks"),
)
TOOLS = (
    Tool("clang", ("clang",), "compiles exported C and kernels (CC=clang)", "clang"),
    Tool("C++", ("g++", "clang++"), "takes exported C headers into C++", "g++"),
    Tool("rustc", ("rustc",), "compiles exported Rust", "rustc"),
    Tool("nvcc", ("nvcc",), "compiles exported CUDA", "nvidia-cuda-toolkit"),
    Tool("PARI/GP", ("gp",), "runs exported formulas of fractions", "pari-gp"),
    Tool("Icarus Verilog", ("iverilog",), "runs exported Verilog", "iverilog"),
    Tool("git", ("git",), "tells the revision that a run records", "git"),
)


def extras() -> list[Check]:
    """The packages of the extras."""
    return [_extra(one) for one in EXTRAS]


def _extra(one: Extra) -> Check:
    missing = [name for name in one.modules if find_spec(name) is None]
    if missing:
        cure = f"pip install 'elitemap[{one.name}]'"
        return Check(f"[{one.name}]", "missing", f"{one.purpose}; no {', '.join(missing)}", cure)
    known = metadata.packages_distributions()
    named = (known.get(name, [name])[0] for name in one.modules)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in named)
    return Check(f"[{one.name}]", "ok", versions)


def tools() -> list[Check]:
    """The programs."""
    return [_tool(one) for one in TOOLS]


def _tool(one: Tool) -> Check:
    found = next(filter(None, map(shutil.which, one.commands)), None)
    if found is None:
        return Check(one.name, "missing", one.purpose, f"Debian: apt install {one.debian}")
    return Check(one.name, "ok", found)
