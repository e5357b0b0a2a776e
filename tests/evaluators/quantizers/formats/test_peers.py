"""Formats with encoders of their own: published errors, true bytes, every length, zeros."""

from functools import partial

import numpy as np
import pytest

from elitemap.archive.errors import SearchError
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.peers.hif4 import hif4
from elitemap.evaluators.quantizers.formats.peers.measuring import measured, measured_weights
from elitemap.evaluators.quantizers.formats.peers.named import peers
from elitemap.evaluators.quantizers.formats.peers.peer import Peer, laid_out
from elitemap.evaluators.quantizers.formats.peers.scaled import four_over_six, microscaled
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import tensors
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.quantizers import written
from elitemap.searchspaces.quantizers.formats.rule import FormatError

#: Bits, and mean squared errors of the normal distribution, t5 and Laplace known of each format.
KNOWN = {
    "MXFP4": (4.25, 0.01319, 0.01587, 0.01577),
    "Four over Six": (4.5, 0.00755, 0.00749, 0.00761),
    "IF4": (4.5, 0.00615, 0.00678, 0.00702),
    "HiF4's bytes, best encoder": (4.5, 0.00608, 0.00694, 0.00716),
    "LLM-FP4, one scale a tensor": (4.0, 0.0126849, 0.0249262, 0.018491),
    "NUPES, one scale a tensor": (4.0, 0.01181, 0.02943, 0.02058),
    "AF4, blocks of 64": (4.25, 0.00914, 0.01118, 0.01088),
    "APoT, blocks of 64": (4.25, 0.01022, 0.01385, 0.01330),
    "APoT, one scale a tensor": (4.0, 0.0121, 0.02829, 0.02038),
    "INT4, one scale a tensor": (4.0, 0.011864, 0.035128, 0.02526),
}


#: Formats that are searched for so long that their test is slow.
LONG = ("HiF4's bytes, best encoder", "LLM-FP4, one scale a tensor", "NUPES, one scale a tensor")
SLOW = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn():
    """Many weights of each distribution, tails covered evenly."""
    return [SOURCES[name].even(1 << 18, 3) for name in ("normal", "student-t5", "laplace")]


def errors_of(peer, drawn):
    """Bits and mean squared errors through bytes."""
    data = [peer.encode(weights) for weights in drawn]
    backs = [peer.decode(d, x.size).astype(float) for d, x in zip(data, drawn, strict=True)]
    errors = [float(((b - x) ** 2).mean()) for b, x in zip(backs, drawn, strict=True)]
    return 8 * len(data[0]) / drawn[0].size, errors


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=SLOW if name in LONG else ()) for name in KNOWN]
)
def test_formats_have_their_published_errors(drawn, name):
    bits, *errors = KNOWN[name]
    if name in known():
        rule, element = known()[name]
        peer = laid_out(rule, element, partial(encode, rule, element.levels(rule)))
    else:
        peer = peers()[name]
    got, found = errors_of(peer, drawn)
    assert got == pytest.approx(bits, abs=2e-3)
    np.testing.assert_allclose(found, errors, rtol=0.02)


@pytest.mark.parametrize("name", peers())
@pytest.mark.parametrize("n", [1, 15, 65, 1000])
def test_every_length_comes_back(name, n):
    peer, weights = peers()[name], SOURCES["laplace"].fresh(n, 4)
    back = peer.decode(peer.encode(weights), n)
    assert back.shape == (n,) and back.dtype == np.float32
    assert np.abs(back - weights).max() <= 0.5 * np.abs(weights).max() + 1e-3
    assert peer.encode(back * 0 + weights) == peer.encode(weights)


@pytest.mark.parametrize("name", peers())
def test_zeros_stay_near_zero(name):
    weights = np.zeros(256, np.float32)
    weights[:64] = SOURCES["normal"].fresh(64, 5)
    back = peers()[name].decode(peers()[name].encode(weights), 256)
    assert np.isfinite(back).all() and np.abs(back[192:]).max() < 1e-3
    nothing = np.zeros(100, np.float32)
    assert np.abs(peers()[name].decode(peers()[name].encode(nothing), 100)).max() < 1e-3


def test_the_best_encoder_is_never_worse():
    weights = SOURCES["student-t5"].fresh(1 << 12, 6)
    blocks = []
    for best in (False, True):
        peer = hif4(best)
        error = (peer.decode(peer.encode(weights), weights.size) - weights).astype(float) ** 2
        blocks.append(error.reshape(-1, 64).sum(axis=1))
    assert (blocks[1] <= blocks[0] * (1 + 1e-5)).all() and blocks[1].sum() < 0.95 * blocks[0].sum()


def test_four_is_chosen_where_it_is_better():
    weights = SOURCES["normal"].fresh(1 << 12, 7)
    errors = []
    for targets in ((6.0,), (4.0,), (6.0, 4.0)):
        peer = four_over_six(targets)
        error = (peer.decode(peer.encode(weights), weights.size) - weights).astype(float) ** 2
        errors.append(error.reshape(-1, 16).sum(axis=1))
    np.testing.assert_allclose(errors[2], np.minimum(errors[0], errors[1]), rtol=1e-4)


def test_a_constant_brings_exponents_near_the_best(space):
    """floor(log2 amax + 0.15) - 2, within 0.02 dB of the best exponent of each block."""
    bytes_of = written(*known()["MXFP4's bytes, best exponents"])
    best = confirm(bytes_of, space, SOURCES["normal"])["mse"]
    mse = measured(microscaled(0.15), SOURCES["normal"])["mse"]
    assert best < mse < best * 10**0.003 < measured(microscaled(), SOURCES["normal"])["mse"]


def test_bytes_of_another_length_are_refused():
    for peer in peers().values():
        data = peer.encode(SOURCES["normal"].fresh(200, 8))
        with pytest.raises(FormatError, match="bytes of 200 weights"):
            peer.decode(data + b"\0", 200)


def test_a_peer_that_is_better_than_possible_raises():
    weights = {}

    def remember(x):
        weights["x"] = x
        return b"\0" * x.size

    with pytest.raises(SearchError, match="counted wrongly"):
        measured(Peer(remember, lambda data, n: weights["x"], 1.0), SOURCES["normal"])


def test_peers_on_tensors_count_every_byte():
    found = tensors({str(n): SOURCES["normal"].fresh(n, n) * np.float32(n) for n in (300, 400)})
    told = measured_weights(peers()["MXFP4"], found, 1 << 20)
    assert told["bits_per_weight"] == 8 * (10 + 150 + 13 + 200) / 700
    assert 0.01 < told["mse"] < 0.02
