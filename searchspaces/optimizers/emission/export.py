"""Export of one rule into a language."""

from collections.abc import Callable, Mapping

from elitemap.searchspaces.optimizers.emission.to_c import to_c
from elitemap.searchspaces.optimizers.emission.to_latex import to_latex
from elitemap.searchspaces.optimizers.emission.to_numpy import to_numpy
from elitemap.searchspaces.optimizers.emission.to_optax import to_optax
from elitemap.searchspaces.optimizers.emission.to_torch import to_torch
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import plain
from elitemap.searchspaces.programs.program import Program

_WRITERS: Mapping[str, tuple[Callable[[Program, str, str], str], str]] = {
    "numpy": (to_numpy, "_numpy.py"),
    "optax": (to_optax, "_optax.py"),
    "torch": (to_torch, "_torch.py"),
    "c": (to_c, ".c"),
    "latex": (to_latex, ".tex"),
}

#: Languages that rules are exported to.
LANGUAGES = tuple(_WRITERS)


def exported(program: Program, name: str, language: str, remark: str) -> dict[str, str]:
    """Files by name.

    Args:
        program: A canonical rule.
        name: What it shall be called; anything is allowed.
        language: One of :data:`LANGUAGES`.
        remark: What the file says of it, any text.
    """
    write, suffix = _WRITERS[language]
    known = identifier(name).lower()
    safe = plain(remark).replace("*/", "* /").replace("\\", "/").replace('"', "'")
    return {f"{known}{suffix}": write(program, known, safe)}
