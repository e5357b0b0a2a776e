/* Trains small models by update rules: one training run for each job, a rule being data.
 *
 * Jobs are independent: the result of one does not depend on which others are asked with it. The
 * learning rate falls linearly to zero over the run. A run ends early where the loss is not finite or
 * exceeds `most` times the first one.
 */
#include "machine.h"
#include "network.h"

enum family { NETWORK, QUADRATIC, ROSENBROCK };

/* A workload. Of networks: examples of `width[0]` numbers (padded rows), the last `held` of which are
 * for judging; batches: [seeds, steps, batch] numbers of examples. Of functions: matrix [dim, dim] and
 * optimum [dim] of a quadratic, noise [seeds, steps, dim] that is added to gradients. */
typedef struct {
    int family, tensors, layers, examples, held, batch, steps, dim;
    const int32_t *first, *columns, *width, *label, *batches;
    const float *input, *matrix, *optimum, *noise;
    const float *begin;                 /* [seeds, entries] */
} workload;

/* What one run works on. */
typedef struct { float *w, *g, *slots, *scratch, *machine; network net; size_t rows; } bench;

static float *taken(float **memory, size_t floats)
{
    float *at = *memory;
    *memory += PADDED(floats);
    return at;
}

static size_t entries_of(const workload *t) { return (size_t)t->first[t->tensors]; }

/* Floats that a bench needs. */
size_t bench_floats(const workload *t, int states)
{
    const size_t entries = PADDED(entries_of(t) + TILE_WIDTH);
    size_t floats = (3 + (size_t)states) * entries + machine_memory(entries, t->tensors, states) + 1024;
    if (t->family != NETWORK)
        return floats;
    const size_t rows = (size_t)(t->held > t->batch ? t->held : t->batch);
    for (int l = 0; l <= t->layers; l++)
        floats += 2 * rows * PADDED((size_t)t->width[l]);
    for (int l = 0; l < t->layers; l++)
        floats += 3 * PADDED((size_t)t->width[l]) * PADDED((size_t)t->width[l + 1]) + 64;
    return floats;
}

/* Lays a bench out in memory, which must be zero. */
static void set_up(bench *b, const workload *t, int states, float *memory)
{
    const size_t entries = PADDED(entries_of(t));
    b->w = taken(&memory, entries);
    b->g = taken(&memory, entries);
    b->slots = taken(&memory, entries * (size_t)states);
    b->machine = taken(&memory, machine_memory(entries, t->tensors, states));
    b->scratch = memory;
    if (t->family != NETWORK)
        return;
    network *n = &b->net;
    size_t widest = 0;
    n->layers = t->layers;
    n->width = t->width;
    b->rows = (size_t)(t->held > t->batch ? t->held : t->batch);
    for (int l = 0; l <= t->layers; l++) {
        n->value[l] = taken(&memory, b->rows * padded(n, l));
        n->slope[l] = taken(&memory, b->rows * padded(n, l));
    }
    for (int l = 0; l < t->layers; l++) {
        const size_t room = padded(n, l) * padded(n, l + 1);
        n->weight[l] = taken(&memory, room);
        n->turned[l] = taken(&memory, room);
        n->bias[l] = taken(&memory, padded(n, l + 1));
        widest = room > widest ? room : widest;
    }
    b->scratch = taken(&memory, widest);
}

/* The mean loss over examples that lie one behind the other. */
static double held_loss(bench *b, const workload *t)
{
    network *n = &b->net;
    const size_t columns = padded(n, 0), at = (size_t)(t->examples - t->held);
    float *inputs = n->value[0];
    n->value[0] = (float *)t->input + at * columns;
    spread_parameters(n, b->w);
    run_forward(n, (size_t)t->held);
    n->value[0] = inputs;
    return cross_entropy(n, t->label + at, (size_t)t->held, 0);
}

/* Gradient on the batch of a step; returns the loss on it. */
static double network_step(bench *b, const workload *t, const int32_t *batch)
{
    network *n = &b->net;
    int32_t label[512];
    const size_t columns = padded(n, 0);
    for (int r = 0; r < t->batch; r++) {
        memcpy(n->value[0] + (size_t)r * columns, t->input + (size_t)batch[r] * columns,
               columns * sizeof(float));
        label[r] = t->label[batch[r]];
    }
    spread_parameters(n, b->w);
    run_forward(n, (size_t)t->batch);
    double loss = cross_entropy(n, label, (size_t)t->batch, 1);
    run_backward(n, (size_t)t->batch, b->g, b->scratch);
    return loss;
}

/* f = (w - c)' A (w - c) / 2. */
static double quadratic(const workload *t, const float *w, float *g)
{
    double loss = 0.0;
    for (int i = 0; i < t->dim; i++) {
        double sum = 0.0;
        for (int k = 0; k < t->dim; k++)
            sum += (double)t->matrix[i * t->dim + k] * (double)(w[k] - t->optimum[k]);
        g[i] = (float)sum;
        loss += 0.5 * sum * (double)(w[i] - t->optimum[i]);
    }
    return loss;
}

/* f = sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2, x = w - c + 1, so that the optimum is c. */
static double rosenbrock(const workload *t, const float *w, float *g)
{
    double loss = 0.0;
    memset(g, 0, (size_t)t->dim * sizeof(float));
    for (int i = 0; i + 1 < t->dim; i++) {
        double x = (double)(w[i] - t->optimum[i]) + 1.0;
        double y = (double)(w[i + 1] - t->optimum[i + 1]) + 1.0;
        double off = y - x * x, rest = 1.0 - x;
        loss += 100.0 * off * off + rest * rest;
        g[i] += (float)(-400.0 * off * x - 2.0 * rest);
        g[i + 1] += (float)(200.0 * off);
    }
    return loss;
}

static double function_step(const workload *t, const float *w, float *g, const float *noise)
{
    double loss = t->family == QUADRATIC ? quadratic(t, w, g) : rosenbrock(t, w, g);
    for (int i = 0; noise && i < t->dim; i++)
        g[i] += noise[i];
    return loss;
}

/* Loss and gradient at a step of a seed; the gradient goes to b->g. */
static double gradient_at(bench *b, const workload *t, size_t seed, int step)
{
    const size_t at = seed * (size_t)t->steps + (size_t)step;
    if (t->family == NETWORK)
        return network_step(b, t, t->batches + at * (size_t)t->batch);
    return function_step(t, b->w, b->g, t->noise + at * (size_t)t->dim);
}

static double final_loss(bench *b, const workload *t)
{
    return t->family == NETWORK ? held_loss(b, t) : function_step(t, b->w, b->g, NULL);
}

/* One run of `steps` steps out of the full t->steps; NaN if it was given up. */
static double run_rule(machine *m, bench *b, const workload *t, size_t seed, double rate, int steps,
                       double most, double *trace)
{
    const size_t entries = entries_of(t);
    double first = 0.0;
    memcpy(b->w, t->begin + seed * entries, entries * sizeof(float));
    memset(b->slots, 0, (size_t)m->s->states * PADDED(entries) * sizeof(float));
    for (int step = 0; step < steps; step++) {
        double loss = gradient_at(b, t, seed, step);
        first = step ? first : loss;
        if (trace)
            trace[step] = loss;
        if (!(loss <= most * first))
            return NAN;
        const float now = (float)(rate * (1.0 - (double)step / (double)steps));
        machine_train(m, b->w, b->g, (float)(step + 1), now);
    }
    double loss = final_loss(b, t);
    return loss <= most * first ? loss : NAN;
}

/* Final losses of jobs: row of the rule, number of the seed, learning rate. trace: [jobs, steps] losses
 * at each step, or null. finals: [jobs, entries] last parameters, or null. memory: bench_floats of zeros. */
void train(BATCH, const workload *t, size_t jobs, const int64_t *row, const int64_t *seed,
           const double *rate, int steps, double most, float *memory, double *loss, double *trace,
           float *finals)
{
    machine m;
    bench b;
    float *slots[MOST_LEAVES];
    unsigned before = flush_subnormals();
    set_up(&b, t, s->states, memory);
    for (int j = 0; j < s->states; j++)
        slots[j] = b.slots + (size_t)j * PADDED(entries_of(t));
    (void)rows;
    for (size_t i = 0; i < jobs; i++) {
        program p = program_at((size_t)row[i], length, s, size, opcode, operand, output);
        plan(&m, s, p, constant + WIDTH * (size_t)row[i] * length, t->first, t->columns, t->tensors, slots,
             b.machine);
        loss[i] = run_rule(&m, &b, t, (size_t)seed[i], rate[i], steps, most,
                           trace ? trace + i * (size_t)steps : NULL);
        if (finals)
            memcpy(finals + i * entries_of(t), b.w, entries_of(t) * sizeof(float));
    }
    restore_subnormals(before);
}

/* Gradients at the first parameters of a seed, on the batches of the first `steps` steps: [steps,
 * entries]. */
void gradients(const workload *t, int64_t seed, int steps, float *memory, float *out)
{
    bench b;
    const size_t entries = entries_of(t);
    set_up(&b, t, 0, memory);
    memcpy(b.w, t->begin + (size_t)seed * entries, entries * sizeof(float));
    for (int step = 0; step < steps; step++) {
        gradient_at(&b, t, (size_t)seed, step);
        memcpy(out + (size_t)step * entries, b.g, entries * sizeof(float));
    }
}

/* Loss and gradient at any parameters, on the batch of a step of a seed, or without a gradient the final
 * loss; memory is kept between calls, zeros at first. */
double probe(const workload *t, int64_t seed, int step, float *memory, const float *w, float *gradient)
{
    bench b;
    const size_t bytes = entries_of(t) * sizeof(float);
    set_up(&b, t, 0, memory);
    memcpy(b.w, w, bytes);
    if (!gradient)
        return final_loss(&b, t);
    double loss = gradient_at(&b, t, (size_t)seed, step);
    memcpy(gradient, b.g, bytes);
    return loss;
}
