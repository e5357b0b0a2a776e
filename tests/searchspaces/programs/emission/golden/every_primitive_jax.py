"""every_primitive: nothing known for x in [-2, 3.5].

Works under jit, grad and vmap, in the precision of its argument. The certificate needs
float64: call jax.config.update('jax_enable_x64', True) first. XLA may fuse multiplications
with additions, divide by a constant through its reciprocal and flush subnormal numbers:
last bits can differ from the C version.
"""

import jax.numpy as jnp


def every_primitive(x):
    """nothing known for x in [-2, 3.5].

    11 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    No certificate: the absolute error on [-2, 3.5] is not proved.

    Whether the float64 evaluation is finite was not examined.
    """
    x = jnp.asarray(x, jnp.result_type(x, float))
    c1 = jnp.asarray(-0.75, x.dtype)  # -0x1.8000000000000p-1
    c2 = jnp.asarray(1.1e-07, x.dtype)  # 0x1.d87247702c0d0p-24
    t1 = x + c1
    t2 = jnp.abs(t1)
    t3 = jnp.sqrt(t2)
    t4 = t3 * x
    t5 = jnp.where(c1 > t4, c1, t4)
    t6 = jnp.where(x < t5, x, t5)
    t7 = t6 * t6
    t8 = t6 - c2
    t9 = t8 * t7 + t3
    t10 = t9 / t7
    return t10
