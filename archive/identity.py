"""Canonical JSON text and the name it gives a program."""

import hashlib
import json
from functools import lru_cache
from typing import Any

# Digits of a problem's id.
_DIGITS = 8

# One encoder for all calls: json.dumps builds a new one whenever an option is set. Looking for
# cycles would take a sixth of the time, and the recursion limit catches them too.
_ENCODER = json.JSONEncoder(
    check_circular=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical_text(document: Any) -> str:
    """JSON text with sorted keys and no spaces: what the identity is computed from.

    Raises:
        ValueError: If a number is not finite (JSON has no such numbers).
    """
    return _ENCODER.encode(document)


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
