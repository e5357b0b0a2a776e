/* Coherent rescaling: constants c' such that P'(x) = P(s x), by dimensional analysis.
 *
 * If every value v of the program can be given a weight w with weight 1 for the input and 0 for the
 * output, so that sums join equal weights and products add them, then c' = c s^-w works for every
 * constant. The weights solve a small linear system, one or two equations an instruction. With any
 * other weight u of the output the same gives s^-u P(s x).
 */
#ifndef ELITEMAP_RESCALE_H
#define ELITEMAP_RESCALE_H

#include <math.h>

#include "draft.h"

#define MOST_VALUES 64
#define MOST_EQUATIONS (2 * MOST_VALUES)

typedef struct {
    int unknowns, equations;
    double a[MOST_EQUATIONS][MOST_VALUES + 1];
} linear_system;

/* Adds the equation p * w[i] + q * w[j] + r * w[k] = rhs. */
static inline void equation(linear_system *s, double p, int i, double q, int j, double r, int k,
                            double rhs)
{
    double *row = s->a[s->equations++];
    memset(row, 0, sizeof s->a[0]);
    row[i] += p;
    row[j] += q;
    row[k] += r;
    row[s->unknowns] = rhs;
}

static inline void weigh(linear_system *s, const draft *d, int k)
{
    int v = k + 1, a = d->operand[k][0], b = d->operand[k][1], c = d->operand[k][2];
    switch (d->opcode[k]) {
    case CONST: break;
    case OP_MUL: equation(s, 1, v, -1, a, -1, b, 0); break;
    case OP_DIV: equation(s, 1, v, -1, a, 1, b, 0); break;
    case OP_SQRT: equation(s, 2, v, -1, a, 0, a, 0); break;
    case OP_SQUARE: equation(s, 1, v, -2, a, 0, a, 0); break;
    case OP_FMA:
        equation(s, 1, v, -1, a, -1, b, 0);
        equation(s, 1, v, -1, c, 0, c, 0);
        break;
    default:
        /* Sums, extrema and absolute values: all alike. */
        for (int slot = 0; slot < arity_at(d, k); slot++)
            equation(s, 1, v, -1, d->operand[k][slot], 0, 0, 0);
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

/* Marks the instructions that a value depends on: needed[v] for each value number. */
static inline void mark_needed(const draft *d, int value, uint8_t *needed)
{
    memset(needed, 0, ROOM + 1);
    needed[value] = 1;
    for (int k = value - 1; k >= 0; k--)
        if (needed[k + 1])
            for (int s = 0; s < arity_at(d, k); s++)
                needed[d->operand[k][s]] = 1;
}

/* Replaces the constants that a value P depends on by those of P(s x), or of a multiple of it if
 * `exactly` is 0. Returns whether it could. */
static inline int rescale(draft *d, int value, double s, int exactly)
{
    static _Thread_local linear_system system;
    double weight[MOST_VALUES];
    uint8_t needed[ROOM + 1];
    if (value + 1 > MOST_VALUES - 1)
        return 0;
    mark_needed(d, value, needed);
    system.unknowns = value + 1;
    system.equations = 0;
    for (int k = 0; k < value; k++)
        if (needed[k + 1])
            weigh(&system, d, k);
    equation(&system, 1, 0, 0, 0, 0, 0, 1);
    if (exactly)
        equation(&system, 1, value, 0, value, 0, value, 0);
    if (!solve_system(&system, weight))
        return 0;
    for (int k = 0; k < value; k++) {
        if (d->opcode[k] != CONST || !needed[k + 1] || weight[k + 1] == 0.0)
            continue;
        double factor = pow(s, -weight[k + 1]);
        d->constant[k][0] *= factor;
        d->constant[k][1] *= factor;
    }
    return 1;
}

/* Adapts the constants behind instruction `first` to a value that has become `factor` times what it
 * was, so that the output stays as it is. Returns whether it could. */
static inline int absorb(draft *d, int first, int value, double factor)
{
    static _Thread_local linear_system system;
    double weight[MOST_VALUES];
    if (d->output + 1 > MOST_VALUES - 1 || d->output <= first || factor == 0.0 || !isfinite(factor))
        return 0;
    system.unknowns = d->output + 1;
    system.equations = 0;
    for (int v = 0; v <= first; v++)
        equation(&system, 1, v, 0, v, 0, v, v == value);
    for (int k = first; k < d->output && system.equations + 3 < MOST_EQUATIONS; k++)
        weigh(&system, d, k);
    equation(&system, 1, d->output, 0, d->output, 0, d->output, 0);
    if (!solve_system(&system, weight))
        return 0;
    for (int k = first; k < d->output; k++)
        if (d->opcode[k] == CONST && factor < 0.0 && fabs(weight[k + 1] - rint(weight[k + 1])) > 1e-6)
            return 0;
    for (int k = first; k < d->output; k++) {
        if (d->opcode[k] != CONST || weight[k + 1] == 0.0)
            continue;
        double change = pow(fabs(factor), weight[k + 1]);
        if (factor < 0.0 && fmod(fabs(rint(weight[k + 1])), 2.0) == 1.0)
            change = -change;
        d->constant[k][0] *= change;
        d->constant[k][1] *= change;
    }
    return 1;
}

#endif
