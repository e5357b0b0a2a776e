"""exp2_approx: 2^x for x in [-10, 10].

Launch kernels that call it with enable_fp_fusion=False: then nothing is fused that is not
written as tl.fma, and the bits are those of the exported C, but for NaNs.
"""

import triton
import triton.language as tl


@triton.jit
def _bits(a):
    return a.to(tl.int32, bitcast=True)


@triton.jit
def _float(a):
    return a.to(tl.float32, bitcast=True)


@triton.jit
def _rint(a):
    # Beyond 2^23 every float is whole.
    size = _float(_bits(a) & 0x7FFFFFFF)
    near = _float(_bits((size + 8388608.0) - 8388608.0) | (_bits(a) & -0x80000000))
    return tl.where(size < 8388608.0, near, a)


@triton.jit
def _toint(a):
    inside = (a >= -2147483648.0) & (a < 2147483648.0)
    return tl.where(inside, _rint(tl.where(inside, a, 0.0)).to(tl.int32), -0x80000000)


@triton.jit
def exp2_approx(x):
    """8 operations. Found by elitemap, space elementary,
    program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
    SPDX-License-Identifier: MIT

    At most 12 bits.

    x: a block of float32.
    """
    c1 = tl.full((), 0.055799998342990875, tl.float32)
    c2 = tl.full((), 0.2401999980211258, tl.float32)
    c3 = tl.full((), 0.6930999755859375, tl.float32)
    c4 = tl.full((), 1.0, tl.float32)
    c5 = tl.full((), 23, tl.int32)
    t1 = _rint(x)
    t2 = x - t1
    t3 = tl.fma(t2, c1, c2)
    t4 = tl.fma(t3, t2, c3)
    t5 = tl.fma(t4, t2, c4)
    t6 = _toint(t1)
    t7 = t6 << (c5 & 31)
    t8 = _bits(t5)
    t9 = t7 + t8
    t10 = _float(t9)
    return t10


@triton.jit
def exp2_approx_kernel(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    places = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + places, mask=places < n)
    tl.store(y_ptr + places, exp2_approx(x), mask=places < n)
