"""every_primitive: nothing known for x in [-2, 3.5].

Run this file to check the function bit for bit against recorded cases.
"""

import math
import struct
import sys
from fractions import Fraction


def _div(a, b):
    """The quotient of IEEE 754, which exists for zero divisors too."""
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _sqrt(a):
    """The square root of IEEE 754: NaN below zero."""
    return math.sqrt(a) if a >= 0.0 else math.nan


def _fma(a, b, c):
    """The fused multiply-add of IEEE 754: a * b + c rounded once."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return a * b + c
    if not math.isfinite(c):
        return c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return a * b + c
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def every_primitive(x):
    """nothing known for x in [-2, 3.5].

    11 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    No certificate: the absolute error on [-2, 3.5] is not proved.

    Whether the float64 evaluation is finite was not examined.
    """
    x = float(x)
    c1 = -0.75  # -0x1.8000000000000p-1
    c2 = 1.1e-07  # 0x1.d87247702c0d0p-24
    t1 = x + c1
    t2 = abs(t1)
    t3 = _sqrt(t2)
    t4 = t3 * x
    t5 = (c1 if c1 > t4 else t4)
    t6 = (x if x < t5 else t5)
    t7 = t6 * t6
    t8 = t6 - c2
    t9 = _fma(t8, t7, t3)
    t10 = _div(t9, t7)
    return t10


# Bits of arguments and result as float64; every result is finite.
_CASES = (
    (0xc000000000000001, 0xbff95de37887c8ae),
    (0xc000000000000000, 0xbff95de37887c8ab),
    (0xbfffffffffffffff, 0xbff95de37887c8a9),
    (0x400bffffffffffff, 0x400d153e169f96df),
    (0x400c000000000000, 0x400d153e169f96e1),
    (0x400c000000000001, 0x400d153e169f96e1),
    (0x3ff66311d7c3c19c, 0x3ffc2e5b0dbb5d7f),
    (0xbfe673b8a0f0f990, 0x3ff64556243d168c),
    (0x4005949ac3a5a26a, 0x40071d5e97a1b7f7),
    (0x3fe3188ebe1e0ce0, 0x401da09c0a85d6b4),
    (0xbff810a6c92d37f4, 0xbfeae48c654926da),
    (0x3ffe526b0e9689a8, 0x40018b6c0b96049d),
    (0xbfca5418cd2da5e0, 0x4036e6806f80afc7),
    (0x40098c475f0f0670, 0x400ac62fe53180a1),
    (0x3ff17ba095e1ce7c, 0x4000903000adde15),
    (0xbff0214d925a6fe8, 0x3fd2fa12013733e4),
    (0x400320e222b4a8da, 0x4004ebc6dca97f08),
    (0x3fd2935874b44d40, 0x4031b42c177beb79),
    (0xbffcf8180b0f2b14, 0xbff528b41676c908),
    (0x3ff96af9ccb49688, 0x3ffe3323d7983299),
    (0xbfe063e8b70f4fb8, 0x40068a0d61b7749a),
    (0x4007188ebe1e0ce0, 0x40087fc2c145cb22),
    (0x3fe9285ea7ffb6b8, 0x40214fbe5a45d7da),
    (0xbff508bed43c6308, 0xbfdeed49f87c373c),
    (0x4000ad2981c3af4a, 0x4002cda13b52b0b3),
    (0xbf90a6c92d37f400, 0x40a9dcc779614291),
    (0x400b103b598770e6, 0x400c329c2ac92952),
    (0x3ff483888ad2a368, 0x3ffc4eb0dd83b318),
    (0xbfea32cb3ad335f8, 0x3ff0cc73c5c0ec59),
    (0x4004a4d61d2d1350, 0x400644f2ad53c56e),
    (0x3fdeb2f84877a0f0, 0x40213798d5009e19),
    (0xbff9f030161e5628, 0xbff09043644ce8ae),
    (0x3ffc72e1c1a56ba0, 0x4000ca4418e51adb),
    (0xbfd4a8319a5b4bc0, 0x4021dde853768796),
    (0x40089c82b8967740, 0x4009e69001e90e20),
    (0x3fef382e91e16090, 0x400567129fb39cdc),
    (0xbff200d6df4b8df0, 0xbfa6553631e1fc77),
    (0x4002311d7c3c19c0, 0x40041a0b422608bf),
    (0x3fc62a6681dfa780, 0x404604f453ace6e2),
    (0xbffed7a158004948, 0xbff7cbdabccc9f23),
    (0x3ff78b707fc37880, 0x3ffcb2bce135c493),
    (0xbfe422fb50f18c20, 0x3ff69499efd2cfc8),
    (0x400628ca17a57db0, 0x4007a428d11f89c6),
    (0x3fe5694c0e1d7a50, 0x4020164ba3f7b535),
    (0xbff6e848212d8110, 0xbfe6c17c202db4cf),
    (0x3fff7ac9b6964060, 0x400205299b9ae130),
    (0xbfc111238d2ff180, 0x404a5db24b028144),
    (0x400a2076b30ee1cc, 0x400b510736467f00),
    (0x3ff2a3ff3de18560, 0x3ffe4e7c3e3ecbea),
    (0xbfedf1ddd4b57260, 0x3fe18084dbc1a2bb),
    (0x4003b51176b48420, 0x40056ed40c09b28f),
    (0x3fd734d314b32820, 0x4028e41e718e1439),
    (0xbffbcfb9630f7430, 0xbff375487dd99e35),
    (0x3ffa935874b44d40, 0x3fff70fd4906dda7),
    (0xbfdc2656ce1fc540, 0x401109372ecae7c9),
    (0x4007acbe121de83c, 0x40090855a4a30e85),
    (0x3feb791bf7ff2480, 0x40119a9df62433ae),
    (0xbff3e0602c3cac50, 0xbfd4f8826fb77695),
    (0x40014158d5c38a90, 0x40034b8083df2dce),
    (0x3facb870695ae800, 0x4077d8ebbb679f20),
    (0x400ba46aad874c58, 0x400cbe8f3b274233),
    (0x3ff5abe732d25a20, 0x3ffc1108d2ad58cf),
    (0xbfe7e20dead3c8e0, 0x3ff6cb722e1733eb),
    (0x40053905712cee80, 0x4006ca73242688ba),
    (0x3fe1aa39743b3e40, 0x401e7bbe85a84953),
    (0xbff8c7d16e1e9f70, 0xbfed55b11ba87038),
    (0x3ffd9b4069a52200, 0x400141112163a54c),
    (0xbfd006b6fa5c6f80, 0x402f634c4b58de48),
    (0x400930b20c9652c8, 0x400a709d7313d9ae),
    (0x3ff0c475f0f06700, 0x4001ebd649052317),
    (0x3ff0000000000000, 0x4003fffff13c6dc4),
    (0xbff0000000000000, 0x3fd4a9fe312f51cc),
)


def _self_test():
    """Compare the function with the recorded cases, bit for bit."""
    failed = 0
    for *arguments, wanted in _CASES:
        at = [struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in arguments]
        found = float(every_primitive(*at))
        got = struct.unpack("<Q", struct.pack("<d", found))[0]
        if got != wanted:
            failed += 1
            print(f"every_primitive({', '.join(map(repr, at))}) gives {found!r}")
    print(f"every_primitive: {len(_CASES) - failed} of {len(_CASES)} cases match")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(_self_test())
