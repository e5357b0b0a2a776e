/* Dense linear algebra of one damped least-squares step.
 *
 * Rows of the basis are the columns of the Jacobian (contiguous over the points), then the residual.
 * Orthogonalisation replaces normal equations: at errors near 1e-12 the Jacobian's condition number
 * exceeds 1e8 and its square would swamp the step.
 */
#ifndef ELITEMAP_LEASTSQUARES_H
#define ELITEMAP_LEASTSQUARES_H

#include <math.h>
#include <stddef.h>

#define MAX_CONSTANTS 24
/* Points of a fit, a multiple of LANES; who fits tables has more. */
#ifndef NODES
#define NODES 32
#endif
#define LANES 8
/* Below this fraction of its length left after orthogonalisation a column counts as dependent. */
#define DEPENDENT 1e-13

typedef double row[NODES];

/* The upper triangle R with the transformed right-hand side in column `columns`. */
typedef struct {
    int columns;
    double r[MAX_CONSTANTS + 1][MAX_CONSTANTS + 2];
    double scale[MAX_CONSTANTS];
} triangle;

/* Inner product; eight running sums, so that its rounding does not depend on the machine. */
static inline double dot(const double *a, const double *b)
{
    double lane[LANES] = {0};
    for (int i = 0; i < NODES; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += a[i + j] * b[i + j];
    return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
}

/* Modified Gram-Schmidt of m columns and the residual behind them. The basis becomes orthonormal,
 * R belongs to the columns scaled to unit length; a constant without effect keeps its value. Returns
 * 0 if a column is not finite. */
static int orthogonalise(row *basis, int m, triangle *t)
{
    t->columns = m;
    for (int j = 0; j < m; j++) {
        double norm = sqrt(dot(basis[j], basis[j]));
        if (!(norm < 1e150))
            return 0;
        int without = norm < 1e-150;
        t->scale[j] = without ? 1.0 : norm;
        double inverse = without ? 0.0 : 1.0 / norm;
        for (int i = 0; i < NODES; i++)
            basis[j][i] *= inverse;
    }
    for (int j = 0; j < m; j++) {
        double norm = sqrt(dot(basis[j], basis[j]));
        double inverse = norm < DEPENDENT ? 0.0 : 1.0 / norm;
        t->r[j][j] = norm < DEPENDENT ? 0.0 : norm;
        for (int i = 0; i < NODES; i++)
            basis[j][i] *= inverse;
        for (int k = j + 1; k <= m; k++) {
            double component = dot(basis[j], basis[k]);
            t->r[j][k] = component;
            for (int i = 0; i < NODES; i++)
                basis[k][i] -= component * basis[j][i];
        }
    }
    return 1;
}

/* Minimise |R s + rhs|^2 + damping |s|^2 by Givens rotations. */
static void damped_solution(const triangle *t, const double *rhs, double damping, double *solution)
{
    const int m = t->columns;
    double a[MAX_CONSTANTS + 1][MAX_CONSTANTS + 2];
    double root = sqrt(damping);
    for (int i = 0; i < m; i++) {
        for (int k = i; k < m; k++)
            a[i][k] = t->r[i][k];
        a[i][m] = -rhs[i];
    }
    for (int i = 0; i < m; i++) {
        double *below = a[m];
        for (int k = i; k <= m; k++)
            below[k] = 0.0;
        below[i] = root;
        for (int j = i; j < m; j++) {
            double *above = a[j];
            double length = sqrt(above[j] * above[j] + below[j] * below[j]);
            if (length == 0.0)
                continue;
            double cosine = above[j] / length, sine = below[j] / length;
            for (int k = j; k <= m; k++) {
                double upper = above[k], lower = below[k];
                above[k] = cosine * upper + sine * lower;
                below[k] = cosine * lower - sine * upper;
            }
        }
    }
    for (int i = m - 1; i >= 0; i--) {
        double total = a[i][m];
        for (int k = i + 1; k < m; k++)
            total -= a[i][k] * solution[k];
        solution[i] = total / a[i][i];
    }
}

#endif
