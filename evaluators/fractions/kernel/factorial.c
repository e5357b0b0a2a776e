/* Factorial reduction of continued fractions: how much of the convergents' growth is common factors.
 *
 * Numerators and denominators of the convergents obey y(n) = a(n) y(n-1) + b(n) y(n-2). The power of a
 * prime l in all solutions at once is that in the product of the matrices (a(n), b(n); 1, 0); their
 * determinants -b(n) bound it: of l^d in all determinants at most l^(d/2) comes out. A polynomial of
 * linear factors brings d = degree(b) per l terms.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ROOM = 16, MOST_PRIMES = 16 };

/* A prime, the largest power of it below 2^31 (not more than asked for), constants of Montgomery's
 * reduction modulo that power, and how many terms to go. */
typedef struct {
    int prime, power, terms;
    uint32_t modulus, negative_inverse, square;
} place;

static place place_of(int prime)
{
    place l = {.prime = prime, .modulus = 1, .terms = 3 * prime + 1};
    while ((uint64_t)l.modulus * (uint32_t)prime < 1ull << 31) {
        l.modulus *= (uint32_t)prime;
        l.power++;
    }
    uint32_t inverse = 1;
    for (int k = 0; k < 5; k++)
        inverse *= 2 - l.modulus * inverse;
    l.negative_inverse = -inverse;
    uint64_t radix = (1ull << 32) % l.modulus;
    l.square = (uint32_t)(radix * radix % l.modulus);
    return l;
}

/* t / 2^32 modulo the modulus (Montgomery, 1985), for t below 2^32 times the modulus. */
static inline uint32_t reduced(uint64_t t, const place *l)
{
    uint32_t q = (uint32_t)t * l->negative_inverse;
    uint64_t u = (t + (uint64_t)q * l->modulus) >> 32;
    return (uint32_t)(u >= l->modulus ? u - l->modulus : u);
}

static inline uint32_t sum(uint32_t x, uint32_t y, uint32_t modulus)
{
    uint32_t s = x + y;
    return s >= modulus ? s - modulus : s;
}

/* A number times 2^32 modulo the modulus. */
static inline uint32_t residue(int64_t x, const place *l)
{
    int64_t r = x % (int64_t)l->modulus;
    return reduced((uint64_t)(r < 0 ? r + l->modulus : r) * l->square, l);
}

static int valuation(uint32_t x, const place *l)
{
    int v = 0;
    if (x == 0)
        return l->power;
    for (; x % (uint32_t)l->prime == 0; v++)
        x /= (uint32_t)l->prime;
    return v;
}

/* A polynomial as its differences at 0, from which its values come by additions. */
typedef struct { int size; int64_t difference[ROOM]; } series;

static series series_of(const int64_t *c, size_t width)
{
    series s = {(int)width, {0}};
    while (s.size > 1 && c[s.size - 1] == 0)
        s.size--;
    for (int n = 0; n < s.size; n++)
        for (int k = s.size - 1; k >= 0; k--)
            s.difference[n] = s.difference[n] * n + c[k];
    for (int order = 1; order < s.size; order++)
        for (int k = s.size - 1; k >= order; k--)
            s.difference[k] -= s.difference[k - 1];
    return s;
}

static inline void advance(uint32_t *d, int size, uint32_t modulus)
{
    for (int k = 0; k + 1 < size; k++)
        d[k] = sum(d[k], d[k + 1], modulus);
}

/* The power of a prime in all convergents from 3 l terms on. */
static int common_power(const series *a, const series *b, const place *l)
{
    uint32_t da[ROOM], db[ROOM], p = 1, p0 = 0, q = 0, q0 = 1, m = l->modulus;
    for (int k = 0; k < a->size; k++)
        da[k] = residue(a->difference[k], l);
    for (int k = 0; k < b->size; k++)
        db[k] = residue(b->difference[k], l);
    for (int n = 1; n <= l->terms; n++) {
        advance(da, a->size, m);
        advance(db, b->size, m);
        uint32_t p1 = reduced((uint64_t)da[0] * p + (uint64_t)db[0] * p0, l);
        uint32_t q1 = reduced((uint64_t)da[0] * q + (uint64_t)db[0] * q0, l);
        p0 = p;
        p = p1;
        q0 = q;
        q = q1;
    }
    int v = valuation(p, l), others[] = {valuation(p0, l), valuation(q, l), valuation(q0, l)};
    for (int k = 0; k < 3; k++)
        v = others[k] < v ? others[k] : v;
    return v;
}

static int64_t content(const int64_t *c, size_t width)
{
    int64_t g = 0;
    for (size_t k = 0; k < width && g != 1; k++)
        for (int64_t x = c[k], t; x; x = t) {
            t = g % x;
            g = x;
        }
    return g;
}

/* The share of full reduction that one prime shows: 1 if its power is at least that of
 * n!^(d/2) / lcm(1..n)^(d/2), d = degree(b), after n = 3 l terms, where that can be told. */
static double share_at(const series *a, const series *b, const place *l)
{
    int full = b->size - 1 < l->power ? b->size - 1 : l->power, v = common_power(a, b, l);
    return v >= full ? 1.0 : (double)v / full;
}

/* The mean share over some primes. Those that divide all coefficients of a divide much else for that
 * reason alone, and modulo those that divide b's leading one not all roots of b are there: they tell
 * nothing and count as the least of the others do. Given up as soon as `bar` is out of reach; primes
 * left count 0 then. */
static double mean_share(const series *a, const series *b, int64_t content_a, int64_t leading_b,
                         const place *places, size_t primes, double bar)
{
    double total = 0, least = 1, reach = bar * (double)primes - 1e-9;
    size_t mute = 0, told = 0;
    for (size_t k = 0; k < primes; k++)
        mute += content_a % places[k].prime == 0 || leading_b % places[k].prime == 0;
    if (b->size < 2 || mute == primes)
        return 0.0;
    for (size_t k = 0; k < primes; k++) {
        if (content_a % places[k].prime == 0 || leading_b % places[k].prime == 0)
            continue;
        if (total + (double)(primes - mute - told) + (double)mute * least < reach)
            return total / (double)primes;
        double share = share_at(a, b, &places[k]);
        total += share;
        least = share < least ? share : least;
        told++;
    }
    return (total + (double)mute * least) / (double)primes;
}

/* Mean shares of every row, each as far as it may reach its bar. */
void reduction(size_t rows, size_t width_a, size_t width_b, const int64_t *a, const int64_t *b,
               size_t primes, const int32_t *prime, const double *bar, double *share)
{
    place places[MOST_PRIMES];
    for (size_t k = 0; k < primes; k++)
        places[k] = place_of(prime[k]);
    for (size_t row = 0; row < rows; row++) {
        const int64_t *ra = a + row * width_a, *rb = b + row * width_b;
        series sa = series_of(ra, width_a), sb = series_of(rb, width_b);
        share[row] = mean_share(&sa, &sb, content(ra, width_a), rb[sb.size - 1], places, primes,
                                bar[row]);
    }
}
