"""The text around a program for exp that makes a softmax of it."""

HEADER = """\
/*
{comment}
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>

/* y[i] = exp(x[i]) / sum of exp(x[j]) for i, j < n; y may be x. */
void {name}(const float *x, float *y, size_t n);

/* The same in three passes: the largest x, exponentials of differences, their quotients. */
void {name}_by_three(const float *x, float *y, size_t n);

#endif
"""

SOURCE = """\
/*
 * {name}: see {name}.h for what it computes and how to build it.
 * SPDX-License-Identifier: MIT
 */
#include "{name}.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

{helpers}{mantissa}
{exponent}
enum {{ LANES = 16, BLOCK = 1024 }};

/* Arguments within it have their pairs; smaller ones add nothing. */
static const float reach = 65536.0f;

/* 2^n for whole n of at most 0; 0 from n = -127 on. */
static inline float power(float n)
{{
    const float m = n > -127.0f ? n : -127.0f;
    return float_of((int32_t)((uint32_t)((int32_t)m + 127) << 23));
}}

static inline float clamped(float x)
{{
    return x > -reach ? x : -reach;
}}

/* Adds exp(x[j]) to the pair (sum[j], top[j]) of every lane. */
static inline void add(const float *x, float *sum, float *top)
{{
    for (int j = 0; j < LANES; j++) {{
        const float v = clamped(x[j]), m = {name}_mantissa(v), n = {name}_exponent(v);
        const float most = n > top[j] ? n : top[j];
        sum[j] = fmaf(sum[j], power(top[j] - most), m * power(n - most));
        top[j] = most;
    }}
}}

/* Takes all lanes into a pair whose sum is a double, and makes their sums 0. */
static void gather(float *sum, const float *top, double *whole, float *most)
{{
    float best = *most;
    for (int j = 0; j < LANES; j++) {{
        best = top[j] > best ? top[j] : best;
    }}
    *whole *= (double)power(*most - best);
    for (int j = 0; j < LANES; j++) {{
        *whole += (double)sum[j] * (double)power(top[j] - best);
        sum[j] = 0.0f;
    }}
    *most = best;
}}

void {name}_by_three(const float *x, float *y, size_t n)
{{
    float most = -INFINITY, zero = 0.0f;
    float sums[LANES] = {{0}};
    const float level[LANES] = {{0}};
    double whole = 0.0;
    int odd = 0;
    for (size_t i = 0; i < n; i++) {{
        odd |= x[i] != x[i];
        most = x[i] > most ? x[i] : most;
    }}
    if (odd || !(most - most == 0.0f)) {{
        for (size_t i = 0; i < n; i++) {{
            y[i] = NAN;
        }}
        return;
    }}
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {{
        for (size_t j = 0; j < LANES; j++) {{
            const float d = clamped(x[i + j] - most);
            y[i + j] = {name}_mantissa(d) * power({name}_exponent(d));
            sums[j] += y[i + j];
        }}
        if (i % BLOCK == 0) {{
            gather(sums, level, &whole, &zero);
        }}
    }}
    for (; i < n; i++) {{
        const float d = clamped(x[i] - most);
        y[i] = {name}_mantissa(d) * power({name}_exponent(d));
        whole += (double)y[i];
    }}
    gather(sums, level, &whole, &zero);
    const float scale = (float)(1.0 / whole);
    for (i = 0; i < n; i++) {{
        y[i] *= scale;
    }}
}}

void {name}(const float *x, float *y, size_t n)
{{
    float sum[LANES] = {{0}}, top[LANES], rest[LANES];
    float most = -4.0f * reach;
    double whole = 0.0;
    int odd = 0;
    size_t i = 0;
    for (int j = 0; j < LANES; j++) {{
        top[j] = -4.0f * reach;
        rest[j] = -reach;
    }}
    for (; i + LANES <= n; i += LANES) {{
        for (int j = 0; j < LANES; j++) {{
            /* Not (x <= reach): NaN too. */
            odd |= !(x[i + (size_t)j] <= reach);
        }}
        add(x + i, sum, top);
        if (i % BLOCK == 0) {{
            gather(sum, top, &whole, &most);
        }}
    }}
    for (size_t j = i; j < n; j++) {{
        odd |= !(x[j] <= reach);
        rest[j - i] = x[j];
    }}
    if (i < n) {{
        add(rest, sum, top);
    }}
    gather(sum, top, &whole, &most);
    /* Beyond reach, or everything below it: differences first. */
    if (odd || most <= {name}_exponent(-reach)) {{
        {name}_by_three(x, y, n);
        return;
    }}
    const float scale = (float)(1.0 / whole);
    for (i = 0; i < n; i++) {{
        const float v = clamped(x[i]);
        y[i] = {name}_mantissa(v) * scale * power({name}_exponent(v) - most);
    }}
}}
"""

JAX = '''\
def _exp(x):
    """For numbers of at most 0; 0 where it is below 2^-126."""
    x = jnp.maximum(x, -104.0)
    n = jnp.maximum(_exponent(x), -127.0).astype(jnp.int32)
    return _mantissa(x) * jax.lax.bitcast_convert_type((n + 127) << 23, jnp.float32)


@jax.custom_jvp
def {name}(x):
{doc}
    x = jnp.asarray(x, jnp.float32)
    most = jnp.max(x, axis=-1, keepdims=True)
    # XLA would compute all of them twice, for the sum and for the result.
    powers = jax.lax.optimization_barrier(_exp(x - most))
    total = jnp.sum(powers, axis=-1, keepdims=True)
    return powers * jnp.where(jnp.isfinite(most), 1.0 / total, jnp.nan)


@{name}.defjvp
def _{name}_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    y = {name}(x)
    return y, y * (dx - jnp.sum(y * dx, axis=-1, keepdims=True))
'''
