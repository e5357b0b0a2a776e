/* What block quantizers are worth on weights: levels fitted, weights encoded, errors summed. */
#include "fit.h"

/* Weights in segments, each a tensor of its own. */
typedef struct {
    const float *x;
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

/* Encodes a sample; sums what levels should be, and returns the squared error over that of zero. */
static double run(const candidate *c, const levels *l, const sample *s, const memory *m, wishes *w)
{
    double error = 0.0, all = 0.0;
    magnitudes g;
    magnitudes_of(&c->q, &g);
    float of_code[2][MOST_CODES];
    values_of(c, of_code);
    if (w)
        memset(w, 0, sizeof *w);
    for (int t = 0; t < s->segments; t++) {
        const float *x = s->x + s->first[t];
        const size_t n = (size_t)(s->first[t + 1] - s->first[t]);
        const quantizer own = sized(c->q, n), *q = &own;
        const size_t size = (size_t)q->block;
        const size_t each = q->group ? (size_t)(q->group / q->block) : (n + size - 1) / size;
        encode_tensor(q, l, x, n, m->codes, m->headers, m->units, m->wanted, m->spare);
        for (size_t b = 0; b * size < n; b++) {
            const header *h = &m->headers[b];
            const float *unit = m->units + 2 * (b / each);
            const float scale = scale_value(q, &g, h->scale, h->scale_negative, unit[0]);
            const float offset =
                q->shift ? scale_value(q, &g, h->offset, h->offset_negative, unit[1]) : 0.0f;
            const size_t end = (b + 1) * size < n ? (b + 1) * size : n;
            for (size_t i = b * size; i < end; i++) {
                const int code = m->codes[i];
                const float r = x[i] - (scale * of_code[h->choice][code] + offset);
                error += r * r;
                all += x[i] * x[i];
                if (w) {
                    w->weight[h->choice][code] += scale * scale;
                    w->wished[h->choice][code] += scale * (x[i] - offset);
                }
            }
        }
    }
    return error / all;
}

/* Of every row the mean squared error relative to that of zero, NaN for what is no quantizer.
 *
 * rules: [rows, 11], format, kind and whole; tables: [rows, ENTRIES]; `turns` times levels are fitted
 * to the first sample; errors are those on the second. kept: [rows], levels as [2, MOST_CODES].
 */
void quantizers(BATCH, const int32_t *rules, float *tables, const float *x, const int64_t *first,
                int segments, int turns, const float *y, const int64_t *last, int lasts, int single,
                float *values, uint8_t *codes, header *headers, float *units, ideal *wanted,
                float *spare, double *errors, float *kept)
{
    static _Thread_local wishes w;
    static _Thread_local levels l[2];
    const sample fitted = {x, first, segments}, judged = {y, last, lasts};
    const memory m = {codes, headers, units, spare, wanted};
    for (size_t r = 0; r < rows; r++) {
        const int32_t *u = rules + 11 * r;
        candidate c = {{u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8]}, u[9], u[10],
                       program_at(r, length, s, size, opcode, operand, output),
                       constant + r * length * WIDTH, tables + ENTRIES * r, values};
        errors[r] = NAN;
        int sound = levels_of(&c, l);
        for (int turn = 0; turn < turns && sound; turn++) {
            run(&c, l, &fitted, &m, &w);
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
            errors[r] = run(&c, l, &judged, &m, NULL);
            values_of(&c, (float (*)[MOST_CODES])(kept + r * 2 * MOST_CODES));
        }
    }
}

/* One tensor; levels are [choices, codes]. Returns 0 where they are none. */
int encoded(const int32_t *u, const float *of_code, const float *x, size_t n, uint8_t *codes,
            header *headers, float *units, ideal *wanted, float *spare)
{
    static _Thread_local levels l[2];
    const quantizer bare = {u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8]};
    const quantizer q = sized(bare, n);
    for (int h = 0; h <= q.choice; h++)
        if (!sort_levels(of_code + ((size_t)h << q.bits), 1 << q.bits, &l[h]))
            return 0;
    encode_tensor(&q, l, x, n, codes, headers, units, wanted, spare);
    return 1;
}
