import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import example, given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.signed import expansions as kernel
from elitemap.evaluators.fractions.signed.sides import words
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant

WORDS = words(1, 4)


def enclosure(number: int, bits: int, negative: bool = False) -> kernel.Enclosure:
    size = max(number.bit_length(), bits) // 64 + 2
    limbs = np.frombuffer(number.to_bytes(8 * size, "little"), dtype="<u8").astype(np.uint64)
    return kernel.Enclosure(limbs, bits, 1.0, negative)


def exact(x: Fraction, word: tuple[int, ...], depth: int) -> list[int]:
    """The quotients of a rational number, as long as none of them is a tie."""
    found = []
    for k in range(depth):
        a = math.floor(x) if word[k % len(word)] > 0 else math.ceil(x)
        if a == x:
            break
        found.append(a)
        x = word[k % len(word)] / (x - a)
    return found


def image(side: tuple[int, ...], x: Fraction) -> Fraction | None:
    above, below = side[0] + side[1] * x, side[2] + side[3] * x
    return above / below if above * below > 0 else None


def ends(number: int, bits: int, side: tuple[int, ...], word: tuple[int, ...], depth: int):
    """Quotients that both ends of an enclosure share; None if either image is not positive."""
    images = [image(side, Fraction(number + step, 2**bits)) for step in (0, 1)]
    if None in images:
        return None
    pairs = zip(*(exact(x, word, depth) for x in images), strict=False)
    return [a for a, b in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]


SIDES = st.tuples(*[st.integers(-9, 9)] * 4).filter(lambda s: s[0] * s[3] != s[1] * s[2])
#: Numbers by their continued fractions: ordinary quotients with huge ones among them.
QUOTIENTS = st.lists(st.integers(1, 9) | st.integers(1, 2**57), min_size=1, max_size=40)


def number_of(quotients: list[int], bits: int) -> int:
    x = Fraction(quotients[-1])
    for a in reversed(quotients[:-1]):
        x = a + 1 / x
    return int(x * 2**bits)


@given(QUOTIENTS, SIDES, st.sampled_from(WORDS), st.sampled_from([192, 640, 1200]))
def test_quotients_are_those_of_both_ends(given_quotients, side, word, bits):
    number = number_of(given_quotients, bits)
    found, counts = kernel.quotients(enclosure(number, bits), np.array([side]), [word], 60)
    expected = ends(number, bits, side, word, 60)
    if expected is None:
        assert counts[0] == 0
    else:
        assert found[0, : counts[0]].tolist() == expected[: counts[0]]


@given(
    st.integers(2**180, 2**220) | QUOTIENTS.map(lambda q: min(number_of(q, 200), 2**220) | 1),
    SIDES,
    st.sampled_from([word for word in WORDS if 1 in word]),
)
@example(2**200 + 2**100, (0, 1, 1, 0), (1,))  # A quotient of a hundred bits.
@example(2**220 - 2**100 - 1, (9, 8, 8, 7), (1,))  # Hardly any difference between both rows.
def test_precision_is_used_up(number, side, word):
    """Rows that are bounded apart from each other lose bits of 2 * 9 * 9 * 2**20; steps a few more.

    Runs of ceilings alone lose more, as their quotients of 2 hardly shrink anything.
    """
    lost = 48
    expected = ends(number >> lost, 200 - lost, side, word, 120)
    if expected is None:
        return
    told = list(itertools.takewhile(lambda a: a < 2**kernel.QUOTIENT_BITS, expected))
    _, counts = kernel.quotients(enclosure(number, 200), np.array([side]), [word], 120)
    assert counts[0] >= len(told)


@given(SIDES, st.sampled_from(WORDS))
def test_a_negative_constant_is_the_mirror_of_its_negative(side, word):
    number = int(Fraction(math.pi) * 2**400)
    mirrored = np.array([[side[0], -side[1], side[2], -side[3]]])
    one = kernel.quotients(enclosure(number, 400), np.array([side]), [word], 30)
    other = kernel.quotients(enclosure(number, 400, negative=True), mirrored, [word], 30)
    assert one[1].tolist() == other[1].tolist()
    assert one[0].tolist() == other[0].tolist()


@pytest.mark.parametrize("text", ["e", "pi", "-e", "exp(60)", "exp(-20)", "zeta(3)/7"])
def test_enclosures_hold_the_constant(text):
    one = constant(text)
    made = kernel.Enclosure.of(one, 60)
    number = int.from_bytes(made.limbs.astype("<u8").tobytes(), "little")
    assert made.negative == (text == "-e")
    with precision(3000):
        scaled = abs(one.ball(3000)) * arb(2) ** made.bits
        assert scaled >= number and scaled - number <= made.slack


def test_a_tiny_constant_is_refused():
    with pytest.raises(UsageError, match="multiply it by a power of two"):
        kernel.Enclosure.of(constant("exp(-500)"), 60)


def test_the_largest_constant_has_room():
    text = "e*10**299"
    made = kernel.Enclosure.of(constant(text), kernel.MAX_DEPTH)
    found, counts = kernel.quotients(made, np.array([[0, 1, 1, 0]]), [(1,)], kernel.MAX_DEPTH)
    assert found[0, 0] == 0 or counts[0] == 0
    outcomes = kernel.search(made, np.array([[0, 1, 20, 1]]), WORDS, kernel.MAX_DEPTH, 30)
    assert outcomes.shape == (1, len(WORDS))


def test_known_expansions():
    """e = [2; 1, 2, 1, 1, 4, ...] and coth(1/2) = [2; 6, 10, ...]; e - 2 by ceilings."""
    made = kernel.Enclosure.of(constant("e"), 60)
    sides = np.array([[0, 1, 1, 0], [1, 1, -1, 1], [-2, 1, 1, 0]])
    found, counts = kernel.quotients(made, sides, [(1,), (1,), (-1,)], 60)
    assert counts.tolist() == [60, 60, 60]
    assert found[0].tolist() == [2, 1, *(q for k in range(2, 60, 2) for q in (k, 1, 1))][:60]
    assert found[1].tolist() == [4 * k + 2 for k in range(60)]
    assert found[2].tolist()[:7] == [1, 4, 3, 2, 2, 2, 3]


def test_a_search_marks_what_the_slower_way_finds():
    made, sides = (
        kernel.Enclosure.of(constant("tan(1)"), 60),
        np.array([[0, 1, 1, 0], [1, 3, 2, 1]]),
    )
    outcomes = kernel.search(made, sides, WORDS, 60, 15)
    for side, row in zip(sides, outcomes, strict=True):
        for word, outcome in zip(WORDS, row, strict=True):
            terms, counts = kernel.quotients(made, side[None], [word], 60)
            _, lengths = kernel.recurrences(terms, counts, 15)
            assert (outcome == kernel.WHOLE) == (lengths[0] >= 0)
    assert kernel.WHOLE in outcomes and kernel.NONE in outcomes


def test_negative_images_are_told_from_fruitless_ones():
    made = kernel.Enclosure.of(constant("pi"), 60)
    outcomes = kernel.search(made, np.array([[3, -1, 1, 0], [0, 1, 1, 0]]), ((1,),), 60, 15)
    assert outcomes.tolist() == [[kernel.NEGATIVE], [kernel.NONE]]


def continued(start: list[int], taps: list[int], count: int) -> list[int]:
    terms = list(start)
    while len(terms) < count:
        terms.append(sum(t * a for t, a in zip(taps, reversed(terms), strict=False)))
    return terms


@given(
    st.lists(st.integers(-50, 50), max_size=5),
    st.lists(st.integers(-2, 2), min_size=1, max_size=6),
    st.data(),
)
def test_the_shortest_recurrence_is_found_again(transient, taps, data):
    own = data.draw(st.lists(st.integers(-9, 9), min_size=len(taps), max_size=len(taps)))
    terms = transient + continued(own, taps, 30)
    counts = np.array([len(terms)])
    if max(map(abs, terms)) >= 2**62:
        return
    found, lengths = kernel.recurrences(np.array([terms]), counts, 15)
    length = int(lengths[0])
    assert 0 <= length <= len(transient) + len(taps)
    assert continued(terms[:length], found[0, :length].tolist(), len(terms)) == terms
    if length:
        # A matrix of this rank is what no shorter recurrence can give.
        hankel = np.array([terms[k : k + length] for k in range(length)], dtype=float)
        assert np.linalg.matrix_rank(hankel) == length or max(map(abs, terms)) > 10**6


def test_terms_without_a_recurrence_have_none():
    rng = np.random.default_rng(1)
    terms = rng.integers(1, 50, size=(200, 60))
    _, lengths = kernel.recurrences(terms, np.full(200, 60), 15)
    assert set(lengths.tolist()) == {-1}


def test_a_recurrence_modulo_the_prime_alone_does_not_count():
    terms = np.full((1, 60), 5)
    terms[0, 40] += 2**31 - 1
    assert kernel.recurrences(terms, np.array([60]), 15)[1].tolist() == [-1]
    assert kernel.recurrences(terms, np.array([40]), 15)[1].tolist() == [1]
