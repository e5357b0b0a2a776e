/* Slopes and linear algebra of a step in double-double.
 *
 * The constants of a program with twenty digits are known to thirty only together: of their columns in
 * the Jacobian, scaled to length 1, the last is a combination of the others up to 1e-17, and what
 * float64 makes of it is rounding. Slopes are central differences of fourth order in double-double, to
 * some 23 digits, whatever the primitives are.
 */
#ifndef ELITEMAP_WIDE_H
#define ELITEMAP_WIDE_H

#include "steps.h"

/* Changes of a constant by which slopes are found, as parts of it: as large as the error of the formula
 * and that of double-double are alike. */
#define SLOPE_STEP 0x1p-23
/* What a constant without a size is changed by. */
#define SLOPE_LEAST 0x1p-40
/* Below this length left after orthogonalisation a column is rounding: slopes have no more digits. */
#define WIDE_DEPENDENT 1e-22
#define WIDE_DAMPING 1e-52

typedef struct { double hi[NODES], lo[NODES]; } wide_row;

/* R, the transformed residual in the last column, as `triangle`. */
typedef struct {
    int columns;
    pair r[MAX_CONSTANTS + 1][MAX_CONSTANTS + 2];
    double scale[MAX_CONSTANTS];
} wide_triangle;

static pair wide_dot(const wide_row *a, const wide_row *b)
{
    pair lane[LANES] = {{0.0, 0.0}};
    for (int i = 0; i < NODES; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] = pair_add(lane[j], pair_mul(pair_of(a->hi[i + j], a->lo[i + j]),
                                                 pair_of(b->hi[i + j], b->lo[i + j])));
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int j = 0; j < half; j++)
            lane[j] = pair_add(lane[j], lane[j + half]);
    return lane[0];
}

/* a := a * factor + b * other. */
static void wide_combine(wide_row *a, pair factor, const wide_row *b, pair other)
{
    for (int i = 0; i < NODES; i++) {
        pair sum = pair_add(pair_mul(pair_of(a->hi[i], a->lo[i]), factor),
                            pair_mul(pair_of(b->hi[i], b->lo[i]), other));
        a->hi[i] = sum.hi;
        a->lo[i] = sum.lo;
    }
}

/* The program's values with one constant changed, times a factor, added to a column. */
static void add_changed(fitting *f, samples s, int slot, double change, double factor, wide_row *column)
{
    const size_t out = (size_t)f->p.output[0] * NODES;
    pair c = pair_add(pair_of(f->constant[2 * slot], f->constant[2 * slot + 1]), pair_of(change, 0.0));
    f->trial[2 * slot] = c.hi;
    f->trial[2 * slot + 1] = c.lo;
    f->evaluated += 1.0;
    memcpy(f->values, s.point, (size_t)f->p.leaves * NODES * sizeof(double));
    memset(f->lows, 0, (size_t)f->p.leaves * NODES * sizeof(double));
    forward_pairs(f->p, f->trial, f->values, f->lows, NODES);
    for (int i = 0; i < NODES; i++) {
        pair v = pair_mul(pair_of(f->values[out + (size_t)i], f->lows[out + (size_t)i]), pair_of(factor, 0.0));
        pair sum = pair_add(pair_of(column->hi[i], column->lo[i]), v);
        column->hi[i] = sum.hi;
        column->lo[i] = sum.lo;
    }
}

/* Weighted slopes by one constant: (8 (f(c + h) - f(c - h)) - f(c + 2h) + f(c - 2h)) / 12 h. */
static void wide_slope(fitting *f, samples s, const double *weight, int slot, wide_row *column)
{
    const double h = fmax(fabs(f->constant[2 * slot]) * SLOPE_STEP, SLOPE_LEAST);
    memset(column, 0, sizeof *column);
    memcpy(f->trial, f->constant, 2 * (size_t)f->p.size * sizeof(double));
    add_changed(f, s, slot, h, 8.0, column);
    add_changed(f, s, slot, -h, -8.0, column);
    add_changed(f, s, slot, 2.0 * h, -1.0, column);
    add_changed(f, s, slot, -2.0 * h, 1.0, column);
    for (int i = 0; i < NODES; i++) {
        pair v = pair_div(pair_mul(pair_of(column->hi[i], column->lo[i]), pair_of(weight[i], 0.0)),
                          pair_of(12.0 * h, 0.0));
        column->hi[i] = v.hi;
        column->lo[i] = v.lo;
    }
}

/* As `orthogonalise`. */
static int wide_orthogonalise(wide_row *basis, int m, wide_triangle *t)
{
    const pair zero = {0.0, 0.0}, one = {1.0, 0.0};
    t->columns = m;
    for (int j = 0; j < m; j++) {
        double norm = sqrt(wide_dot(&basis[j], &basis[j]).hi);
        if (!(norm < 1e150))
            return 0;
        t->scale[j] = norm < 1e-150 ? 1.0 : norm;
        wide_combine(&basis[j], norm < 1e-150 ? zero : pair_div(one, pair_of(norm, 0.0)), &basis[j], zero);
    }
    for (int j = 0; j < m; j++) {
        pair norm = pair_sqrt(wide_dot(&basis[j], &basis[j]));
        int dependent = norm.hi < WIDE_DEPENDENT;
        t->r[j][j] = dependent ? zero : norm;
        wide_combine(&basis[j], dependent ? zero : pair_div(one, norm), &basis[j], zero);
        for (int k = j + 1; k <= m; k++) {
            t->r[j][k] = wide_dot(&basis[j], &basis[k]);
            wide_combine(&basis[k], one, &basis[j], pair_negative(t->r[j][k]));
        }
    }
    return 1;
}

/* As `damped_solution`, with the transformed residual on the right. */
static void wide_solution(const wide_triangle *t, double damping, pair *solution)
{
    const int m = t->columns;
    const pair zero = {0.0, 0.0};
    static _Thread_local pair a[MAX_CONSTANTS + 1][MAX_CONSTANTS + 2];
    for (int i = 0; i < m; i++) {
        for (int k = i; k < m; k++)
            a[i][k] = t->r[i][k];
        a[i][m] = pair_negative(t->r[i][m]);
    }
    for (int i = 0; i < m; i++) {
        pair *below = a[m];
        for (int k = i; k <= m; k++)
            below[k] = zero;
        below[i] = pair_of(sqrt(damping), 0.0);
        for (int j = i; j < m; j++) {
            pair *above = a[j];
            pair length = pair_sqrt(pair_add(pair_square(above[j]), pair_square(below[j])));
            if (length.hi == 0.0)
                continue;
            pair cosine = pair_div(above[j], length), sine = pair_div(below[j], length);
            for (int k = j; k <= m; k++) {
                pair upper = above[k], lower = below[k];
                above[k] = pair_add(pair_mul(cosine, upper), pair_mul(sine, lower));
                below[k] = pair_sub(pair_mul(cosine, lower), pair_mul(sine, upper));
            }
        }
    }
    for (int i = m - 1; i >= 0; i--) {
        pair total = a[i][m];
        for (int k = i + 1; k < m; k++)
            total = pair_sub(total, pair_mul(a[i][k], solution[k]));
        solution[i] = pair_div(total, a[i][i]);
    }
}

static void wide_move(fitting *f, const wide_triangle *t, const pair *step)
{
    for (int j = 0; j < f->m; j++) {
        int k = 2 * f->slot[j];
        pair sum = pair_add(pair_of(f->constant[k], f->constant[k + 1]),
                            pair_div(step[j], pair_of(t->scale[j], 0.0)));
        f->trial[k] = sum.hi;
        f->trial[k + 1] = sum.lo;
    }
}

#endif
