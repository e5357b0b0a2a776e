"""Certificates as they are shown: what an older one does not say is said to be missing."""

from collections.abc import Mapping
from typing import Any

#: What is shown of the float64 evaluation where a certificate measured it, but did not examine it.
NOT_EXAMINED = "not examined for finite results; certify again"


def told(certificate: Mapping[str, Any]) -> Mapping[str, Any]:
    """The certificate with a word on the float64 evaluation where that was not examined."""
    if "float64_error" in certificate and "float64" not in certificate:
        return {**certificate, "float64": NOT_EXAMINED}
    return certificate
