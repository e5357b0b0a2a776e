/* Fits the constants of a batch of programs to a target, in two rungs.
 *
 * `screen` gives every structure a few steps. `fit` goes on with those within reach of what their
 * cell asks for, and drives those that would enter it towards the minimax error by Lawson's
 * reweighting (1961).
 */
#include "descent.h"
#include "plunge.h"

#ifndef CHECKS
#define CHECKS 64
#endif

/* Steps of the screening, undamped ones after those and what follows them; further steps of the fit, and those
 * in double-double. */
#define FIRST_STEPS 7
#define FIRST_PLUNGES 6
#define LAST_STEPS 2
#define MORE_STEPS 40
#define PAIR_STEPS 25
/* Digits below the cell's bar at which a structure counts as near. */
#define NEAR 0.4
/* Digits from which residuals are computed in double-double. */
#define PAIR_DIGITS 10.0
/* Digits from which steps are undamped and in double-double, how many of those there are, and how many in
 * a screening. */
#define WIDE_DIGITS 12.5
#define WIDE_STEPS 8
#define FIRST_WIDE_STEPS 4
#define LAWSON_ROUNDS 5
/* Deep fractions creep along curved valleys: where one enters its cell, so many times PAIR_STEPS more
 * are given as long as each brings so many digits. */
#define LONG_ROUNDS 16
#define LONG_GAIN 0.02
/* Worse fits have many stationary points; where one has ended says little. */
#define LEAST_DIGITS 0.5
#define BEST_DIGITS 30.0

static double digits_of(double error)
{
    return error > 0.0 ? fmin(-log10(error), BEST_DIGITS) : BEST_DIGITS;
}

/* The samples that Python packs: the inputs, three arrays and what counts. */
static samples samples_of(const double *packed, int inputs, size_t n)
{
    const double *target = packed + (size_t)inputs * n;
    return (samples){packed, target, target + n, target + 2 * n, target[3 * n] != 0.0};
}

/* The error that counts of n residuals. */
static double size_of(samples s, const double *residual, size_t n)
{
    double total = 0.0;
    if (!s.mean)
        return largest(residual, n);
    for (size_t i = 0; i < n; i++)
        total += residual[i] * residual[i];
    return total < INFINITY ? sqrt(total / (double)n) : INFINITY;
}

/* One round of Lawson's weights; residual is in units of the current weights. */
static void reweigh(double *weight, const double *base, const double *residual)
{
    row size;
    double total = 0.0;
    for (int i = 0; i < NODES; i++) {
        size[i] = fabs(residual[i]) * base[i] / weight[i];
        total += size[i];
    }
    if (!(total > 0.0))
        return;
    for (int i = 0; i < NODES; i++)
        weight[i] *= sqrt(fmax(size[i] * NODES / total, 1e-3));
}

static double stage(fitting *f, samples nodes, const double *weight, int steps, int accelerated,
                    double *damping, double *residual)
{
    double cost = descend(f, nodes, weight, steps, accelerated, damping, residual);
    return cost < INFINITY ? digits_of(size_of(nodes, residual, NODES)) : -INFINITY;
}

/* A functional hash of where a fit has ended: every second error over the largest, in fine steps, and
 * the largest. Values would not do: all good approximations of a function have the same. */
static uint64_t signature_of(const double *error)
{
    uint64_t h = 0x2545f4914f6cdd1du;
    double top = largest(error, NODES);
    if (!(top > 0.0 && top < INFINITY))
        return 0;
    for (int i = 1; i < NODES; i += 2) {
        h ^= (uint64_t)(llrint(256.0 * error[i] / top) + 1024);
        h *= 0xd6e8feb86659fd93u;
        h ^= h >> 32;
    }
    return h ^ (uint64_t)llrint(-50.0 * log10(top)) * 0x9e3779b97f4a7c15u;
}

/* The constants with the smallest largest error seen so far. */
typedef struct { double error, constant[MAX_CONSTANTS][2]; } finding;

static void swap_constants(fitting *f, double (*other)[2])
{
    for (int j = 0; j < f->m; j++)
        for (int part = 0; part < 2; part++) {
            double *mine = &f->constant[2 * f->slot[j] + part], kept = other[j][part];
            other[j][part] = *mine;
            *mine = kept;
        }
}

/* Measures the constants as they are and remembers them if none were better. */
static void consider(fitting *f, samples check, finding *best)
{
    double errors[CHECKS];
    errors_at(f, f->constant, check, check.weight, errors, CHECKS);
    double error = size_of(check, errors, CHECKS);
    if (!(error < best->error))
        return;
    best->error = error;
    for (int j = 0; j < f->m; j++)
        memcpy(best->constant[j], f->constant + 2 * f->slot[j], sizeof best->constant[j]);
}

/* Goes on from where the screening ended; returns the digits, -infinity without a finite error. Least
 * squares and Lawson's weights may both raise the largest error: the best constants seen are kept. */
static double fit_one(fitting *f, double bar, samples nodes, samples check)
{
    row weight, residual;
    double given[MAX_CONSTANTS][2], damping = 1e-6, digits;
    finding best = {.error = INFINITY};
    for (int j = 0; j < f->m; j++)
        memcpy(given[j], f->constant + 2 * f->slot[j], sizeof given[j]);
    memcpy(weight, nodes.weight, sizeof(row));
    digits = stage(f, nodes, weight, MORE_STEPS, 1, &damping, residual);
    if (digits > PAIR_DIGITS) {
        f->pairs = 1;
        digits = stage(f, nodes, weight, PAIR_STEPS, 1, &damping, residual);
    }
    if (digits > WIDE_DIGITS) {
        plunge_deeper(f, nodes, weight, -1, WIDE_STEPS);
        digits = stage(f, nodes, weight, FIRST_STEPS, 0, &damping, residual);
    }
    if (!(digits > bar - NEAR))
        return digits;
    for (int round = 0; round < LONG_ROUNDS && f->pairs && !f->converged; round++) {
        double before = digits;
        digits = stage(f, nodes, weight, PAIR_STEPS, 1, &damping, residual);
        if (!(digits > before + LONG_GAIN))
            break;
    }
    consider(f, check, &best);
    for (int round = 0; round < LAWSON_ROUNDS && f->m > 0 && !nodes.mean; round++) {
        reweigh(weight, nodes.weight, residual);
        descend(f, nodes, weight, 2, 0, &damping, residual);
    }
    consider(f, check, &best);
    swap_constants(f, given);
    consider(f, check, &best);
    if (!(best.error < INFINITY))
        return -INFINITY;
    swap_constants(f, best.constant);
    return digits_of(best.error);
}

/* The program in row r of a batch of functions, ready to be fitted. work: 2 * (length + inputs) *
 * CHECKS + 2 * length numbers of scratch. */
static fitting fitting_of(program p, size_t r, size_t length, double *constant, double *work)
{
    fitting f = {.p = p};
    f.constant = constant + 2 * r * length;
    f.values = work;
    f.lows = work + (length + (size_t)p.leaves) * CHECKS;
    f.trial = f.lows + (length + (size_t)p.leaves) * CHECKS;
    memcpy(f.trial, f.constant, 2 * length * sizeof(double));
    for (int k = 0; k < f.p.size && f.m < MAX_CONSTANTS; k++)
        if (IS_CONSTANT[f.p.opcode[k]])
            f.slot[f.m++] = k;
    return f;
}

/* Goes on with a screening in double-double: float64 tells no program of 15 digits from one of 20. */
static double screen_pairs(fitting *f, samples nodes, int16_t q, int steps, double *damping,
                           double *residual)
{
    f->pairs = 1;
    double digits = stage(f, nodes, nodes.weight, FIRST_STEPS, 0, damping, residual);
    if (digits < WIDE_DIGITS)
        return digits;
    plunge_deeper(f, nodes, nodes.weight, q, steps);
    return stage(f, nodes, nodes.weight, FIRST_STEPS, 0, damping, residual);
}

/* Gives every program a few steps, in place.
 *
 * nodes: the inputs, target, target's low part and weight, NODES numbers each, one after another,
 * then 1 if means count, else 0. digits, evaluated and ended: one number per row; `ended` recognises
 * where a fit has ended and is 0 if it has not.
 */
void screen(BATCH, const double *nodes, double *work, double *digits, double *evaluated,
            uint64_t *ended)
{
    samples at_nodes = samples_of(nodes, s->inputs, NODES);
    row residual;
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        fitting f = fitting_of(p, r, length, constant, work);
        double damping = 1e-3;
        digits[r] = stage(&f, at_nodes, at_nodes.weight, FIRST_STEPS, 0, &damping, residual);
        if (!f.converged && digits[r] > LEAST_DIGITS) {
            plunge_some(&f, at_nodes, at_nodes.weight, FIRST_PLUNGES);
            digits[r] = stage(&f, at_nodes, at_nodes.weight, LAST_STEPS, 0, &damping, residual);
        }
        if (digits[r] > PAIR_DIGITS)
            digits[r] = screen_pairs(&f, at_nodes, -1, FIRST_WIDE_STEPS, &damping, residual);
        evaluated[r] = f.evaluated;
        int known = f.converged && digits[r] > LEAST_DIGITS;
        ended[r] = known ? signature_of(residual) : 0;
    }
}

/* Fits every program in place.
 *
 * bars: digits that enter the program's cell, -infinity where there is room. check: as nodes, CHECKS
 * numbers each.
 */
void fit(BATCH, const double *bars, const double *nodes, const double *check, double *work,
         double *digits, double *evaluated)
{
    samples at_nodes = samples_of(nodes, s->inputs, NODES);
    samples at_check = samples_of(check, s->inputs, CHECKS);
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        fitting f = fitting_of(p, r, length, constant, work);
        digits[r] = fit_one(&f, bars[r], at_nodes, at_check);
        evaluated[r] = f.evaluated;
    }
}

/* Gives every program undamped steps, and then some of the screening's, in place.
 *
 * divisor: the value by which each program's quotient divides, -1 where that is a polynomial. origin:
 * `length` numbers per row, below zero for coefficients of the quotient. Else as `screen`.
 */
void plunge(BATCH, const double *nodes, double *work, const int16_t *divisor,
            const int16_t *origin, double *digits, double *evaluated)
{
    samples at_nodes = samples_of(nodes, s->inputs, NODES);
    row residual;
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        fitting f = fitting_of(p, r, length, constant, work);
        plunge_twice(&f, at_nodes, at_nodes.weight, divisor[r], origin + r * length);
        double cost = residuals(&f, f.constant, at_nodes, at_nodes.weight, residual);
        digits[r] = cost < INFINITY ? digits_of(size_of(at_nodes, residual, NODES)) : -INFINITY;
        double damping = 1e-6;
        if (digits[r] > PAIR_DIGITS)
            digits[r] = screen_pairs(&f, at_nodes, divisor[r], WIDE_STEPS, &damping, residual);
        evaluated[r] = f.evaluated;
    }
}
