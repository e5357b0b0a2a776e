"""exp2_approx: 2^x for x in [0, 1].

Calling the function without arguments gives the expression in real symbols x (and y).
Constants are exact rationals: SymPy takes floats for the binary fractions that they are.
"""

import sympy


def exp2_approx(x=None):
    """2^x for x in [0, 1].

    10 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    Certificate, for real arithmetic and the unrounded constants:
      largest error, proved bound  2.1919e-15
      digits, proved               14.6591
      error attained, proved       2.1918e-15
      attained at x                0.73125
      digits, at most              14.6592
      float64 error, measured      4e-15
      float64 rounding, measured   2.1e-15
      target                       exp2(x)
      domain                       [0, 1]
      error                        relative
      method                       adaptive Taylor models in ball arithmetic
      precision bits               128
      subintervals                 37

    Whether the float64 evaluation is finite was not examined.
    """
    if x is None:
        x = sympy.Symbol('x', real=True)
    c1 = sympy.Rational(5783.524908832227) + sympy.Rational(-2.5018654662609103e-13)  # 0x1.69786606cdbccp+12
    c2 = sympy.Rational(15141.930665689653) + sympy.Rational(-6.161096998143196e-13)  # 0x1.d92f7200da649p+13
    c3 = sympy.Rational(-250.55212401166767) + sympy.Rational(7.0626376748651264e-15)  # -0x1.f51aafff9ae5ep+7
    c4 = sympy.Rational(501.10424803197134) + sympy.Rational(-2.2821722468197347e-14)  # 0x1.f51aafffbffd4p+8
    c5 = sympy.Rational(-0.9999999999999998) + sympy.Rational(5.192829507496869e-17)  # -0x1.ffffffffffffep-1
    t1 = c1 / x
    t2 = x + t1
    t3 = c2 / t2
    t4 = t3 + c3
    t5 = t2 + t4
    t6 = c4 / t5
    t7 = t6 - c5
    t8 = t7**2
    t9 = t8**2
    t10 = t9**2
    return t10
