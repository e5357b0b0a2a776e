/* Random continued fractions and their variation, one row at a time.
 *
 * Results are neither canonical nor checked, except that they fit their rows: what would not leaves
 * the parent as it was.
 */
#include <stddef.h>

#include "forms.h"

enum operator {
    JITTER, STRIDE, MIRROR, SYMMETRISE, FACTOR, MERGE, FORM, SCALE, CROSSOVER, SLIDE, RAISE, LOWER
};

/* Share of offspring that are varied twice. */
static const double TWICE = 0.2;

static const int PRIMES[] = {2, 3, 5, 7, 11, 13};

/* Plus or minus a multiple of 2, 6, 30, 210, ...: what a coefficient may be moved by without changing
 * it modulo the first primes, on which it depends whether anything is reduced at these. */
static int64_t stride(const limits *m, stream *r)
{
    int64_t step = 1;
    for (int k = below(r, 5); k >= 0 && step * PRIMES[k] <= m->most; k--)
        step *= PRIMES[k];
    return step * amount(r, 1 + m->most / step);
}

static void move_coefficient(fraction *f, int64_t by, stream *r)
{
    poly *p = chance(r, 0.7) ? &f->a : &f->b;
    p->c[below(r, p->size)] += by;
}

/* Adds to a an element of the basis w^e t^j of polynomials symmetric about a's centre. */
static void move_mirrored(fraction *f, int64_t by, stream *r)
{
    int centre = dual_centre(&f->b), high = degree(&f->a), parity = high & 1;
    poly term = mirrored(below(r, high / 2 + 1), parity, centre);
    for (int k = 0; k < term.size; k++)
        f->a.c[k] += by * term.c[k];
}

/* a becomes a(n) + (-1)^degree a(s - n), and b four times itself: twice the symmetric part of a. */
static void symmetrise(fraction *f)
{
    poly image = f->a;
    int centre = dual_centre(&f->b), odd = 0;
    for (int k = 0; k < image.size; k++)
        if ((degree(&image) - k) & 1)
            image.c[k] = -image.c[k];
    if (!shift(&image, centre))
        return;
    for (int k = 0; k < image.size; k++) {
        f->a.c[k] += image.c[k];
        odd |= f->a.c[k] & 1;
    }
    for (int k = 0; odd && k < f->b.size; k++)
        f->b.c[k] *= 4;
    if (!odd)
        divide_by(&f->a, 2);
}

/* One linear factor of f becomes another: a random one, a neighbour, or another factor of f. A
 * polynomial without any gives way to one that has. */
static void change_line(poly *f, int merge, const limits *m, stream *r)
{
    line found[ROOM];
    int count = lines_of(f, found);
    if (!count) {
        *f = factored(degree(f), m->most, r);
        return;
    }
    int which = below(r, count);
    line old = found[which], new = random_line(r);
    if (merge)
        new = found[below(r, count)];
    else if (chance(r, 0.5))
        new = (line){old.p, old.q + (chance(r, 0.5) ? 1 : -1) * (chance(r, 0.5) ? old.p : 1)};
    divide(f, old);
    times(f, new);
}

static void new_form(fraction *f, const limits *m, stream *r)
{
    int whole = chance(r, 0.15);
    if (whole || chance(r, 0.6))
        f->a = random_a(whole ? degree(&f->b) / 2 : degree(&f->a), &f->b, m, r);
    if (whole || !chance(r, 0.6))
        f->b = random_b(degree(&f->b), m, r);
}

static void scale(fraction *f, stream *r)
{
    static const int factors[] = {-1, -1, 2, 3, 4, 5, 7, 8, 9, 16, 27};
    poly *p = chance(r, 0.7) ? &f->b : &f->a;
    int64_t by = factors[below(r, 11)];
    if (chance(r, 0.5) && content(p) % by == 0)
        divide_by(p, by);
    else
        for (int k = 0; k < p->size; k++)
            p->c[k] *= by;
}

/* a times a linear polynomial and b times two of them, or the reverse. */
static void change_degree(fraction *f, int raise, stream *r)
{
    line found[ROOM], one = random_line(r);
    if (raise) {
        line other = chance(r, 0.5) ? one : random_line(r);
        (void)(times(&f->a, random_line(r)) && times(&f->b, one) && times(&f->b, other));
        return;
    }
    for (int k = 0, count; k < 2 && (count = lines_of(&f->b, found)); k++)
        divide(&f->b, found[below(r, count)]);
    if (degree(&f->a) < 1)
        return;
    memmove(f->a.c, f->a.c + 1, (ROOM - 1) * sizeof *f->a.c);
    f->a.size--;
}

static void vary_one(fraction *f, const fraction *partner, int operator, const limits *m, stream *r)
{
    switch (operator) {
    case JITTER: move_coefficient(f, amount(r, m->most), r); break;
    case STRIDE:
        if (chance(r, 0.5))
            move_mirrored(f, stride(m, r), r);
        else
            move_coefficient(f, stride(m, r), r);
        break;
    case MIRROR: move_mirrored(f, amount(r, m->most), r); break;
    case SYMMETRISE: symmetrise(f); break;
    case FACTOR: change_line(chance(r, 0.8) ? &f->b : &f->a, 0, m, r); break;
    case MERGE: change_line(chance(r, 0.9) ? &f->b : &f->a, 1, m, r); break;
    case FORM: new_form(f, m, r); break;
    case SCALE: scale(f, r); break;
    case CROSSOVER:
        if (chance(r, 0.5))
            f->a = partner->a;
        else
            f->b = partner->b;
        break;
    case SLIDE: (void)shift(&f->a, chance(r, 0.5) ? 1 : -1); break;
    case RAISE: change_degree(f, 1, r); break;
    case LOWER: change_degree(f, 0, r); break;
    }
    trim(&f->a);
    trim(&f->b);
}

static int usable(const fraction *f, const limits *m)
{
    return f->a.size && f->b.size && f->a.size <= m->width_a && f->b.size <= m->width_b &&
           fits(&f->a, LARGEST) && fits(&f->b, LARGEST);
}

static stream seeded(const uint64_t *seed) { return (stream){{seed[0], seed[1], seed[2], seed[3]}}; }

/* Varies every row in place by its operator. seed: 4 words per row. */
void vary(size_t rows, size_t width_a, size_t width_b, int64_t *a, int64_t *b,
          const int64_t *partner_a, const int64_t *partner_b, int64_t most,
          const uint8_t *operators, const uint64_t *seed)
{
    limits m = {(int)width_a, (int)width_b, most};
    for (size_t row = 0; row < rows; row++) {
        stream r = seeded(seed + 4 * row);
        int64_t *ra = a + row * width_a, *rb = b + row * width_b;
        fraction f = {load_poly(ra, width_a), load_poly(rb, width_b)};
        fraction partner = {load_poly(partner_a + row * width_a, width_a),
                            load_poly(partner_b + row * width_b, width_b)};
        vary_one(&f, &partner, operators[row], &m, &r);
        if (usable(&f, &m) && chance(&r, TWICE))
            vary_one(&f, &partner, below(&r, LOWER + 1), &m, &r);
        if (usable(&f, &m)) {
            store_poly(&f.a, ra, width_a);
            store_poly(&f.b, rb, width_b);
        }
    }
}

/* Fills every row with a random fraction. */
void randomise(size_t rows, size_t width_a, size_t width_b, int64_t *a, int64_t *b, int64_t most,
               const uint64_t *seed)
{
    limits m = {(int)width_a, (int)width_b, most};
    for (size_t row = 0; row < rows; row++) {
        stream r = seeded(seed + 4 * row);
        int high = 1 + below(&r, m.width_a - 1), twice = 2 * high;
        int low = twice < m.width_b ? twice + 1 : m.width_b;
        poly fb = random_b(twice < low && chance(&r, 0.7) ? twice : below(&r, low), &m, &r);
        poly fa = random_a(high, &fb, &m, &r);
        store_poly(&fa, a + row * width_a, width_a);
        store_poly(&fb, b + row * width_b, width_b);
    }
}
