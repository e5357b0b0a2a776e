"""exp2_approx: 2^x for x in [0, 1].

Works under jit, grad and vmap, in the precision of its argument. The certificate needs
float64: call jax.config.update('jax_enable_x64', True) first. XLA may fuse multiplications
with additions, divide by a constant through its reciprocal and flush subnormal numbers:
last bits can differ from the C version.
"""

import jax.numpy as jnp


def exp2_approx(x):
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
    x = jnp.asarray(x, jnp.result_type(x, float))
    c1 = jnp.asarray(5783.524908832227, x.dtype)  # 0x1.69786606cdbccp+12
    c2 = jnp.asarray(15141.930665689653, x.dtype)  # 0x1.d92f7200da649p+13
    c3 = jnp.asarray(-250.55212401166767, x.dtype)  # -0x1.f51aafff9ae5ep+7
    c4 = jnp.asarray(501.10424803197134, x.dtype)  # 0x1.f51aafffbffd4p+8
    c5 = jnp.asarray(-0.9999999999999998, x.dtype)  # -0x1.ffffffffffffep-1
    t1 = c1 / x
    t2 = x + t1
    t3 = c2 / t2
    t4 = t3 + c3
    t5 = t2 + t4
    t6 = c4 / t5
    t7 = t6 - c5
    t8 = t7 * t7
    t9 = t8 * t8
    t10 = t9 * t9
    return t10
