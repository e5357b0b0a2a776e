/* Coherent rescaling: constants c' such that P'(x) = P(s x), by dimensional analysis.
 *
 * If every value v of the program can be given a weight w with weight 1 for the input and 0 for the
 * output, so that the scaling laws of the table hold at every instruction (sums join equal weights,
 * products add them), then c' = c s^-w works for every constant. The weights solve a small linear
 * system. With any other weight u of the output the same gives s^-u P(s x). Of several inputs the
 * first is rescaled.
 */
#ifndef ELITEMAP_RESCALE_H
#define ELITEMAP_RESCALE_H

#include <math.h>

#include "draft.h"

#define MOST_VALUES 64
#define MOST_EQUATIONS (MAX_RELATIONS * MOST_VALUES)

typedef struct {
    int unknowns, equations;
    double a[MOST_EQUATIONS + MOST_RESULTS][MOST_VALUES + 1];
} linear_system;

/* A new equation without terms. */
static inline double *equation(linear_system *s, double rhs)
{
    double *row = s->a[s->equations++];
    memset(row, 0, sizeof s->a[0]);
    row[s->unknowns] = rhs;
    return row;
}

/* Adds the equation w[v] = rhs. */
static inline void weighs(linear_system *s, int v, double rhs) { equation(s, rhs)[v] = 1.0; }

/* Adds the scaling laws of instruction k. */
static inline void weigh(linear_system *s, const draft *d, int k)
{
    int opcode = d->opcode[k];
    for (int i = 0; i < RELATIONS[opcode]; i++) {
        double *row = equation(s, 0.0);
        row[k + d->leaves] += WEIGHT[opcode][i][0];
        for (int slot = 0; slot < ARITY[opcode]; slot++)
            row[d->operand[k][slot]] += WEIGHT[opcode][i][slot + 1];
    }
}

/* Gauss-Jordan elimination; free unknowns become zero. Returns 0 if there is no solution. */
static inline int solve_system(linear_system *s, double *solution)
{
    int pivot_of[MOST_VALUES], row = 0;
    for (int column = 0; column < s->unknowns; column++) {
        int best = row;
        pivot_of[column] = -1;
        for (int i = row; i < s->equations; i++)
            if (fabs(s->a[i][column]) > fabs(s->a[best][column]))
                best = i;
        if (row >= s->equations || fabs(s->a[best][column]) < 1e-9)
            continue;
        for (int k = 0; k <= s->unknowns; k++) {
            double t = s->a[row][k];
            s->a[row][k] = s->a[best][k];
            s->a[best][k] = t;
        }
        for (int i = 0; i < s->equations; i++) {
            double factor = s->a[i][column] / s->a[row][column];
            if (i == row || factor == 0.0)
                continue;
            for (int k = column; k <= s->unknowns; k++)
                s->a[i][k] -= factor * s->a[row][k];
        }
        pivot_of[column] = row++;
    }
    for (int i = row; i < s->equations; i++)
        if (fabs(s->a[i][s->unknowns]) > 1e-9)
            return 0;
    for (int column = 0; column < s->unknowns; column++) {
        int i = pivot_of[column];
        solution[column] = i < 0 ? 0.0 : s->a[i][s->unknowns] / s->a[i][column];
    }
    return 1;
}

/* Multiplies a constant by a number. */
static inline void scale_constant(draft *d, int k, double factor)
{
    for (int part = 0; part < WIDTH; part++)
        d->constant[k][part] *= factor;
}

/* Replaces the constants that a value P depends on by those of P(s x), or of a multiple of it if
 * `exactly` is 0. Returns whether it could. */
static inline int rescale(draft *d, int value, double s, int exactly)
{
    static _Thread_local linear_system system;
    double weight[MOST_VALUES];
    uint8_t needed[VALUES];
    const int instructions = value + 1 - d->leaves;
    if (value + d->leaves > MOST_VALUES - 1)
        return 0;
    mark_needed(d, value, needed);
    system.unknowns = value < d->leaves ? d->leaves : value + 1;
    system.equations = 0;
    for (int k = 0; k < instructions; k++)
        if (needed[k + d->leaves])
            weigh(&system, d, k);
    for (int leaf = 0; leaf < d->leaves; leaf++)
        weighs(&system, leaf, leaf == 0);
    if (exactly)
        weighs(&system, value, 0);
    if (!solve_system(&system, weight))
        return 0;
    for (int k = 0; k < instructions; k++) {
        int v = k + d->leaves;
        if (is_constant(d, v) && needed[v] && weight[v] != 0.0)
            scale_constant(d, k, pow(s, -weight[v]));
    }
    return 1;
}

/* Adapts the constants behind instruction `first` to a value that has become `factor` times what it
 * was, so that the results stay as they are. Returns whether it could. */
static inline int absorb(draft *d, int first, int value, double factor)
{
    static _Thread_local linear_system system;
    double weight[MOST_VALUES];
    int last = 0;
    for (int j = 0; j < d->results; j++)
        last = d->output[j] > last ? d->output[j] : last;
    const int end = last + 1 - d->leaves;
    if (last + 1 > MOST_VALUES - 1 || end <= first || factor == 0.0 || !isfinite(factor))
        return 0;
    system.unknowns = last + 1;
    system.equations = 0;
    for (int v = 0; v < first + d->leaves; v++)
        weighs(&system, v, v == value);
    for (int k = first; k < end; k++) {
        if (system.equations + MAX_RELATIONS + d->results >= MOST_EQUATIONS)
            break;
        weigh(&system, d, k);
    }
    for (int j = 0; j < d->results; j++)
        weighs(&system, d->output[j], 0);
    if (!solve_system(&system, weight))
        return 0;
    for (int k = first; k < end; k++) {
        double w = weight[k + d->leaves];
        if (IS_CONSTANT[d->opcode[k]] && factor < 0.0 && fabs(w - rint(w)) > 1e-6)
            return 0;
    }
    for (int k = first; k < end; k++) {
        double w = weight[k + d->leaves];
        if (!IS_CONSTANT[d->opcode[k]] || w == 0.0)
            continue;
        double change = pow(fabs(factor), w);
        if (factor < 0.0 && fmod(fabs(rint(w)), 2.0) == 1.0)
            change = -change;
        scale_constant(d, k, change);
    }
    return 1;
}

#endif
