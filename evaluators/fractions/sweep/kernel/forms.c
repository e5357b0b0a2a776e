/* Values v with v (d0 + d1 x1 + ...) = c0 + c1 x1 + ... for small whole c and d, without a table of
 * quotients: every product of v with one of the d's is looked up among the sums c1 x1 + ..., which
 * lie in buckets by their fractional parts; c0 is what then remains.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

static int degenerate(size_t m, const int32_t *d, int32_t c0, const int32_t *c)
{
    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j < i; j++) {
            int64_t ci = c[i - 1], cj = j ? c[j - 1] : c0;
            if (ci * d[j] != cj * d[i])
                return 0;
        }
    return 1;
}

/* Relations found: their number, the first ``room`` of them as (index of v, number of d, number of
 * c, c0).
 *
 * v, tolerance: float64[count], relative. m constants. weights: float64[nd], the d's; d: int32[nd, m + 1].
 * sums: float64[nc], the c's, ordered by fractional part; c: int32[nc, m]. starts: uint32[buckets + 1].
 */
size_t relate(size_t count, const double *v, const double *tolerance, size_t m, int32_t most,
              size_t nd, const double *weights, const int32_t *d, size_t nc, const double *sums,
              const int32_t *c, size_t buckets, const uint32_t *starts, double largest, size_t room,
              int64_t *found)
{
    size_t hits = 0;
    double reach = largest + most + 1.0;
    for (size_t i = 0; i < count; i++) {
        if (!(tolerance[i] < 1e-9 && fabs(v[i]) > 1e-300 && fabs(v[i]) < 1e300))
            continue;
        for (size_t k = 0; k < nd; k++) {
            double w = v[i] * weights[k];
            if (!(fabs(w) < reach))
                continue;
            double slack = tolerance[i] * fabs(w) + 0x1p-50 * (fabs(w) + largest);
            double part = w - floor(w), low = part - slack, high = part + slack;
            /* Where the tolerance crosses a whole number, everything there is compared. */
            size_t first = low <= 0.0 || high >= 1.0 ? 0 : (size_t)(low * (double)buckets);
            size_t last = low <= 0.0 || high >= 1.0 ? buckets - 1 : (size_t)(high * (double)buckets);
            for (uint32_t at = starts[first]; at < starts[last + 1]; at++) {
                double whole = w - sums[at], c0 = rint(whole);
                if (fabs(whole - c0) > slack || fabs(c0) > most
                    || degenerate(m, d + k * (m + 1), (int32_t)c0, c + at * m))
                    continue;
                if (hits < room) {
                    int64_t *row = found + 4 * hits;
                    row[0] = (int64_t)i, row[1] = (int64_t)k, row[2] = at, row[3] = (int64_t)c0;
                }
                hits++;
            }
        }
    }
    return hits;
}
