/* Descent on the constants of one program: steps until they are spent or bring nothing more. */
#ifndef ELITEMAP_DESCENT_H
#define ELITEMAP_DESCENT_H

#include "steps.h"

/* Relative decrease below which a step counts as stale, and how many of them end the descent. */
#define STALE_DECREASE 0.02
#define STALE_STEPS 4

/* Descends for at most `steps` Jacobians, going on from *damping. Returns the sum of squares,
 * infinity at a bad start. */
static double descend(fitting *f, samples s, const double *weight, int steps, int accelerated,
                      double *damping, double *residual)
{
    double cost = residuals(f, f->constant, s, weight, residual);
    int stale = 0;
    f->converged = 0;
    if (!(cost < INFINITY))
        return INFINITY;
    for (int step = 0; step < steps && f->m > 0; step++) {
        double before = cost;
        enum outcome outcome = improve(f, s, weight, accelerated, residual, &cost, damping);
        f->converged = outcome == CONVERGED;
        if (outcome == STUCK || outcome == CONVERGED)
            break;
        stale = outcome == ADVANCED && before - cost < STALE_DECREASE * before ? stale + 1 : 0;
        if (stale >= STALE_STEPS)
            break;
    }
    return cost;
}

#endif
