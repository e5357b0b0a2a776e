/*
 * exp2_approx: 2^x for x in [-10, 10].
 *
 * 8 operations. Found by elitemap, space elementary,
 * program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
 * SPDX-License-Identifier: MIT
 *
 * At most 12 bits.
 *
 * Sums, products and the fused multiply-add are intrinsics that round to nearest
 * (__fmaf_rn): nvcc fuses and regroups none of them, whatever --fmad and --use_fast_math
 * say, so the bits are those of the exported C, but for NaNs. With --ftz=true the
 * intrinsics flush subnormal numbers.
 */
#ifndef ELITEMAP_EXP2_APPROX_CUH
#define ELITEMAP_EXP2_APPROX_CUH

#include <stddef.h>
#include <stdint.h>

/* The function at x. */
static __device__ __forceinline__ float exp2_approx(float x)
{
    const float c1 = 0x1.c91d140000000p-5f;
    const float c2 = 0x1.ebedfa0000000p-3f;
    const float c3 = 0x1.62de000000000p-1f;
    const float c4 = 0x1.0000000000000p+0f;
    const int32_t c5 = INT32_C(23);
    const float t1 = rintf(x);
    const float t2 = __fsub_rn(x, t1);
    const float t3 = __fmaf_rn(t2, c1, c2);
    const float t4 = __fmaf_rn(t3, t2, c3);
    const float t5 = __fmaf_rn(t4, t2, c4);
    const int32_t t6 = (t1 >= -0x1p31f && t1 < 0x1p31f ? __float2int_rn(t1) : INT32_MIN);
    const int32_t t7 = (int32_t)((uint32_t)t6 << (c5 & 31));
    const int32_t t8 = __float_as_int(t5);
    const int32_t t9 = (int32_t)((uint32_t)t7 + (uint32_t)t8);
    const float t10 = __int_as_float(t9);
    return t10;
}

/* y[i] = exp2_approx(x[i]) for i < n, in any grid of one dimension. */
static __global__ void exp2_approx_kernel(const float *x, float *y, size_t n)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
        y[i] = exp2_approx(x[i]);
    }
}

#endif
