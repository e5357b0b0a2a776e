"""The numerics of exported Python files, whose text is copied into them function by function.

They compute with whole numbers only: binary splitting where the convergents settle fast; where they
do so like a power of n, Salzer's extrapolation for interlaced fractions, and a series of the tail
(:mod:`elitemap.searchspaces.fractions.emission.engine_series`) for plain ones. All
watch themselves and go deeper until the digits asked for agree, so that a depth too small costs
time and no digit. An export runs them before it writes them.
"""

from collections.abc import Callable

from gmpy2 import mpz

Term = Callable[[int], int]
Matrix = tuple[int, int, int, int]


def times(x: Matrix, y: Matrix) -> Matrix:
    """The product of two matrices (p, r; q, s)."""
    (p, r, q, s), (t, u, v, w) = x, y
    return p * t + r * v, p * u + r * w, q * t + s * v, q * u + s * w


def product(a: Term, b: Term, low: int, high: int) -> Matrix:
    """The product of the matrices (a(n), 1; b(n), 0) for low <= n < high, by binary splitting."""
    if high - low > 8:
        middle = (low + high) // 2
        return times(product(a, b, low, middle), product(a, b, middle, high))
    p, r, q, s = mpz(1), mpz(0), mpz(0), mpz(1)
    for n in range(low, high):
        above, below = a(n), b(n)
        p, r, q, s = above * p + below * r, p, above * q + below * s, q
    return p, r, q, s


def convergent(a: Term, b: Term, n: int) -> tuple[int, int]:
    """Numerator and denominator of a(0) + b(1)/(a(1) + ... + b(n)/a(n)), not reduced."""
    p, _, q, _ = times((a(0), 1, 1, 0), product(a, b, 1, n + 1))
    return p, q


def by_products(a: Term, b: Term, places: int, depth: int, most: int) -> tuple[int, int]:
    """A convergent that agrees with the one before it to so many decimal places.

    Args:
        a: The partial denominators a(n).
        b: The partial numerators b(n), n >= 1.
        places: Decimal places.
        depth: Where to look first; it looks again a quarter deeper each time.
        most: Where to give up.

    Raises:
        ArithmeticError: If the convergents do not settle by then.
    """
    total, low = (mpz(a(0)), mpz(1), mpz(1), mpz(0)), 1
    while low + depth <= most:
        total = times(total, product(a, b, low, low + depth))
        p, r, q, s = total
        if q and s and abs(p * s - r * q) * 10**places < abs(q * s):
            return p, q
        low += depth
        depth = low // 4 + 8
    raise ArithmeticError(f"the convergents do not settle to {places} places by n = {most}")


def by_extrapolation(a: Term, b: Term, places: int, step: int, most: int) -> tuple[int, int]:
    """The limit of convergents with an error like a whole power of 1/n, to so many decimal places.

    Args:
        a: The partial denominators a(n).
        b: The partial numerators b(n), n >= 1.
        places: Decimal places to which two orders of extrapolation must agree.
        step: The distance of the convergents that are used: even, for alternating ones.
        most: The largest order.

    Returns:
        Numerator and denominator, the latter a power of two.

    Raises:
        ArithmeticError: If the orders do not agree.
    """
    order = 3 * places // 4 + 12
    while order <= most:
        bits, first = 4 * (places + order) + 64, 3 * order * step // 2
        values = samples(a, b, first, step, order + 1, bits)
        dropped = order // 8
        fine = salzer(values, first, step)
        coarse = salzer(values[dropped:], first + step * dropped, step)
        if abs(fine - coarse) * 10**places < mpz(1) << bits:
            return fine, mpz(1) << bits
        order += order // 4
    raise ArithmeticError(f"extrapolation does not settle to {places} places")


def samples(a: Term, b: Term, first: int, step: int, count: int, bits: int) -> list[int]:
    """The convergents number first, first + step, ... in units of 2**-bits, cut."""
    p, r, q, s = mpz(a(0)), mpz(1), mpz(1), mpz(0)
    values = []
    for n in range(1, first + step * (count - 1) + 1):
        above, below = a(n), b(n)
        p, r, q, s = above * p + below * r, p, above * q + below * s, q
        if n >= first and (n - first) % step == 0:
            # Bits of p and q beyond those of the quotient change nothing but the time.
            spare = max(0, q.bit_length() - bits - 64)
            values.append(((p >> spare) << bits) // (q >> spare))
    return values


def salzer(values: list[int], first: int, step: int) -> int:
    """Extrapolate values at n = first, first + step, ... to infinity.

    Their errors are a series in 1/n. Multiplied with a high power of n it becomes a polynomial,
    whose differences vanish (H. E. Salzer, 1955).
    """
    order = len(values) - 1
    total, weights, binomial = mpz(0), mpz(0), mpz(1)
    for k, value in enumerate(values):
        weight = mpz(first + step * k) ** order * (-binomial if k % 2 else binomial)
        total += weight * value
        weights += weight
        binomial = binomial * (order - k) // (k + 1)
    found: int = total // weights
    return found


def fixed(above: int, below: int, digits: int) -> int:
    """The quotient above/below in units of 10**-digits, cut towards zero.

    Ten more digits are looked at. What lies within 10**-5 units below a whole number of units is
    taken for that number, so that 3/2 is not printed as 1.499...
    """
    size: int = (abs(above) * 10 ** (digits + 10) // abs(below) + 10**5) // 10**10
    return -size if (above < 0) != (below < 0) else size


def decimal(units: int, digits: int) -> str:
    """A number in units of 10**-digits as decimal text."""
    text = str(abs(units)).rjust(digits + 1, "0")
    sign = "-" if units < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text
