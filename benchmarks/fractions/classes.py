"""What the classes that an hour of evolution left unexplained are, and where that is written.

``tests/benchmarks/test_classes.py`` checks them: numerators and recurrences with exact arithmetic
on the first terms, gauges as identities of polynomials.
"""

from collections.abc import Mapping

_COOPER = "Cooper, Sporadic sequences, modular forms and new series for 1/pi, Ramanujan J. 29, 2012"
_GAUGE = (
    "equivalent by an exact gauge to a = 10*n + 5, b = -9*n**2, a ratio of 2F1 (Gauss's fraction "
    "of the logarithm)"
)

#: By the formula as the program prints it.
CLASSES: Mapping[str, str] = {
    "5/(2*zeta(2)): a = 6*n**3 + 9*n**2 + 5*n + 1, b = 16*n**6 - n**4": (
        "numerators n!^3 s(n)/2^n, s(n) the sum of C(n,k)^4: the Franel numbers of order 4 "
        f"(Franel, 1895), s10 of {_COOPER}"
    ),
    "7/zeta(2): a = 26*n**3 + 39*n**2 + 21*n + 4, b = 27*n**6 - 3*n**4": (
        f"numerators n!^3 s(n), s(n) the sum of C(n,k)^2 C(n+k,k) C(2k,n): s7 of {_COOPER}"
    ),
    "24/(3*pi - 8): a = 7*n**2 + 21*n + 15, b = 8*n**4 + 32*n**3 + 38*n**2 + 12*n": (
        "the recurrence of the integrals of cos(t)^(n+1) (1 - cos(t))^n from 0 to pi/2, "
        "that is of 2F1(1/2, n+2; 2n+5/2; -1)"
    ),
    "216/(64*log(2) - 33): a = 10*n**3 + 45*n**2 + 59*n + 21, "
    "b = -9*n**6 - 54*n**5 - 108*n**4 - 72*n**3": _GAUGE,
    "216/(4*log(2) + 3): a = 10*n**3 + 45*n**2 + 71*n + 39, "
    "b = -9*n**6 - 54*n**5 - 108*n**4 - 72*n**3": _GAUGE,
}
