/* Sums over blocks of the levels that scales choose, a few scales of each block at a time. */
#include "blocks.h"

/* Scales that are tried together. */
#define TOGETHER 4

/* Of each block at a scale the sums of x v, v v and v, where v are the levels nearest to x. Here and in
 * what follows errors of weights count by their importance, or all alike. */
typedef struct { row xv, vv, v; } moments;

/* Sums that lanes have of parts of one block. */
static inline void gather(const bundle *p, moments *m)
{
    if (p->one) {
        m->xv = (row){0} + sum_of(&m->xv);
        m->vv = (row){0} + sum_of(&m->vv);
        m->v = (row){0} + sum_of(&m->v);
    }
}

/* Levels at y, with their signs. */
INLINE void signed_levels(const finder *f, int kind, int folded, const row *y, row *v)
{
    row x = *y;
    if (folded)
        magnitude(y, &x);
    nearest_levels(f, kind, &x, v);
    if (folded)
        *v = (row)((marks)*v | ((marks)*y & INT32_MIN));
}

INLINE void sums_at(const finder *f, int kind, int folded, int shift, int weighted, const bundle *p,
                    const row *scale, const row *offset, moments *m)
{
    row inverse[TOGETHER], xv[TOGETHER], vv[TOGETHER], vs[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        inverse[t] = 1.0f / scale[t];
        xv[t] = vv[t] = vs[t] = (row){0};
    }
    for (int k = 0; k < p->rows; k++) {
        row w, u = {0};
        memcpy(&w, p->x + LANES * k, sizeof w);
        if (weighted)
            memcpy(&u, p->importance + LANES * k, sizeof u);
        for (int t = 0; t < TOGETHER; t++) {
            const row y = (shift ? w - offset[t] : w) * inverse[t];
            row v;
            signed_levels(f, kind, folded, &y, &v);
            const row counted = weighted ? u * v : v;
            xv[t] += w * counted;
            vv[t] += v * counted;
            if (shift)
                vs[t] += counted;
        }
    }
    for (int t = 0; t < TOGETHER; t++) {
        m[t] = (moments){xv[t], vv[t], vs[t]};
        gather(p, &m[t]);
    }
}

/* Moments that are expected of levels drawn by lot. */
static inline void expected_moments(const levels *l, const bundle *p, const row *scale,
                                    const row *offset, moments *m)
{
    for (int t = 0; t < TOGETHER; t++) {
        m[t] = (moments){{0}, {0}, {0}};
        for (int i = 0; i < LANES; i++) {
            const float inverse = 1.0f / scale[t][i], away = offset[t][i];
            float xv = 0.0f, vv = 0.0f, vs = 0.0f;
            for (int k = 0; k < p->rows; k++) {
                const float x = p->x[LANES * k + i], y = inside(l, (x - away) * inverse);
                const float u = p->importance ? p->importance[LANES * k + i] : 1.0f;
                const int at = level_below(l, y);
                xv += u * (x * y);
                vv += u * (y * y + (l->value[at + 1] - y) * (y - l->value[at]));
                vs += u * y;
            }
            m[t].xv[i] = xv;
            m[t].vv[i] = vv;
            m[t].v[i] = vs;
        }
        gather(p, &m[t]);
    }
}

INLINE void sums_by_kind(const finder *f, int kind, int folded, int shift, const bundle *p,
                         const row *scale, const row *offset, moments *m)
{
    if (p->importance)
        sums_at(f, kind, folded, shift, 1, p, scale, offset, m);
    else
        sums_at(f, kind, folded, shift, 0, p, scale, offset, m);
}

/* Moments of blocks at TOGETHER scales and offsets each. */
static inline void moments_at(const quantizer *q, const finder *f, const bundle *p, const row *scale,
                              const row *offset, moments *m)
{
    if (q->by_lot)
        expected_moments(f->l, p, scale, offset, m);
    else if (IS(f, SOUGHT))
        sums_by_kind(f, SOUGHT, f->folded, q->shift, p, scale, offset, m);
    else if (IS(f, EVEN))
        sums_by_kind(f, EVEN, f->folded, q->shift, p, scale, offset, m);
    else if (IS(f, FLOATS))
        sums_by_kind(f, FLOATS, 1, q->shift, p, scale, offset, m);
    else if (IS(f, HALVED))
        sums_by_kind(f, HALVED, f->folded, q->shift, p, scale, offset, m);
    else if (q->shift || p->importance)
        sums_by_kind(f, PLACED, f->folded, q->shift, p, scale, offset, m);
    else if (f->folded)
        sums_by_kind(f, f->kind, 1, 0, p, scale, offset, m);
    else if (IS(f, ALIGNED))
        sums_by_kind(f, ALIGNED, 0, 0, p, scale, offset, m);
    else
        sums_by_kind(f, PLACED, 0, 0, p, scale, offset, m);
}

/* Of each scale the one that is best for the levels which it has chosen, with its error and power. With
 * `shift` offset and scale are solved for together. */
typedef struct { row scale, offset, error, power; } solution;

static inline void solve_one(const moments *m, const bundle *p, int shift, solution *made)
{
    const row one = (row){0} + 1.0f;
    const row mean = shift ? m->v / p->mass : (row){0};
    const row spread = shift ? m->vv - p->mass * mean * mean : m->vv;
    const row common = shift ? m->xv - mean * p->sum : m->xv;
    const marks unsound = ~(marks)(spread > 1e-30f);
    made->power = spread;
    choose(&made->power, &unsound, &one);
    made->scale = (row)((marks)(common / made->power) & ~unsound);
    made->offset = (row){0};
    made->error = p->square - made->scale * m->xv;
    if (shift) {
        made->offset = p->sum / p->mass - made->scale * mean;
        made->error = p->square - made->offset * p->sum - made->scale * m->xv;
    }
}

/* The errors of levels at a scale and an offset, of which the sum of x x is left out. */
static inline void error_of(const moments *m, const bundle *p, const row *scale, const row *offset,
                            row *error)
{
    *error = *offset * (p->mass * *offset - 2.0f * p->sum) +
             *scale * (*scale * m->vv - 2.0f * (m->xv - *offset * m->v));
}

INLINE void squares_at(const finder *f, int kind, int folded, int weighted, const bundle *p,
                       const row *scale, row *error)
{
    row inverse[TOGETHER], sum[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        inverse[t] = 1.0f / scale[t];
        sum[t] = (row){0};
    }
    for (int k = 0; k < p->rows; k++) {
        row w, u = {0};
        memcpy(&w, p->x + LANES * k, sizeof w);
        if (weighted)
            memcpy(&u, p->importance + LANES * k, sizeof u);
        for (int t = 0; t < TOGETHER; t++) {
            row y = w * inverse[t], v;
            if (folded)
                magnitude(&y, &y);
            nearest_levels(f, kind, &y, &v);
            const row left = y - v;
            sum[t] += weighted ? u * (left * left) : left * left;
        }
    }
    for (int t = 0; t < TOGETHER; t++)
        error[t] = scale[t] * scale[t] * (p->one ? (row){0} + sum_of(&sum[t]) : sum[t]);
}

INLINE void squares_by_kind(const finder *f, int kind, int folded, const bundle *p,
                            const row *scale, row *error)
{
    if (p->importance)
        squares_at(f, kind, folded, 1, p, scale, error);
    else
        squares_at(f, kind, folded, 0, p, scale, error);
}

/* Errors of blocks at TOGETHER scales each, no number where a scale is zero. */
static inline void errors_at(const quantizer *q, const finder *f, const bundle *p, const row *scale,
                             row *error)
{
    if (q->by_lot) {
        const row none[TOGETHER] = {{0}};
        moments m[TOGETHER];
        expected_moments(f->l, p, scale, none, m);
        for (int t = 0; t < TOGETHER; t++)
            error[t] = p->square + scale[t] * (scale[t] * m[t].vv - 2.0f * m[t].xv);
    } else if (IS(f, EVEN)) {
        squares_by_kind(f, EVEN, f->folded, p, scale, error);
    } else if (IS(f, SOUGHT)) {
        squares_by_kind(f, SOUGHT, f->folded, p, scale, error);
    } else if (IS(f, FLOATS)) {
        squares_by_kind(f, FLOATS, 1, p, scale, error);
    } else if (IS(f, HALVED)) {
        squares_by_kind(f, HALVED, f->folded, p, scale, error);
    } else if (IS(f, ALIGNED) && f->folded) {
        squares_by_kind(f, ALIGNED, 1, p, scale, error);
    } else if (IS(f, ALIGNED)) {
        squares_by_kind(f, ALIGNED, 0, p, scale, error);
    } else {
        squares_by_kind(f, PLACED, f->folded, p, scale, error);
    }
}
