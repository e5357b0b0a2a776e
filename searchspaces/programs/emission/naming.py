"""Names that are safe in every target language and as file names."""

import builtins
import keyword
import re
import sys

_C = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while alignas alignof and and_eq asm bitand bitor bool catch char8_t char16_t char32_t
class co_await co_return co_yield compl concept consteval constexpr constinit const_cast decltype
delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr
operator or or_eq private protected public reinterpret_cast requires static_assert static_cast
template this thread_local throw true try typeid typename using virtual wchar_t xor xor_eq typeof
main linux unix near far size_t ptrdiff_t NULL
"""

_MATH = """
acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb ldexp
log log10 log1p log2 logb modf scalbn scalbln cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil
floor nearbyint rint lrint llrint round lround llround trunc fmod remainder remquo copysign nan
nextafter nexttoward fdim fmax fmin fma gamma exp10 pow10 drem scalb significand sincos j0 j1 jn y0
y1 yn abs arg imag real conj proj finite isinf isnan isfinite isnormal signbit fpclassify
"""

_LIBRARY = """
abort abs atexit atof atoi atol atoll bcmp bcopy bsearch bzero calloc clock close creat div exit
ffs free getc getenv getopt gets index labs ldiv link llabs lldiv malloc memchr memcmp memcpy
memmove memset open perror pipe printf putc puts qsort raise rand random read realloc remove rename
rindex select signal sleep sprintf srand sscanf stat strcat strcmp strcpy strlen strtod system time
tmpfile tolower toupper vprintf write x y z n
"""

_MODULES = "np numpy jnp jax sympy math mpmath scipy Fraction con prn aux nul elitemap"

_LONGEST = 60


def _reserved() -> frozenset[str]:
    words = set(_C.split()) | set(_LIBRARY.split()) | set(_MODULES.split())
    for name in _MATH.split():
        words |= {name, f"{name}f", f"{name}l", f"c{name}", f"c{name}f", f"c{name}l"}
    return frozenset(words | set(keyword.kwlist) | set(dir(builtins)) | sys.stdlib_module_names)


_RESERVED = _reserved()


def identifier(text: str) -> str:
    """A name for a function and its files, made from any text.

    Keywords, functions of the C library (a second ``exp2`` would replace the library's own in
    every program that links it), Python's built-ins and modules get the suffix ``_approx``.

    Args:
        text: What the user or an archive calls the function; anything is allowed.

    Returns:
        An ASCII identifier of C and Python of at most 60 characters that starts with a letter.

    Examples:
        >>> identifier("exp2"), identifier("besseli(1/2, x)"), identifier("2^x")
        ('exp2_approx', 'besseli_1_2_x', 'f_2_x')
    """
    words = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "f"
    name = words if words[0].isalpha() else f"f_{words}"
    name = name[:_LONGEST].rstrip("_")
    if name in _RESERVED or name.lower() in _RESERVED or re.fullmatch(r"[tcm]\d+", name):
        return f"{name}_approx"
    return name
