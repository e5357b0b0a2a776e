"""Canonical JSON text and the name it gives a program."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

#: Digits of a program's id.
ID_DIGITS = 64

# Digits of a problem's id.
_DIGITS = 8

# Looking for cycles would take a sixth of the time, and the recursion limit catches them too.
_ENCODER = json.JSONEncoder(
    check_circular=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def _parts() -> Callable[[Any, int], Iterable[str]]:
    """What that encoder does, made once: it makes it anew for every document, a sixth of the time.

    Built as :meth:`json.JSONEncoder.iterencode` builds it, of Python 3.11 to 3.13.
    """
    make: Any = json.encoder.c_make_encoder  # type: ignore[attr-defined]
    one = _ENCODER
    found: Callable[[Any, int], Iterable[str]] = make(
        None,
        one.default,
        json.encoder.encode_basestring_ascii,
        one.indent,
        one.key_separator,
        one.item_separator,
        one.sort_keys,
        one.skipkeys,
        one.allow_nan,
    )
    return found


_PARTS = _parts()


def canonical_text(document: Any) -> str:
    """JSON text with sorted keys and no spaces: what the identity is computed from.

    Raises:
        ValueError: If a number is not finite (JSON has no such numbers).
    """
    return "".join(_PARTS(document, 0))


def identity(document: Any) -> str:
    """SHA-256 of the canonical JSON text, as 64 hexadecimal digits."""
    return text_identity(canonical_text(document))


def text_identity(text: str) -> str:
    """SHA-256 of a text that is canonical already, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def problem_id(text: str) -> str:
    """Id of the problem with this canonical text: eight digits of its identity."""
    return text_identity(text)[:_DIGITS]
