/* What block quantizers are worth on weights: levels fitted, weights encoded, errors summed. */
#include "fit.h"

/* What the rows of a segment are multiplied with, as second moments of its columns: `count` directions,
 * [count, columns] from `at` on, each counting with its own square, and behind them a diagonal, [columns].
 * The first row begins at `skip`. Columns are 0 where nothing is known. */
typedef struct { int64_t columns, count, skip, at; } inputs;

/* Weights in segments, each a tensor of its own; `importance` is NULL where errors count alike, and
 * `inputs` where nothing is multiplied. `power`: [segments], squares of products with weights. */
typedef struct {
    const float *x, *importance;
    const int64_t *first;       /* [segments + 1] */
    int segments;
    const inputs *inputs;       /* [segments] */
    const float *moments;
    const double *power;
} sample;

/* Sums over segments: squares of errors and of weights, products of both, and by weights the relative
 * errors that count by importance and those of products. */
typedef struct { double error, power, cross, counted, mass, product, weights; } tally;

/* Memory for what encoding makes, and for errors of a tensor's weights. */
typedef struct {
    encoding e;
    float *left;
} memory;

/* The format with the block of a tensor of n weights, where that is one. */
static quantizer sized(quantizer q, size_t n)
{
    if (q.block == 0)
        q.block = (int)((n + LANES - 1) / LANES * LANES);
    return q;
}

/* The same of a block whose levels are drawn by lot, as it is expected: the roots of squared errors. */
static void expected_errors(const levels *l, const float *x, const float *counted, size_t n,
                            float scale, float offset, float *left, double *weight, double *wished)
{
    const float inverse = scale != 0.0f ? 1.0f / scale : 0.0f;
    for (size_t i = 0; i < n; i++) {
        const float y = (x[i] - offset) * inverse, within = inside(l, y);
        const int at = level_below(l, within);
        const float up = within - l->value[at], down = l->value[at + 1] - within;
        const float beyond = x[i] - offset - scale * within;
        left[i] = sqrtf(beyond * beyond + scale * scale * (up * down));
        for (int k = 0; k < 2 && weight; k++) {
            const float share = up + down > 0.0f ? (k ? up : down) / (up + down) : 0.5f;
            const float u = share * (counted ? counted[i] : 1.0f);
            weight[l->code[at + k]] += u * (scale * scale);
            wished[l->code[at + k]] += u * (scale * (x[i] - offset));
        }
    }
}

/* Squared errors of rotated weights are expected to be the mean of their run. */
static void mean_errors(float *left, size_t n, size_t size)
{
    for (size_t first = 0; first + size <= n; first += size) {
        float sum = 0.0f;
        for (size_t i = first; i < first + size; i++)
            sum += left[i] * left[i];
        for (size_t i = first; i < first + size; i++)
            left[i] = sqrtf(sum / (float)size);
    }
}

/* Errors of a block's weights, and what they, each counting so much, wished of their levels. */
static void block_errors(const float *x, const float *counted, size_t n, const uint8_t *codes,
                         float scale, float offset, const float *level, float *left,
                         double *weight, double *wished)
{
    for (size_t i = 0; i < n; i++)
        left[i] = x[i] - (scale * level[codes[i]] + offset);
    for (size_t i = 0; i < n && weight; i++) {
        const float u = counted ? counted[i] : 1.0f;
        weight[codes[i]] += u * (scale * scale);
        wished[codes[i]] += u * (scale * (x[i] - offset));
    }
}

/* Errors of a row. */
#define ERRORS 4

/* Numbers whose products are summed in float32. */
#define SUMMED 256

/* The sum of u x y, or of x y where u is NULL. */
static double products(const float *x, const float *y, const float *u, size_t n)
{
    double sum = 0.0;
    for (size_t first = 0; first < n; first += SUMMED) {
        const size_t end = n - first < SUMMED ? n : first + SUMMED;
        octet r = {0};
        size_t i = first;
        for (; i + OCTET <= end; i += OCTET) {
            octet v, other, w = (octet){0} + 1.0f;
            memcpy(&v, x + i, sizeof v);
            memcpy(&other, y + i, sizeof other);
            if (u)
                memcpy(&w, u + i, sizeof w);
            r += v * other * w;
        }
        for (; i < end; i++)
            r[i % OCTET] += x[i] * y[i] * (u ? u[i] : 1.0f);
        sum += total(&r);
    }
    return sum;
}

static double squares(const float *x, const float *u, size_t n) { return products(x, x, u, n); }

/* Sums of x x, x e and e e over weights and their errors, each in the order of products. */
static void sums_of(const float *x, const float *e, size_t n, double *sums)
{
    sums[0] = sums[1] = sums[2] = 0.0;
    for (size_t first = 0; first < n; first += SUMMED) {
        const size_t end = n - first < SUMMED ? n : first + SUMMED;
        octet all = {0}, cross = {0}, error = {0};
        size_t i = first;
        for (; i + OCTET <= end; i += OCTET) {
            octet v, left;
            memcpy(&v, x + i, sizeof v);
            memcpy(&left, e + i, sizeof left);
            all += v * v;
            cross += v * left;
            error += left * left;
        }
        for (; i < end; i++) {
            all[i % OCTET] += x[i] * x[i];
            cross[i % OCTET] += x[i] * e[i];
            error[i % OCTET] += e[i] * e[i];
        }
        sums[0] += total(&all);
        sums[1] += total(&cross);
        sums[2] += total(&error);
    }
}

/* The sum over rows of what errors of n weights come to in products. Errors by lot are independent, so
 * of the moments only the diagonal counts. */
static double product_errors(const float *left, size_t n, const inputs *p, const float *moments,
                             int by_lot)
{
    const size_t columns = (size_t)p->columns;
    const float *direction = moments + p->at, *diagonal = direction + p->count * p->columns;
    double sum = 0.0;
    for (size_t at = (size_t)p->skip; at + columns <= n; at += columns) {
        sum += squares(left + at, diagonal, columns);
        for (int64_t k = 0; k < p->count; k++) {
            const float *u = direction + (size_t)k * columns;
            if (by_lot) {
                for (size_t i = 0; i < columns; i++)
                    sum += (double)(left[at + i] * u[i]) * (double)(left[at + i] * u[i]);
                continue;
            }
            const double along = products(left + at, u, NULL, columns);
            sum += along * along;
        }
    }
    return sum;
}

/* Errors of an encoded tensor's weights, to m->left, and what they wished. */
static void tensor_errors(const quantizer *q, const levels *l, const float *x,
                          const float *importance, size_t n, const memory *m,
                          float of_code[2][MOST_CODES], wishes *w)
{
    const encoding *e = &m->e;
    const size_t size = (size_t)q->block;
    const size_t each = q->group ? (size_t)(q->group / q->block) : (n + size - 1) / size;
    const float *seen = is_prepared(q) ? e->made : x;
    const float *counted = q->outliers || (q->rotated && importance) ? e->counted : importance;
    magnitudes g;
    magnitudes_of(q, &g);
    for (size_t b = 0, at = 0; at < n; b++, at += size) {
        const header *h = &e->headers[b];
        const float *unit = e->units + 2 * (b / each);
        const float scale = scale_value(q, &g, h->scale, h->scale_negative, unit[0]);
        const float offset =
            q->shift ? scale_value(q, &g, h->offset, h->offset_negative, unit[1]) : 0.0f;
        const float *u = counted ? counted + at : NULL;
        const size_t rest = n - at < size ? n - at : size;
        double *weight = w ? w->weight[h->choice] : NULL, *wished = w ? w->wished[h->choice] : NULL;
        if (q->by_lot)
            expected_errors(&l[h->choice], seen + at, u, rest, scale, offset, m->left + at, weight,
                            wished);
        else
            block_errors(seen + at, u, rest, e->codes + at, scale, offset, of_code[h->choice],
                         m->left + at, weight, wished);
    }
    if (q->rotated && q->by_lot)
        mean_errors(m->left, n, (size_t)q->rotated);
    else if (q->rotated)
        rotate(m->left, n, (size_t)q->rotated);
    for (size_t k = 0; k < spans_of(q, n) * (size_t)q->outliers; k++) {
        const size_t at = k / (size_t)q->outliers * SPAN + e->places[k];
        m->left[at] = x[at] - apart_value(e->values[k]);
    }
}

/* Adds segment t of n weights, whose errors are in m->left. */
static void add_errors(const quantizer *q, const sample *s, int t, size_t n, const memory *m,
                       tally *sums)
{
    const float *x = s->x + s->first[t], *u = s->importance ? s->importance + s->first[t] : NULL;
    double own[3];
    sums_of(x, m->left, n, own);
    const double power = own[0], error = own[2];
    const double mass = u ? squares(x, u, n) : 0.0;
    sums->error += error;
    sums->power += power;
    sums->cross += q->by_lot ? 0.0 : own[1];
    if (mass > 0.0) {
        sums->counted += (double)n * (squares(m->left, u, n) / mass);
        sums->mass += (double)n;
    }
    double relative = power > 0.0 ? error / power : 0.0;
    if (s->inputs && s->inputs[t].columns && s->power[t] > 0.0)
        relative = product_errors(m->left, n, &s->inputs[t], s->moments, q->by_lot) / s->power[t];
    sums->product += (double)n * relative;
    sums->weights += (double)n;
}

/* Of weights and what they have become: the sum of products over the root of both sums of squares. */
static double cosine(const tally *s)
{
    const double after = s->power - 2.0 * s->cross + s->error;
    return after > 0.0 ? (s->power - s->cross) / sqrt(s->power * after) : 0.0;
}

/* Encodes a sample and sums what levels should be. Errors: squared ones over those of zero, the same with
 * weights that count by importance, a mean over tensors, the cosine, and squared errors of products. */
static void run(const candidate *c, const levels *l, const sample *s, const memory *m, wishes *w,
                double *errors)
{
    tally sums = {0};
    float of_code[2][MOST_CODES];
    values_of(c, of_code);
    if (w)
        memset(w, 0, sizeof *w);
    for (int t = 0; t < s->segments; t++) {
        const size_t start = (size_t)s->first[t], n = (size_t)s->first[t + 1] - start;
        const float *x = s->x + start, *u = s->importance ? s->importance + start : NULL;
        const quantizer q = sized(c->q, n);
        encode_whole(&q, l, x, u, n, FIRST_SEED, &m->e);
        tensor_errors(&q, l, x, u, n, m, of_code, w);
        if (errors)
            add_errors(&q, s, t, n, m, &sums);
    }
    if (!errors)
        return;
    errors[0] = sums.error / sums.power;
    errors[1] = s->importance ? sums.counted / sums.mass : errors[0];
    errors[2] = cosine(&sums);
    errors[3] = sums.product / sums.weights;
}

/* Of every row the mean squared errors relative to those of zero, NaN for what is no quantizer.
 *
 * rules: [rows, ROW], format, kind and whole; tables: [rows, ENTRIES]; `turns` times levels are fitted
 * to the first sample, x and its importance u; errors: [rows, ERRORS], on the second, y and v, as of
 * run; inputs, moments and power are those of the second sample. kept: [rows], levels as [2, MOST_CODES].
 */
void quantizers(BATCH, const int32_t *rules, float *tables, const float *x, const float *u,
                const int64_t *first, int segments, int turns, const float *y, const float *v,
                const int64_t *last, int lasts, const inputs *inputs, const float *moments,
                const double *power, int single, float *values, const memory *m, double *errors,
                float *kept)
{
    static _Thread_local wishes w;
    static _Thread_local levels l[2];
    const sample fitted = {x, u, first, segments, NULL, NULL, NULL};
    const sample judged = {y, v, last, lasts, inputs, moments, power};
    for (size_t r = 0; r < rows; r++) {
        const int32_t *f = rules + ROW * r;
        double *own = errors + ERRORS * r;
        candidate c = {quantizer_of(f), f[FIELDS], f[FIELDS + 1],
                       program_at(r, length, s, size, opcode, operand, output),
                       constant + r * length * WIDTH, tables + ENTRIES * r, values};
        for (int k = 0; k < ERRORS; k++)
            own[k] = NAN;
        int sound = levels_of(&c, l);
        for (int turn = 0; turn < turns && sound; turn++) {
            run(&c, l, &fitted, m, &w, NULL);
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
            run(&c, l, &judged, m, NULL, own);
            values_of(&c, (float (*)[MOST_CODES])(kept + r * 2 * MOST_CODES));
        }
    }
}

/* One tensor; levels are [choices, codes]. Returns 0 where they are none. */
int encoded(const int32_t *f, const float *of_code, const float *x, const float *importance, size_t n,
            uint32_t seed, const encoding *e)
{
    static _Thread_local levels l[2];
    const quantizer q = sized(quantizer_of(f), n);
    for (int h = 0; h <= q.choice; h++)
        if (!sort_levels(of_code + ((size_t)h << q.bits), 1 << q.bits, &l[h]))
            return 0;
    encode_whole(&q, l, x, importance, n, seed, e);
    return 1;
}

/* The KINDS of levels, one bit each, whatever processor seeks them; 0 where they are none. */
int kinds_of(const float *of_code, int count)
{
    static _Thread_local levels l;
    finder f;
    if (!sort_levels(of_code, count, &l))
        return 0;
    set_sought(&l, &f);
    if (set_even(&f))
        return 1 << EVEN;
    return set_floats(&f) ? 1 << FLOATS | 1 << ALIGNED
                          : 1 << SOUGHT | 1 << HALVED | 1 << PLACED | 1 << ALIGNED;
}
