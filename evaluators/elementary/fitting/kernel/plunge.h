/* Undamped steps for programs with a quotient P / Q in their middle, written with coefficients.
 *
 * Descent takes no step that makes an error larger. Where constants around the quotient must fit each
 * other to many digits (where log(x) - a vanishes (x - c) / (x + c) must), that leaves steps of a
 * thousandth, while steps as long as the linear model has them arrive in a few, by way of worse
 * programs. The error is linearised times Q over the last Q, as by Sanathanan and Koerner (IEEE
 * Transactions on Automatic Control 8, 1963): where nothing stands around the quotient one step solves
 * the whole problem. In double-double such steps go on where damped ones creep, whatever the program: the
 * directions in which constants depend on each other are those that damping takes away.
 */
#ifndef ELITEMAP_PLUNGE_H
#define ELITEMAP_PLUNGE_H

#include "descent.h"
#include "wide.h"

/* Undamped steps, and those before them of coefficients alone. */
#define PLUNGES 8
#define SETTLING 3
/* Where a step in double-double leaves more than this part of the sum of squares, it is the last. */
#define SETTLED 0.8
/* Damped ones after them. */
#define DESCENT 7
#define PLUNGE_DAMPING 1e-26

/* The derivatives of the errors times Q over the Q that is; q is the value that Q is. */
static void slopes_by(fitting *f, const double *weight, const double *residual, int16_t q, row *basis)
{
    row seed;
    program inner = f->p;
    backward(f->p, weight, f->values, f->lows, NODES);
    for (int j = 0; j < f->m; j++)
        memcpy(basis[j], f->lows + (size_t)(f->slot[j] + f->p.leaves) * NODES, sizeof(row));
    if (q < 0)
        return;
    for (int i = 0; i < NODES; i++)
        seed[i] = residual[i] / f->values[(size_t)q * NODES + i];
    inner.output = &q;
    backward(inner, seed, f->values, f->lows, NODES);
    for (int j = 0; j < f->m; j++)
        for (int i = 0; i < NODES; i++)
            basis[j][i] += f->lows[(size_t)(f->slot[j] + f->p.leaves) * NODES + i];
}

/* One step, whatever becomes of the errors; returns the sum of their squares, infinity if there is none. */
static double plunge_once(fitting *f, samples s, const double *weight, int16_t q, double *residual)
{
    row basis[MAX_CONSTANTS + 1];
    triangle t;
    double rhs[MAX_CONSTANTS], step[MAX_CONSTANTS];
    slopes_by(f, weight, residual, q, basis);
    memcpy(basis[f->m], residual, sizeof(row));
    if (!orthogonalise(basis, f->m, &t))
        return INFINITY;
    for (int j = 0; j < f->m; j++)
        rhs[j] = t.r[j][f->m];
    damped_solution(&t, rhs, PLUNGE_DAMPING, step);
    move(f, &t, step);
    accept(f);
    return residuals(f, f->constant, s, weight, residual);
}

/* As plunge_once in double-double, but for the slopes of Q, which count times the error only. */
static double plunge_wide(fitting *f, samples s, const double *weight, int16_t q, double *residual)
{
    static _Thread_local wide_row basis[MAX_CONSTANTS + 1];
    static _Thread_local wide_triangle t;
    pair step[MAX_CONSTANTS];
    row seed, by_q[MAX_CONSTANTS];
    program inner = f->p;
    memset(by_q, 0, sizeof by_q);
    if (q >= 0) {
        for (int i = 0; i < NODES; i++)
            seed[i] = residual[i] / f->values[(size_t)q * NODES + i];
        inner.output = &q;
        backward(inner, seed, f->values, f->lows, NODES);
        for (int j = 0; j < f->m; j++)
            memcpy(by_q[j], f->lows + (size_t)(f->slot[j] + f->p.leaves) * NODES, sizeof(row));
    }
    for (int j = 0; j < f->m; j++) {
        wide_slope(f, s, weight, f->slot[j], &basis[j]);
        for (int i = 0; i < NODES; i++) {
            pair sum = pair_add(pair_of(basis[j].hi[i], basis[j].lo[i]), pair_of(by_q[j][i], 0.0));
            basis[j].hi[i] = sum.hi;
            basis[j].lo[i] = sum.lo;
        }
    }
    memcpy(basis[f->m].hi, residual, sizeof(row));
    memset(basis[f->m].lo, 0, sizeof(row));
    memcpy(f->trial, f->constant, 2 * (size_t)f->p.size * sizeof(double));
    if (!wide_orthogonalise(basis, f->m, &t))
        return INFINITY;
    wide_solution(&t, WIDE_DAMPING, step);
    wide_move(f, &t, step);
    accept(f);
    return residuals(f, f->constant, s, weight, residual);
}

static void restore(fitting *f, double (*constant)[2])
{
    for (int j = 0; j < f->m; j++)
        memcpy(f->constant + 2 * f->slot[j], constant[j], sizeof constant[j]);
}

static void copy_constants(const fitting *f, double (*constant)[2])
{
    for (int j = 0; j < f->m; j++)
        memcpy(constant[j], f->constant + 2 * f->slot[j], sizeof constant[j]);
}

/* Undamped steps, of which the best is kept. */
static void plunge_some(fitting *f, samples s, const double *weight, int steps)
{
    row residual;
    double best[MAX_CONSTANTS][2];
    double cost = residuals(f, f->constant, s, weight, residual), least = cost;
    copy_constants(f, best);
    for (int step = 0; step < steps && cost < INFINITY && f->m > 0; step++) {
        cost = plunge_once(f, s, weight, -1, residual);
        if (cost < least) {
            least = cost;
            copy_constants(f, best);
        }
    }
    restore(f, best);
}

/* Steps of all constants, and from the best on the way a descent. Returns the sum of squares. */
static double plunge_from(fitting *f, samples s, const double *weight, int16_t q)
{
    row residual;
    double best[MAX_CONSTANTS][2], damping = 1e-3;
    double cost = residuals(f, f->constant, s, weight, residual), least = cost;
    copy_constants(f, best);
    for (int step = 0; step < PLUNGES && cost < INFINITY; step++) {
        cost = plunge_once(f, s, weight, q, residual);
        if (cost < least) {
            least = cost;
            copy_constants(f, best);
        }
    }
    restore(f, best);
    return descend(f, s, weight, DESCENT, 0, &damping, residual);
}

/* Undamped steps in double-double from constants as good as float64 has them, until they bring little or
 * lead away. Returns the sum of squares. */
static double plunge_deeper(fitting *f, samples s, const double *weight, int16_t q, int steps)
{
    row residual;
    double best[MAX_CONSTANTS][2];
    double cost = residuals(f, f->constant, s, weight, residual), least = cost;
    copy_constants(f, best);
    for (int step = 0; step < steps && cost < NODES && f->m > 0; step++) {
        double before = cost;
        cost = plunge_wide(f, s, weight, q, residual);
        if (cost < least) {
            least = cost;
            copy_constants(f, best);
        }
        if (cost > SETTLED * before && cost < before / SETTLED)
            break;
    }
    restore(f, best);
    return least;
}

/* Coefficients that depend on what stands around the quotient alone: the first step, in which errors
 * count times Q, is the same from any. What has a factor in common with Q is left by no other. */
static void begin_anew(fitting *f, samples s, const double *weight, int16_t q,
                       const int16_t *origin)
{
    fitting inner = *f;
    row residual, times;
    inner.m = 0;
    for (int j = 0; j < f->m; j++)
        if (origin[f->slot[j]] < 0)
            inner.slot[inner.m++] = f->slot[j];
    double cost = residuals(&inner, inner.constant, s, weight, residual);
    for (int i = 0; i < NODES; i++)
        times[i] = weight[i] * fabs(inner.values[(size_t)q * NODES + i]);
    cost = residuals(&inner, inner.constant, s, times, residual);
    if (cost < INFINITY)
        cost = plunge_once(&inner, s, times, q, residual);
    cost = residuals(&inner, inner.constant, s, weight, residual);
    for (int step = 0; step < SETTLING && cost < INFINITY; step++)
        cost = plunge_once(&inner, s, weight, q, residual);
    f->evaluated = inner.evaluated;
}

/* From the constants as they are, and from coefficients of its own; what ends lower stays. */
static void plunge_twice(fitting *f, samples s, const double *weight, int16_t q,
                         const int16_t *origin)
{
    double given[MAX_CONSTANTS][2], found[MAX_CONSTANTS][2];
    copy_constants(f, given);
    double first = plunge_from(f, s, weight, q);
    if (q < 0)
        return;
    copy_constants(f, found);
    restore(f, given);
    begin_anew(f, s, weight, q, origin);
    if (!(plunge_from(f, s, weight, q) < first))
        restore(f, found);
}

#endif
