"""every_primitive: nothing known for x in [-2, 3.5].

Calling the function without arguments gives the expression in real symbols x (and y).
Constants are exact rationals: SymPy takes floats for the binary fractions that they are.
"""

import sympy


def every_primitive(x=None):
    """nothing known for x in [-2, 3.5].

    11 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    No certificate: the absolute error on [-2, 3.5] is not proved.

    Whether the float64 evaluation is finite was not examined.
    """
    if x is None:
        x = sympy.Symbol('x', real=True)
    c1 = sympy.Rational(-0.75)  # -0x1.8000000000000p-1
    c2 = sympy.Rational(1.1e-07)  # 0x1.d87247702c0d0p-24
    t1 = x + c1
    t2 = sympy.Abs(t1)
    t3 = sympy.sqrt(t2)
    t4 = t3 * x
    t5 = sympy.Max(t4, c1)
    t6 = sympy.Min(t5, x)
    t7 = t6**2
    t8 = t6 - c2
    t9 = t8 * t7 + t3
    t10 = t9 / t7
    return t10
