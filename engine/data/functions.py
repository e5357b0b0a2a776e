"""Functions of a user's modules: found by name, known by the source of the module, and run.

The hash covers the module's source, the module's name and the function's name. It does not cover
what the module imports, files that it reads, or versions of Python and of packages: who changes
those must say so in the source or start a new search.

A module is run from the source that was hashed, and not imported: so every worker runs the same,
whatever lies on its own path. Packages above it are not imported for it.
"""

import hashlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from elitemap.archive.errors import UsageError

#: The file of a package.
_PACKAGE = "__init__.py"


@dataclass(frozen=True)
class FunctionContent:
    """The source of a module, and which of its functions is meant.

    Attributes:
        module: Its dotted name.
        name: Of the function.
        source: The file's bytes.
        file: Where it was found, for tracebacks; no part of the hash.
        folder: From where the module is imported; likewise.
    """

    module: str
    name: str
    source: bytes
    file: str
    folder: str

    def digest(self) -> str:
        """SHA-256 of names and source."""
        head = f"function\n{self.module}:{self.name}\n".encode()
        return hashlib.sha256(head + self.source).hexdigest()

    def load(self) -> Callable[..., Any]:
        """The function; its module runs once in a process.

        Raises:
            UsageError: If the module cannot be run or has no such function.
        """
        return _run(self)


def find_function(text: str) -> FunctionContent:
    """Read the source of the module that ``module:name`` names, without running it.

    Modules are looked for as ``import`` does, then in the current folder.

    Raises:
        UsageError: If the text names no function, or no module with Python source is found.
    """
    module, colon, name = text.partition(":")
    parts = module.split(".")
    if not colon or not all(part.isidentifier() for part in (*parts, name)):
        raise UsageError(f"expected a function as module:name, got {text[:80]!r}")
    folder, file = _find(parts, text)
    try:
        source = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {str(file)!r}: {error.strerror}") from None
    return FunctionContent(module, name, source, str(file), str(folder))


def _find(parts: Sequence[str], text: str) -> tuple[Path, Path]:
    """The folder from where a module is imported, and its file."""
    origin, folders = _top(parts[0])
    for part in parts[1:]:
        origin, folders = _below(folders, part)
    if origin is None and not folders:
        raise UsageError(f"expected a module for {text!r}, got none: check its name and its folder")
    if origin is None or origin.suffix != ".py":
        raise UsageError(f"expected Python source for {text!r}, got a module without: name another")
    file = origin.absolute()
    return file.parents[len(parts) if origin.name == _PACKAGE else len(parts) - 1], file


def _top(name: str) -> tuple[Path | None, list[Path]]:
    """The file of a module that is in no package, and where those are that are in it."""
    importlib.invalidate_caches()  # it may have been written just now
    for finder in sys.meta_path:
        if found := finder.find_spec(name, None):
            break
    else:
        found = PathFinder.find_spec(name, [os.getcwd()])
    if found is None:
        return None, []
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    return Path(found.origin) if found.origin else None, folders


def _below(folders: Sequence[Path], name: str) -> tuple[Path | None, list[Path]]:
    """The same of a module in a package; finders would ask that the package be imported."""
    for folder in folders:
        if (file := folder / name / _PACKAGE).is_file():
            return file, [file.parent]
        if (file := folder / f"{name}.py").is_file():
            return file, []
    return None, [folder / name for folder in folders if (folder / name).is_dir()]


@cache
def _run(content: FunctionContent) -> Callable[..., Any]:
    told = f"{content.module}:{content.name}"
    # A name of its own: it takes the place of no other module, whatever it is called.
    module = ModuleType(f"{content.module}_{content.digest()[:16]}")
    module.__file__ = content.file
    module.__package__ = content.module.rpartition(".")[0]
    if Path(content.file).name == _PACKAGE:
        module.__package__ = content.module
        module.__path__ = [str(Path(content.file).parent)]
    # Modules beside it can be imported; last, so that they hide nothing.
    if content.folder not in sys.path:
        sys.path.append(content.folder)
    sys.modules[module.__name__] = module
    try:
        exec(compile(content.source, content.file, "exec"), module.__dict__)
    # Whatever somebody's module does when it is run is told as what it is.
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise UsageError(
            f"cannot run the module of {told!r}, {type(error).__name__}: {error}; repair it"
        ) from error
    function = getattr(module, content.name, None)
    if not callable(function):
        got = "nothing of that name" if function is None else type(function).__name__
        raise UsageError(f"expected a function {told!r}, got {got}: check its name")
    return function  # type: ignore[no-any-return]
