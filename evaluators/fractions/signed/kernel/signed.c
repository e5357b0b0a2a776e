/* Expands Moebius images of a constant into signed continued fractions and looks for recurrences.
 *
 * The images are x = (c0 + c1 c)/(c2 + c3 c) for rows c0..c3, the constant c = (C + e)/2^bits with
 * whole C > 0 and 0 <= e <= slack.
 */
#include "expansion.h"
#include "recurrence.h"

/* What a pair of an image and a word of signs comes to. */
#define NEGATIVE -1 /* the image is not positive */
#define NONE 0      /* no recurrence */
#define MODULAR 1   /* one modulo the prime that does not hold for the whole quotients */
#define WHOLE 2

typedef struct {
    const uint64_t *limbs;
    int size, bits;
    double slack;
} constant;

typedef struct {
    const int8_t *signs;
    int64_t period;
} word;

/* The image as a pair of long integers; 0 if it is negative or its sign undecided. */
static int image(quotient *x, const constant *c, const int64_t *side)
{
    uint64_t one[LIMBS] = {0}, row[2][LIMBS + 1];
    one[c->bits / 64] = 1ull << c->bits % 64;
    int negative[2];
    for (int i = 0; i < 2; i++) {
        negative[i] = combine(row[i], side[2 * i], one, side[2 * i + 1], c->limbs, c->size);
        /* A sign the enclosure does not decide: the number is next to zero or infinity. */
        double slack = size_of(side[2 * i + 1]) * c->slack;
        if (!exceeds(row[i], c->size + 1, slack))
            return 0;
    }
    if (negative[0] != negative[1])
        return 0;
    x->size = c->size + 1;
    memcpy(x->n, row[0], x->size * sizeof *x->n);
    memcpy(x->d, row[1], x->size * sizeof *x->d);
    x->slack_n = size_of(side[1]) * c->slack;
    x->slack_d = size_of(side[3]) * c->slack;
    trim(x);
    return 1;
}

/* Quotients until `depth`, the end of precision, or (with r) no recurrence of `most` taps is left. */
static int expand(quotient x, word w, int depth, int64_t *found, recurrence *r, int most)
{
    int count = 0, phase = 0;
    for (;;) {
        hats h;
        steps m = {1, 0, 0, 1};
        int before = count, decided = leading(&x, &h);
        while (decided && count < depth && short_step(&h, &m, w.signs[phase] < 0, found + count)) {
            phase = phase + 1 == w.period ? 0 : phase + 1;
            if (r && !recurrence_add(r, found[count], most))
                return 0;
            count++;
        }
        if (count == depth)
            return count;
        if (count > before) {
            if (!apply(&x, &m))
                return count;
            continue;
        }
        if (!long_step(&x, w.signs[phase] < 0, found + count))
            return count;
        phase = phase + 1 == w.period ? 0 : phase + 1;
        if (r && !recurrence_add(r, found[count], most))
            return 0;
        count++;
    }
}

static int8_t outcome(const quotient *x, word w, int depth, int most)
{
    int64_t found[TERMS], taps[TAPS];
    recurrence r;
    recurrence_begin(&r);
    int count = expand(*x, w, depth, found, &r, most);
    /* Four terms a tap, also where precision ended before the depth. */
    if (count < depth / 2 || 4 * r.length > count)
        return NONE;
    recurrence_taps(&r, taps);
    return recurrence_holds(found, count, taps, r.length) ? WHOLE : MODULAR;
}

static constant constant_of(const uint64_t *limbs, size_t size, size_t bits, double slack)
{
    return (constant){limbs, (int)size, (int)bits, slack};
}

/* What comes of every pair of n images with the words; signs lie in rows of `longest`. */
void search(const uint64_t *limbs, size_t size, size_t bits, double slack, const int64_t *sides,
            size_t n, const int8_t *signs, const int64_t *periods, size_t words, size_t longest,
            size_t depth, size_t most, int8_t *result)
{
    constant c = constant_of(limbs, size, bits, slack);
    for (size_t i = 0; i < n; i++) {
        quotient x;
        int positive = image(&x, &c, sides + 4 * i);
        for (size_t j = 0; j < words; j++) {
            word w = {signs + j * longest, periods[j]};
            result[i * words + j] = positive ? outcome(&x, w, (int)depth, (int)most) : NEGATIVE;
        }
    }
}

/* Quotients of n images, each with its own word: counts of them in rows of `depth`. */
void quotients(const uint64_t *limbs, size_t size, size_t bits, double slack, const int64_t *sides,
               size_t n, const int8_t *signs, const int64_t *periods, size_t longest, size_t depth,
               int64_t *found, int64_t *counts)
{
    constant c = constant_of(limbs, size, bits, slack);
    for (size_t i = 0; i < n; i++) {
        quotient x;
        word w = {signs + i * longest, periods[i]};
        counts[i] = image(&x, &c, sides + 4 * i)
                        ? expand(x, w, (int)depth, found + i * depth, NULL, 0)
                        : 0;
    }
}

/* The shortest whole recurrence of each of n sequences, rows of `width` with counts; lengths of taps,
 * -1 where there is none of at most `most`. Taps in rows of `most`. */
void recurrences(const int64_t *terms, const int64_t *counts, size_t n, size_t width, size_t most,
                 int64_t *taps, int64_t *lengths)
{
    for (size_t i = 0; i < n; i++) {
        const int64_t *row = terms + i * width;
        recurrence r;
        recurrence_begin(&r);
        int alive = 1;
        for (int k = 0; alive && k < counts[i]; k++)
            alive = recurrence_add(&r, row[k], (int)most);
        if (alive)
            recurrence_taps(&r, taps + i * most);
        alive = alive && recurrence_holds(row, (int)counts[i], taps + i * most, r.length);
        lengths[i] = alive ? r.length : -1;
    }
}
