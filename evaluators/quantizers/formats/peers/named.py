"""Peers by name."""

from elitemap.evaluators.quantizers.formats.peers.half_quadratic import half_quadratic
from elitemap.evaluators.quantizers.formats.peers.hif4 import hif4
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.peers.scaled import (
    four_over_six,
    int_or_float,
    microscaled,
)
from elitemap.evaluators.quantizers.formats.peers.whole import llm_fp4, nupes


def peers() -> dict[str, Peer]:
    """All peers; names are told apart from those of :func:`..known.known`."""
    return {
        "MXFP4": microscaled(),
        "Four over Six": four_over_six(),
        "IF4": int_or_float(),
        "HiF4": hif4(best=False),
        "HiF4's bytes, best encoder": hif4(best=True),
        "HQQ, blocks of 64": half_quadratic(),
        "LLM-FP4, one scale a tensor": llm_fp4(),
        "NUPES, one scale a tensor": nupes(),
    }
