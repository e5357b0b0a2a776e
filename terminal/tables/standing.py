"""What an exported certificate says of itself: who has checked it."""

from collections.abc import Mapping
from typing import Any

#: The entry of a certificate; whatever an archive has under it is replaced.
STANDING = "standing"

RECORDED = "recorded in the archive, not re-checked"
CHECKED = "proved, re-checked on export"


def recorded(certificate: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A certificate as it is in an archive, and says so."""
    return None if certificate is None else {STANDING: RECORDED, **without(certificate)}


def rechecked(certificate: Mapping[str, Any]) -> Mapping[str, Any]:
    """A certificate that this installation has just made."""
    return {STANDING: CHECKED, **without(certificate)}


def without(certificate: Mapping[str, Any]) -> Mapping[str, Any]:
    """A certificate without a standing."""
    return {name: value for name, value in certificate.items() if name != STANDING}
