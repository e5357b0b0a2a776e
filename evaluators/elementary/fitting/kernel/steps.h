/* Steps of Levenberg and Marquardt on the constants of one program (Marquardt 1963; gain-ratio damping
 * after Nielsen 1999) with exact derivatives by reverse accumulation and geodesic acceleration (Transtrum
 * and Sethna, arXiv 1201.5885). Residuals may be in double-double while the Jacobian stays float64:
 * iterative refinement.
 */
#ifndef ELITEMAP_STEPS_H
#define ELITEMAP_STEPS_H

#include "errors.h"

/* Length of the trial step of geodesic acceleration, and the largest accepted |a| / |d|. */
#define GEODESIC_STEP 0.1
#define GEODESIC_LIMIT 0.75
/* Damping tries per Jacobian. */
#define TRIES 6
/* Factors on the damping after a step that kept its promise, and after one that failed. The steps
 * down are large because the least singular value of the scaled Jacobian is often below 1e-8. */
#define BOLD 0.01
#define BOLDEST 1e-5
#define TIMID 16.0
#define LEAST_DAMPING 1e-26
/* Share of the cost that all the constants together must promise to remove, to go on at all. */
#define WORTHWHILE 1e-3
/* Share of the reducible cost that a step must aim at to count as undamped. */
#define UNDAMPED 0.5

/* Jacobian by reverse accumulation, orthogonalised together with the residual. */
static int linearise(fitting *f, const double *weight, const double *residual, row *basis,
                     triangle *t)
{
    backward(f->p, weight, f->values, f->lows, NODES);
    for (int j = 0; j < f->m; j++)
        memcpy(basis[j], f->lows + (size_t)(f->slot[j] + f->p.leaves) * NODES, sizeof(row));
    memcpy(basis[f->m], residual, sizeof(row));
    return orthogonalise(basis, f->m, t);
}

/* Trial constants: the current ones plus a step in units of the scaled columns. */
static void move(fitting *f, const triangle *t, const double *step)
{
    for (int j = 0; j < f->m; j++) {
        int k = 2 * f->slot[j];
        pair sum = pair_add(pair_of(f->constant[k], f->constant[k + 1]),
                            pair_of(step[j] / t->scale[j], 0.0));
        f->trial[k] = sum.hi;
        f->trial[k + 1] = sum.lo;
    }
}

/* Adds the second-order correction to the step where it is small enough to be trusted. */
static void accelerate(fitting *f, samples s, const double *weight, const double *residual,
                       row *basis, const triangle *t, double damping, double *step)
{
    double bend[MAX_CONSTANTS], rhs[MAX_CONSTANTS], along = 0.0, across = 0.0;
    row ahead;
    for (int j = 0; j < f->m; j++)
        bend[j] = GEODESIC_STEP * step[j];
    move(f, t, bend);
    residuals(f, f->trial, s, weight, ahead);
    for (int i = 0; i < NODES; i++)
        ahead[i] -= residual[i];
    for (int j = 0; j < f->m; j++) {
        double linear = 0.0;
        for (int k = j; k < f->m; k++)
            linear += t->r[j][k] * step[k];
        rhs[j] = 2.0 / GEODESIC_STEP * (dot(basis[j], ahead) / GEODESIC_STEP - linear);
    }
    damped_solution(t, rhs, damping, bend);
    for (int j = 0; j < f->m; j++) {
        along += step[j] * step[j];
        across += bend[j] * bend[j];
    }
    if (across < GEODESIC_LIMIT * GEODESIC_LIMIT * along)
        for (int j = 0; j < f->m; j++)
            step[j] += 0.5 * bend[j];
}

/* Decrease of the sum of squares that the linear model promises for a step. */
static double promised(const triangle *t, const double *rhs, const double *step)
{
    double total = 0.0;
    for (int j = 0; j < t->columns; j++) {
        double linear = 0.0;
        for (int k = j; k < t->columns; k++)
            linear += t->r[j][k] * step[k];
        total -= linear * (2.0 * rhs[j] + linear);
    }
    return total;
}

enum outcome { STUCK, CONVERGED, DAMPED, ADVANCED };

/* One Jacobian and as many damped steps as it takes to improve. DAMPED says that the step did as
 * promised and only the damping kept it from promising more. */
static enum outcome improve(fitting *f, samples s, const double *weight, int accelerated, double *residual,
                   double *cost, double *damping)
{
    row basis[MAX_CONSTANTS + 1], ahead;
    triangle t;
    double rhs[MAX_CONSTANTS], step[MAX_CONSTANTS], reducible = 0.0;
    if (!linearise(f, weight, residual, basis, &t))
        return STUCK;
    for (int j = 0; j < f->m; j++) {
        rhs[j] = t.r[j][f->m];
        reducible += rhs[j] * rhs[j];
    }
    if (reducible < WORTHWHILE * *cost)
        return CONVERGED;
    for (int try = 0; try < TRIES; try++) {
        damped_solution(&t, rhs, *damping, step);
        double promise = promised(&t, rhs, step);
        if (accelerated)
            accelerate(f, s, weight, residual, basis, &t, *damping, step);
        move(f, &t, step);
        double changed = residuals(f, f->trial, s, weight, ahead);
        if (changed < *cost) {
            double gain = (*cost - changed) / promise;
            int damped = promise < UNDAMPED * reducible;
            *damping *= gain > 0.75 ? (damped ? BOLDEST : BOLD) : gain > 0.25 ? 0.3 : 2.0;
            *damping = *damping > LEAST_DAMPING ? *damping : LEAST_DAMPING;
            *cost = changed;
            memcpy(residual, ahead, sizeof(row));
            accept(f);
            return damped && gain > 0.75 ? DAMPED : ADVANCED;
        }
        *damping *= TIMID;
    }
    return STUCK;
}

#endif
