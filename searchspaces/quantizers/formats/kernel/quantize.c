/* What block quantizers are worth on weights: levels fitted, weights encoded, errors summed. */
#include "fit.h"

/* Weights in segments, each a tensor of its own; `importance` is NULL where errors count alike. */
typedef struct {
    const float *x, *importance;
    const int64_t *first;       /* [segments + 1] */
    int segments;
} sample;

/* Memory for what encoding makes. */
typedef struct {
    uint8_t *codes;
    header *headers;
    float *units, *spare;
    ideal *wanted;
} memory;

/* The format with the block of a tensor of n weights, where that is one. */
static quantizer sized(quantizer q, size_t n)
{
    if (q.block == 0)
        q.block = (int)((n + LANES - 1) / LANES * LANES);
    return q;
}

/* Squared errors and squares of weights, and what a weight wished of its level. */
static void add_block(const sample *s, size_t first, size_t end, const uint8_t *codes, float scale,
                      float offset, const float *level, double *sums, double *weight,
                      double *wished)
{
    for (size_t i = first; i < end; i++) {
        const int code = codes[i - first];
        const float x = s->x[i], r = x - (scale * level[code] + offset);
        const float u = s->importance ? s->importance[i] : 1.0f;
        sums[0] += r * r;
        sums[1] += x * x;
        sums[2] += (double)u * (r * r);
        sums[3] += (double)u * (x * x);
        if (weight) {
            weight[code] += u * (scale * scale);
            wished[code] += u * (scale * (x - offset));
        }
    }
}

/* Encodes a sample and sums what levels should be. Errors: squared ones over those of zero, and, as
 * the second, the same with weights that count by importance, a mean over tensors. */
static void run(const candidate *c, const levels *l, const sample *s, const memory *m, wishes *w,
                double *errors)
{
    double error = 0.0, all = 0.0, relative = 0.0, counted = 0.0;
    magnitudes g;
    magnitudes_of(&c->q, &g);
    float of_code[2][MOST_CODES];
    values_of(c, of_code);
    if (w)
        memset(w, 0, sizeof *w);
    for (int t = 0; t < s->segments; t++) {
        const size_t start = (size_t)s->first[t], n = (size_t)s->first[t + 1] - start;
        const quantizer own = sized(c->q, n), *q = &own;
        const size_t size = (size_t)q->block;
        const size_t each = q->group ? (size_t)(q->group / q->block) : (n + size - 1) / size;
        double sums[4] = {0.0, 0.0, 0.0, 0.0};
        encode_tensor(q, l, s->x + start, s->importance ? s->importance + start : NULL, n, m->codes,
                      m->headers, m->units, m->wanted, m->spare);
        for (size_t b = 0; b * size < n; b++) {
            const header *h = &m->headers[b];
            const float *unit = m->units + 2 * (b / each);
            const float scale = scale_value(q, &g, h->scale, h->scale_negative, unit[0]);
            const float offset =
                q->shift ? scale_value(q, &g, h->offset, h->offset_negative, unit[1]) : 0.0f;
            const size_t end = (b + 1) * size < n ? (b + 1) * size : n;
            add_block(s, start + b * size, start + end, m->codes + b * size, scale, offset,
                      of_code[h->choice], sums, w ? w->weight[h->choice] : NULL,
                      w ? w->wished[h->choice] : NULL);
        }
        error += sums[0];
        all += sums[1];
        if (sums[3] > 0.0) {
            relative += (double)n * (sums[2] / sums[3]);
            counted += (double)n;
        }
    }
    errors[0] = error / all;
    errors[1] = s->importance ? relative / counted : errors[0];
}

/* Of every row the mean squared errors relative to those of zero, NaN for what is no quantizer.
 *
 * rules: [rows, 11], format, kind and whole; tables: [rows, ENTRIES]; `turns` times levels are fitted
 * to the first sample, x and its importance u; errors: [rows, 2], on the second, y and v, all alike and
 * by importance. kept: [rows], levels as [2, MOST_CODES].
 */
void quantizers(BATCH, const int32_t *rules, float *tables, const float *x, const float *u,
                const int64_t *first, int segments, int turns, const float *y, const float *v,
                const int64_t *last, int lasts, int single, float *values, uint8_t *codes, header *headers, float *units, ideal *wanted,
                float *spare, double *errors, float *kept)
{
    static _Thread_local wishes w;
    static _Thread_local levels l[2];
    const sample fitted = {x, u, first, segments}, judged = {y, v, last, lasts};
    const memory m = {codes, headers, units, spare, wanted};
    for (size_t r = 0; r < rows; r++) {
        const int32_t *f = rules + 11 * r;
        double ignored[2];
        candidate c = {{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]}, f[9], f[10],
                       program_at(r, length, s, size, opcode, operand, output),
                       constant + r * length * WIDTH, tables + ENTRIES * r, values};
        errors[2 * r] = errors[2 * r + 1] = NAN;
        int sound = levels_of(&c, l);
        for (int turn = 0; turn < turns && sound; turn++) {
            run(&c, l, &fitted, &m, &w, ignored);
            if (c.kind == PROGRAM)
                fit_program(&c, &w, single);
            else
                fit_table(&c, &w);
            sound = levels_of(&c, l);
        }
        if (sound && turns > 0 && c.kind != PROGRAM) {
            finish_table(&c);
            sound = levels_of(&c, l);
        }
        if (sound) {
            run(&c, l, &judged, &m, NULL, errors + 2 * r);
            values_of(&c, (float (*)[MOST_CODES])(kept + r * 2 * MOST_CODES));
        }
    }
}

/* One tensor; levels are [choices, codes]. Returns 0 where they are none. */
int encoded(const int32_t *f, const float *of_code, const float *x, const float *importance, size_t n,
            uint8_t *codes, header *headers, float *units, ideal *wanted, float *spare)
{
    static _Thread_local levels l[2];
    const quantizer bare = {f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]};
    const quantizer q = sized(bare, n);
    for (int h = 0; h <= q.choice; h++)
        if (!sort_levels(of_code + ((size_t)h << q.bits), 1 << q.bits, &l[h]))
            return 0;
    encode_tensor(&q, l, x, importance, n, codes, headers, units, wanted, spare);
    return 1;
}
