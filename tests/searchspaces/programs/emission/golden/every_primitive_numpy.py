"""every_primitive: nothing known for x in [-2, 3.5].

NumPy has no fused multiply-add, so each one is rounded twice here: last bits may differ
from the Python and C versions.
"""

import numpy as np


def every_primitive(x):
    """nothing known for x in [-2, 3.5].

    11 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    No certificate: the absolute error on [-2, 3.5] is not proved.

    Whether the float64 evaluation is finite was not examined.

    x: an array or number, taken as float64.
    """
    x = np.asarray(x, dtype=np.float64)
    c1 = np.float64(-0.75)  # -0x1.8000000000000p-1
    c2 = np.float64(1.1e-07)  # 0x1.d87247702c0d0p-24
    with np.errstate(all="ignore"):
        t1 = x + c1
        t2 = np.abs(t1)
        t3 = np.sqrt(t2)
        t4 = t3 * x
        t5 = np.where(c1 > t4, c1, t4)
        t6 = np.where(x < t5, x, t5)
        t7 = t6 * t6
        t8 = t6 - c2
        t9 = t8 * t7 + t3
        t10 = t9 / t7
    return t10
