/* Values of continued fractions in double-double, each with its own polynomials.
 *
 * Backward recurrence as in backward.c, but the tail that is cut off is replaced by its asymptotic
 * expansion, so that fractions which converge like a power of n, or like exp(-c sqrt n), give some
 * 28 digits from a few hundred terms. The tail t_n = b_n/(a_n + t_(n+1)) has a formal expansion
 * n^p (T0 + T1 y + T2 y^2 + ...), y = 1/n or 1/sqrt n (Lorentzen, Waadeland: Continued Fractions with
 * Applications, 1992, on modified approximants; Birkhoff 1930 on formal solutions). Its coefficients
 * follow one by one from t_n (a_n + t_(n+1)) = b_n; of two solutions the attractive one is taken. It
 * is cut at its smallest term, whose size starts the running error bound.
 *
 * LANES fractions of one kind (degrees, class, depth) go side by side.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "doubledouble.h"

#define LANES 8
#define ORDERS 40
#define FOR_LANES for (int l = 0; l < LANES; l++)

/* How the expansion starts: see `begin`. */
enum { SIMPLE, ALTERNATING, DOUBLED, HALF_ALTERNATING, HALF_DOUBLED };

typedef struct { double hi[LANES], lo[LANES]; } wide;

#define GET(x) pair_of((x).hi[l], (x).lo[l])
#define PUT(x, value) do { pair put_ = (value); (x).hi[l] = put_.hi; (x).lo[l] = put_.lo; } while (0)

static inline pair real(double x) { return pair_of(x, 0.0); }

/* A 64-bit integer exactly. */
static pair whole(int64_t c)
{
    double hi = (double)(c >> 32) * 0x1p32;
    return fast_two_sum(hi, (double)(c & 0xffffffff));
}

typedef struct {
    wide t[ORDERS], s[ORDERS];             /* T, and the expansion of t_(n+1) in the same y */
    wide a[ORDERS], b[ORDERS];             /* those of a_n/n^p and b_n/n^(2p) */
    pair binomial[ORDERS][ORDERS];         /* [j][i]: coefficient of n^-i in (1 + 1/n)^(p - j h) */
    int orders, step;                      /* step 2: y = 1/sqrt n */
    double power;                          /* p */
} expansion;

static void binomials(expansion *x)
{
    for (int j = 0; j < x->orders; j++) {
        pair c = real(1.0);
        for (int i = 0; i < x->orders; i++) {
            x->binomial[j][i] = c;
            pair factor = real(x->power - (double)j / x->step - i);
            c = pair_div(pair_mul(c, factor), real(i + 1.0));
        }
    }
}

/* s[q] from t[0..q]. */
static void follow(expansion *x, int q)
{
    memset(&x->s[q], 0, sizeof(wide));
    for (int j = q & (x->step - 1); j <= q; j += x->step) {
        pair c = x->binomial[j][(q - j) / x->step];
        FOR_LANES PUT(x->s[q], pair_add(GET(x->s[q]), pair_mul(c, GET(x->t[j]))));
    }
}

/* What order m of T (A + S) lacks of B. */
static void missing(const expansion *x, int m, wide *rest)
{
    *rest = x->b[m];
    for (int i = 0; i <= m; i++)
        FOR_LANES {
            pair sum = pair_add(GET(x->a[m - i]), GET(x->s[m - i]));
            PUT(*rest, pair_sub(GET(*rest), pair_mul(GET(x->t[i]), sum)));
        }
}

static pair with_sign(pair x, double like) { return like < 0.0 ? pair_negative(x) : x; }

/* T0, and T1 where the equation for T0 has a double root; the divisor of all that follow, and what it
 * gains from one order to the next. `lead` is a's leading coefficient. */
static void begin(expansion *x, int kind, const wide *lead, wide *divisor, wide *gain)
{
    memset(gain, 0, sizeof *gain);
    FOR_LANES {
        pair a0 = GET(x->a[0]), b0 = GET(x->b[0]);
        if (kind == DOUBLED || kind == HALF_DOUBLED) {
            PUT(x->t[0], pair_mul(a0, real(-0.5)));
            continue;
        }
        pair root = pair_sqrt(pair_add(pair_mul(a0, a0), pair_mul(real(4.0), b0)));
        PUT(*divisor, with_sign(root, lead->hi[l]));
        /* (-a0 + root)/2 without cancellation. */
        pair sum = pair_add(a0, GET(*divisor));
        PUT(x->t[0], pair_div(pair_mul(real(2.0), b0), sum));
    }
    follow(x, 0);
    if (kind != DOUBLED && kind != HALF_DOUBLED)
        return;
    wide rest;
    follow(x, 1);
    follow(x, 2);
    missing(x, 2, &rest);
    FOR_LANES {
        /* T1^2 + linear T1 = rest */
        pair t0 = GET(x->t[0]), linear = real(0.0);
        if (kind == DOUBLED)
            linear = pair_add(GET(x->a[1]), pair_mul(t0, real(2.0 * x->power - 1.0)));
        pair square = pair_add(pair_mul(linear, linear), pair_mul(real(4.0), GET(rest)));
        pair root = with_sign(pair_sqrt(square.hi > 0.0 ? square : real(0.0)), lead->hi[l]);
        PUT(x->t[1], pair_mul(real(0.5), pair_sub(root, linear)));
        /* At order m + 1 T_m has the factor a1 + 2 T1 + (2p - m) T0; half powers, 2 T1 alone. */
        if (kind == DOUBLED) {
            PUT(*divisor, pair_add(root, t0));
            PUT(*gain, pair_negative(t0));
        } else
            PUT(*divisor, root);
    }
    follow(x, 1);
}

/* All the coefficients, given a, b, power, step and orders. */
static void expand(expansion *x, int kind, const wide *lead)
{
    wide divisor, gain, rest;
    int late = kind == DOUBLED || kind == HALF_DOUBLED;
    binomials(x);
    memset(x->t, 0, sizeof x->t);
    memset(x->s, 0, sizeof x->s);
    begin(x, kind, lead, &divisor, &gain);
    for (int m = 1 + late; m + late < x->orders; m++) {
        for (int q = m; q <= m + late; q++)
            follow(x, q);
        missing(x, m + late, &rest);
        FOR_LANES {
            pair by = pair_add(GET(divisor), pair_mul(real((double)m), GET(gain)));
            PUT(x->t[m], pair_div(GET(rest), by));
        }
        follow(x, m);
    }
    x->orders -= late;
}

/* The expansion at n, cut before its smallest term, and that term's size. */
static void start(const expansion *x, size_t n, wide *t, double *error)
{
    double y = x->step == 2 ? 1.0 / sqrt((double)n) : 1.0 / (double)n;
    pair scale = real(1.0);
    int powers = (int)floor(x->power);
    for (int k = 0; k < powers; k++)
        scale = pair_mul(scale, real((double)n));
    if (x->power > powers)
        scale = pair_mul(scale, pair_sqrt(real((double)n)));
    pair unit = x->step == 2 ? pair_div(real(1.0), pair_sqrt(real((double)n)))
                             : pair_div(real(1.0), real((double)n));
    FOR_LANES {
        int best = 0;
        double smallest = INFINITY, size = 1.0;
        /* Two terms together: every other one may vanish by symmetry. */
        for (int k = 1; k + 1 < x->orders; k++) {
            size *= y;
            double here = (fabs(x->t[k].hi[l]) + fabs(x->t[k + 1].hi[l]) * y) * size;
            if (here < smallest)
                smallest = here, best = k;
        }
        pair sum = real(0.0);
        for (int k = best - 1; k >= 0; k--)
            sum = pair_add(pair_mul(sum, unit), GET(x->t[k]));
        PUT(*t, pair_mul(sum, scale));
        error[l] = 4.0 * smallest * scale.hi + 0x1p-100 * fabs(t->hi[l]);
    }
}

static inline void horner(const wide *c, int degree, double n, wide *out)
{
    *out = c[degree];
    for (int k = degree - 1; k >= 0; k--)
        FOR_LANES {
            pair p = two_product(out->hi[l], n);
            p = fast_two_sum(p.hi, fma(out->lo[l], n, p.lo));
            pair s = two_sum(p.hi, c[k].hi[l]);
            PUT(*out, fast_two_sum(s.hi, s.lo + (p.lo + c[k].lo[l])));
        }
}

/* From t_N down to the value; t receives it. */
static void descend(const wide *a, int da, const wide *b, int db, size_t depth, wide *t, double *error)
{
    wide an, bn;
    for (size_t n = depth - 1; n > 0; n--) {
        horner(a, da, (double)n, &an);
        horner(b, db, (double)n, &bn);
        FOR_LANES {
            pair below = pair_add(GET(an), GET(*t));
            /* A vanishing one stands for an infinite t_n, which the next step takes back. */
            below.hi = below.hi == 0.0 ? 1e-40 * (1.0 + fabs(an.hi[l])) : below.hi;
            pair next = pair_div(GET(bn), below);
            error[l] = fabs(next.hi / below.hi) * error[l] + 0x1p-101 * fabs(next.hi);
            PUT(*t, next);
        }
    }
    FOR_LANES {
        pair v = pair_add(GET(a[0]), GET(*t));
        PUT(*t, v);
        error[l] += 0x1p-101 * fabs(v.hi);
    }
}

/* Values of count fractions of one kind.
 *
 * a: int64[count, da + 1], b: int64[count, db + 1], leading term first and not zero. depth: the index
 * N of the tail that is expanded. high, low, error: float64[count].
 */
void tails(size_t count, int kind, int da, int db, const int64_t *a, const int64_t *b, size_t depth,
           double *high, double *low, double *error)
{
    static _Thread_local expansion x;
    for (size_t i = 0; i < count; i += LANES) {
        wide pa[ORDERS], pb[ORDERS], t;
        double e[LANES];
        FOR_LANES {
            size_t one = i + l < count ? i + l : count - 1;
            for (int k = 0; k <= da; k++)
                PUT(pa[k], whole(a[one * (da + 1) + da - k]));
            for (int k = 0; k <= db; k++)
                PUT(pb[k], whole(b[one * (db + 1) + db - k]));
        }
        int half = kind == HALF_ALTERNATING || kind == HALF_DOUBLED;
        x.step = half ? 2 : 1;
        /* Where convergence is fast anyway, a short expansion will do. */
        x.orders = half ? ORDERS : kind == SIMPLE ? 16 : 30;
        x.power = kind == ALTERNATING ? da + 1.0 : kind == HALF_ALTERNATING ? da + 0.5 : da;
        memset(x.a, 0, sizeof x.a);
        memset(x.b, 0, sizeof x.b);
        int lag = kind == ALTERNATING || kind == HALF_ALTERNATING;
        int late = (int)(2.0 * x.power) - db;
        for (int k = 0; k <= da && lag + k * x.step < x.orders; k++)
            x.a[lag + k * x.step] = pa[da - k];
        for (int k = 0; k <= db && (late + k) * x.step < x.orders; k++)
            x.b[(late + k) * x.step] = pb[db - k];
        expand(&x, kind, &pa[da]);
        start(&x, depth, &t, e);
        descend(pa, da, pb, db, depth, &t, e);
        for (size_t l = 0; l < LANES && i + l < count; l++) {
            high[i + l] = t.hi[l];
            low[i + l] = t.lo[l];
            error[i + l] = e[l];
        }
    }
}
