/*
 * every_primitive: nothing known for x in [-2, 3.5].
 *
 * 11 operations. Found by elitemap, space elementary,
 * program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
 * SPDX-License-Identifier: MIT
 *
 * No certificate: the absolute error on [-2, 3.5] is not proved.
 *
 * Whether the float64 evaluation is finite was not examined.
 *
 * Sums, products, quotients and roots are intrinsics that round to nearest (__dadd_rn):
 * nvcc fuses none of them, whatever --fmad says, so the bits are those of the exported C.
 */
#ifndef ELITEMAP_EVERY_PRIMITIVE_CUH
#define ELITEMAP_EVERY_PRIMITIVE_CUH

#include <stddef.h>

/* The function at x. */
static __device__ __forceinline__ double every_primitive(double x)
{
    const double c1 = -0x1.8000000000000p-1; /* -0.75 */
    const double c2 = 0x1.d87247702c0d0p-24; /* 1.1e-07 */
    const double t1 = __dadd_rn(x, c1);
    const double t2 = fabs(t1);
    const double t3 = __dsqrt_rn(t2);
    const double t4 = __dmul_rn(t3, x);
    const double t5 = (c1 > t4 ? c1 : t4);
    const double t6 = (x < t5 ? x : t5);
    const double t7 = __dmul_rn(t6, t6);
    const double t8 = __dsub_rn(t6, c2);
    const double t9 = __fma_rn(t8, t7, t3);
    const double t10 = __ddiv_rn(t9, t7);
    return t10;
}

/* y[i] = every_primitive(x[i]) for i < n, in any grid of one dimension. */
static __global__ void every_primitive_kernel(const double *x, double *y, size_t n)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
        y[i] = every_primitive(x[i]);
    }
}

#endif
