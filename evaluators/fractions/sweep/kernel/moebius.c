/* The table of Moebius images of constants, and looking up values in it.
 *
 * Linear forms h = c0 + c1 x of one constant are given up to sign, ascending by |h|. An entry is a
 * pair (p, q) of forms of one constant with |h_p| < |h_q|, in lowest terms and not proportional: it
 * stands for the four values +-h_p/h_q and +-h_q/h_p. Entries lie in buckets by |h_p/h_q| in (0, 1);
 * a value is compared with everything in the buckets that its tolerance reaches, on both sides.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { int32_t c0, c1, common, constant; } form;

static int32_t gcd(int32_t a, int32_t b)
{
    while (b) {
        int32_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static int is_entry(const form *p, const form *q)
{
    return p->constant == q->constant && (int64_t)p->c0 * q->c1 != (int64_t)p->c1 * q->c0
           && gcd(p->common, q->common) == 1;
}

static size_t bucket_of(double v, size_t buckets)
{
    double place = v * (double)buckets;
    return place < (double)buckets ? (size_t)place : buckets - 1;
}

/* How many entries there are, and in starts[buckets + 1] where every bucket will begin. */
size_t count_entries(size_t forms, const form *f, const double *size, size_t buckets,
                     uint32_t *starts)
{
    size_t total = 0;
    for (size_t k = 0; k <= buckets; k++)
        starts[k] = 0;
    for (size_t q = 0; q < forms; q++)
        for (size_t p = 0; p < q; p++)
            if (is_entry(f + p, f + q)) {
                starts[bucket_of(size[p] / size[q], buckets)]++;
                total++;
            }
    uint32_t before = 0;
    for (size_t k = 0; k <= buckets; k++) {
        uint32_t here = starts[k];
        starts[k] = before;
        before += here;
    }
    return total;
}

/* Fill value[] and code[] (p in the upper half, q in the lower); starts is restored. */
void fill_entries(size_t forms, const form *f, const double *size, size_t buckets, uint32_t *starts,
                  double *value, uint32_t *code)
{
    for (size_t q = 0; q < forms; q++)
        for (size_t p = 0; p < q; p++)
            if (is_entry(f + p, f + q)) {
                double v = size[p] / size[q];
                uint32_t place = starts[bucket_of(v, buckets)]++;
                value[place] = v;
                code[place] = (uint32_t)(p << 16 | q);
            }
    for (size_t k = buckets; k > 0; k--)
        starts[k] = starts[k - 1];
    starts[0] = 0;
}

/* Entries within the relative tolerance of |x| or 1/|x|: their number, the first ``room`` of them as
 * pairs of the index of x and the code. Values without a tolerance below 1e-6 match nothing. */
size_t match(size_t count, const double *x, const double *tolerance, size_t buckets,
             const uint32_t *starts, const double *value, const uint32_t *code, size_t room,
             int64_t *index, uint32_t *found)
{
    size_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        double y = fabs(x[i]);
        if (!(tolerance[i] < 1e-6 && y > 1e-300 && y < 1e300))
            continue;
        y = y > 1.0 ? 1.0 / y : y;
        double slack = tolerance[i] * y;
        size_t last = bucket_of(y + slack, buckets);
        uint32_t k = starts[bucket_of(y > slack ? y - slack : 0.0, buckets)];
        for (; k < starts[last + 1]; k++)
            if (fabs(value[k] - y) <= slack) {
                if (hits < room) {
                    index[hits] = (int64_t)i;
                    found[hits] = code[k];
                }
                hits++;
            }
    }
    return hits;
}
