/* What quantizers with one scale for a whole tensor are worth on a distribution, in closed form: the
 * tensor is endless and nothing is sampled. Levels are fitted as on samples.
 *
 * Distributions are symmetric and of variance 1. What lies between two thresholds is known from the
 * probability and the partial mean below each of them.
 */
#include "fit.h"

/* Nodes of a distribution at 0, 1/64, ..., 64; what is beyond has next to no probability. */
#define NODES 4097
#define PER_UNIT 64

/* Scales that are tried, so many times as large as the one before, from the one whose last level is a
 * standard deviation away; and steps from the best of them. */
#define SCALES 11
#define GROWN 1.35
#define STEPS 12

/* Turns of a fit that stand for one on a sample, which costs a thousand times as much. */
#define TURNS 6

/* Probability, partial mean and density. */
typedef struct { double below, mean, density; } node;

typedef struct { double below, mean; } partial;

/* Sums over the levels that scale and offset choose: of x v, v v and v. */
typedef struct { double xv, vv, v; } expected;

/* Between nodes by the cubic that has both slopes of each: those are densities. */
static partial partial_at(const node *d, double x)
{
    const double size = fabs(x) * PER_UNIT;
    partial made = {1.0, 0.0};
    if (size < NODES - 1) {
        const int k = (int)size;
        const double t = size - k, u = 1.0 - t, a = u * u * (1.0 + 2.0 * t), b = 1.0 - a;
        const double first = t * u * u / PER_UNIT, last = -t * t * u / PER_UNIT;
        const double start = d[k].density, end = d[k + 1].density;
        made.below = a * d[k].below + b * d[k + 1].below + first * start + last * end;
        made.mean = a * d[k].mean + b * d[k + 1].mean +
                    (first * start * k + last * end * (k + 1)) / PER_UNIT;
    }
    if (x < 0.0)
        made.below = 1.0 - made.below;
    return made;
}

/* Sums at a scale > 0 and an offset; with `w` what is wished of each code's level. */
static expected expected_at(const node *d, const levels *l, double scale, double offset, wishes *w)
{
    expected made = {0.0, 0.0, 0.0};
    partial before = {0.0, 0.0};
    for (int j = 0; j < l->count; j++) {
        const int last = j + 1 == l->count;
        const partial at =
            last ? (partial){1.0, 0.0} : partial_at(d, scale * l->threshold[j] + offset);
        const double share = at.below - before.below, mean = at.mean - before.mean;
        const double v = l->value[j];
        made.xv += mean * v;
        made.vv += share * v * v;
        made.v += share * v;
        before = at;
        if (w) {
            w->weight[0][l->code[j]] += scale * scale * share;
            w->wished[0][l->code[j]] += scale * (mean - offset * share);
        }
    }
    return made;
}

static double error_at(const expected *e, double scale, double offset)
{
    return 1.0 + scale * (scale * e->vv - 2.0 * e->xv) + offset * (offset + 2.0 * scale * e->v);
}

/* Of weights and what they become: the mean of products over the deviation, as weights have 1. */
static double cosine_at(const expected *e, double scale, double offset)
{
    const double square = scale * scale * e->vv + offset * (offset + 2.0 * scale * e->v);
    return square > 0.0 ? scale * e->xv / sqrt(square) : 0.0;
}

/* The scale and the offset that are best for the levels which others have chosen. */
static void improve(const expected *e, int shift, double *scale, double *offset)
{
    const double spread = shift ? e->vv - e->v * e->v : e->vv;
    if (spread > 1e-30 && e->xv > 0.0)
        *scale = e->xv / spread;
    *offset = shift ? -*scale * e->v : 0.0;
    if (shift == MINIMUM && *offset > 0.0) {
        *offset = 0.0;
        *scale = e->vv > 1e-30 && e->xv > 0.0 ? e->xv / e->vv : *scale;
    }
}

/* The best scale and offset: of a few, each corrected for the levels that it chose, then on and on,
 * by secants where there is no offset. Returns the error as they are stored. */
static double settled(const node *d, const levels *l, int shift, double *scale, double *offset)
{
    const double first = l->value[0], last = l->value[l->count - 1];
    const double reach = shift ? 0.5 * (last - first) : fmax(fabs(first), fabs(last));
    double least = INFINITY, tried = 1.0 / reach;
    *scale = tried;
    *offset = 0.0;
    if (!(reach > 0.0))
        return 1.0;
    for (int k = 0; k < SCALES; k++, tried *= GROWN)
        for (int centred = 0; centred < (shift ? 2 : 1); centred++) {
            const double middle = centred ? -0.5 * tried * (first + last) : 0.0;
            const double away = shift == MINIMUM && middle > 0.0 ? 0.0 : middle;
            const expected e = expected_at(d, l, tried, away, NULL);
            double better = tried, moved = away;
            improve(&e, shift, &better, &moved);
            const double error = error_at(&e, better, moved);
            if (error < least) {
                least = error;
                *scale = better;
                *offset = moved;
            }
        }
    double old = *scale, gap = 0.0;
    for (int k = 0; k < STEPS; k++) {
        const expected e = expected_at(d, l, *scale, *offset, NULL);
        const double here = *scale, wants = here * e.vv - e.xv;
        const double slope = k && here != old ? (wants - gap) / (here - old) : 0.0;
        improve(&e, shift, scale, offset);
        if (!shift && slope > 0.0 && fabs(wants / slope) < 0.2 * here)
            *scale = here - wants / slope;
        old = here;
        gap = wants;
        if (fabs(*scale - here) < 1e-7 * here)
            break;
    }
    *scale = (float)*scale;
    *offset = (float)*offset;
    const expected e = expected_at(d, l, *scale, *offset, NULL);
    return error_at(&e, *scale, *offset);
}

/* Of every row the mean squared error and the cosine, [rows, 2], NaN for what is no quantizer. rules, tables, turns and kept as
 * in quantize.c; blocks are whole tensors and scales searched. */
void scalars(BATCH, const int32_t *rules, float *tables, const node *d, int turns, int single,
             float *values, double *errors, float *kept)
{
    static _Thread_local wishes w;
    static _Thread_local levels l[2];
    for (size_t r = 0; r < rows; r++) {
        const int32_t *f = rules + ROW * r;
        candidate c = {quantizer_of(f), f[FIELDS], f[FIELDS + 1],
                       program_at(r, length, s, size, opcode, operand, output),
                       constant + r * length * WIDTH, tables + ENTRIES * r, values};
        double scale, offset;
        errors[2 * r] = errors[2 * r + 1] = NAN;
        int sound = levels_of(&c, l);
        for (int turn = 0; turn < TURNS * turns && sound; turn++) {
            memset(&w, 0, sizeof w);
            settled(d, l, c.q.shift, &scale, &offset);
            expected_at(d, l, scale, offset, &w);
            if (c.kind == PROGRAM)
                fit_program(&c, &w, single);
            else
                fit_table(&c, &w);
            sound = levels_of(&c, l);
        }
        if (sound && turns > 0 && c.kind != PROGRAM) {
            finish_table(&c, &w);
            sound = levels_of(&c, l);
        }
        if (sound) {
            errors[2 * r] = settled(d, l, c.q.shift, &scale, &offset);
            const expected e = expected_at(d, l, scale, offset, NULL);
            errors[2 * r + 1] = cosine_at(&e, scale, offset);
            values_of(&c, (float (*)[MOST_CODES])(kept + r * 2 * MOST_CODES));
        }
    }
}
