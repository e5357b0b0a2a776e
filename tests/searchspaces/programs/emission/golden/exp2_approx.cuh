/*
 * exp2_approx: 2^x for x in [0, 1].
 *
 * 10 operations. Found by elitemap, space elementary,
 * program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
 * SPDX-License-Identifier: MIT
 *
 * Certificate, for real arithmetic and the unrounded constants:
 *   largest error, proved bound  2.1919e-15
 *   digits, proved               14.6591
 *   error attained, proved       2.1918e-15
 *   attained at x                0.73125
 *   digits, at most              14.6592
 *   float64 error, measured      4e-15
 *   float64 rounding, measured   2.1e-15
 *   target                       exp2(x)
 *   domain                       [0, 1]
 *   error                        relative
 *   method                       adaptive Taylor models in ball arithmetic
 *   precision bits               128
 *   subintervals                 37
 *
 * Whether the float64 evaluation is finite was not examined.
 *
 * Sums, products, quotients and roots are intrinsics that round to nearest (__dadd_rn):
 * nvcc fuses none of them, whatever --fmad says, so the bits are those of the exported C.
 */
#ifndef ELITEMAP_EXP2_APPROX_CUH
#define ELITEMAP_EXP2_APPROX_CUH

#include <stddef.h>

/* The function at x. */
static __device__ __forceinline__ double exp2_approx(double x)
{
    const double c1 = 0x1.69786606cdbccp+12; /* 5783.524908832226833435 */
    const double c2 = 0x1.d92f7200da649p+13; /* 15141.93066568965270797 */
    const double c3 = -0x1.f51aafff9ae5ep+7; /* -250.5521240116676651583 */
    const double c4 = 0x1.f51aafffbffd4p+8; /* 501.104248031971314874 */
    const double c5 = -0x1.ffffffffffffep-1; /* -0.9999999999999997260271 */
    const double t1 = __ddiv_rn(c1, x);
    const double t2 = __dadd_rn(x, t1);
    const double t3 = __ddiv_rn(c2, t2);
    const double t4 = __dadd_rn(t3, c3);
    const double t5 = __dadd_rn(t2, t4);
    const double t6 = __ddiv_rn(c4, t5);
    const double t7 = __dsub_rn(t6, c5);
    const double t8 = __dmul_rn(t7, t7);
    const double t9 = __dmul_rn(t8, t8);
    const double t10 = __dmul_rn(t9, t9);
    return t10;
}

/* y[i] = exp2_approx(x[i]) for i < n, in any grid of one dimension. */
static __global__ void exp2_approx_kernel(const double *x, double *y, size_t n)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
        y[i] = exp2_approx(x[i]);
    }
}

#endif
