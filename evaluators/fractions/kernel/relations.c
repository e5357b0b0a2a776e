/* Which fractions may have values that are rational or related to a constant, in 64-bit mantissas.
 *
 * Backward recurrence, then a lattice reduction (Lenstra, Lenstra, Lovász, 1982) of the numbers
 * 1, c, x, c x in fixed point. Chance gives one number in a few thousand a relation as short as is
 * asked for here; whoever passes is looked at again with more digits.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef long double real;

enum { MOST_TERMS = 1000, DIMENSION = 4, WIDTH = DIMENSION + 1 };

/* Verdicts besides the number of a constant. */
enum { UNRELATED = -1, RATIONAL = -2, UNKNOWN = -3 };

/* Digits wanted of a value. */
static const double WANTED = 22.0;

/* The largest of the numbers in fixed point, and the norms below which relations are short: of two
 * numbers and of four, where 2^28 and 2^14 are to be expected. */
static const real SCALE = 0x1p56L, SHORT_PAIR = 0x1p21L, SHORT_FOUR = 0x1.6p10L;

static real at(const int64_t *c, size_t width, real n)
{
    real total = 0;
    for (size_t k = width; k-- > 0;)
        total = total * n + c[k];
    return total;
}

/* Terms that make the digits wanted at `rate` digits a term (of the term at n = 100 where r(n) falls
 * like n^-order); 0 if that is too many. */
static int terms_for(double rate, int order)
{
    double digits = 0;
    for (int n = 1; n <= MOST_TERMS; n++) {
        digits += rate + order * log10(n / 100.0);
        if (digits >= WANTED && rate + order * log10(n / 100.0) > 0)
            return n + 4;
    }
    return 0;
}

static real value(const int64_t *a, size_t width_a, const int64_t *b, size_t width_b, int terms)
{
    real tail = 0;
    for (int n = terms; n > 0; n--)
        tail = at(b, width_b, n) / (at(a, width_a, n) + tail);
    return a[0] + tail;
}

/* Rows of a basis, and their Gram-Schmidt coefficients and squared orthogonal parts. */
typedef struct {
    int64_t v[DIMENSION][WIDTH];
    real mu[DIMENSION][DIMENSION], square[DIMENSION];
} lattice;

/* The part of row k that is orthogonal to the rows before it: mu and its square. */
static void orthogonalise(lattice *l, int k)
{
    real rest[DIMENSION];
    for (int j = 0; j <= k; j++) {
        real dot = 0;
        for (int i = 0; i < WIDTH; i++)
            dot += (real)l->v[k][i] * (real)l->v[j][i];
        for (int i = 0; i < j; i++)
            dot -= l->mu[j][i] * rest[i];
        rest[j] = dot;
        l->mu[k][j] = j < k ? dot / l->square[j] : 1;
    }
    l->square[k] = rest[k];
}

/* Subtracts whole multiples of the rows before from row k. */
static void shorten(lattice *l, int k)
{
    for (int j = k - 1; j >= 0; j--) {
        real q = rintl(l->mu[k][j]);
        if (q == 0)
            continue;
        for (int i = 0; i < WIDTH; i++)
            l->v[k][i] -= (int64_t)q * l->v[j][i];
        for (int i = 0; i <= j; i++)
            l->mu[k][i] -= q * l->mu[j][i];
    }
}

static void swap(lattice *l, int k)
{
    for (int i = 0; i < WIDTH; i++) {
        int64_t t = l->v[k][i];
        l->v[k][i] = l->v[k - 1][i];
        l->v[k - 1][i] = t;
    }
}

/* The norm of the first row of a reduced basis; at most four times that of the shortest vector. */
static real reduced_norm(const real *numbers, int rows)
{
    lattice l = {0};
    real largest = 0;
    for (int k = 0; k < rows; k++)
        largest = fmaxl(largest, fabsl(numbers[k]));
    for (int k = 0; k < rows; k++) {
        l.v[k][k] = 1;
        l.v[k][DIMENSION] = (int64_t)rintl(numbers[k] / largest * SCALE);
    }
    orthogonalise(&l, 0);
    for (int k = 1, steps = 0; k < rows && steps < 2000; steps++) {
        orthogonalise(&l, k);
        shorten(&l, k);
        orthogonalise(&l, k);
        real m = l.mu[k][k - 1];
        if (l.square[k] >= (0.9L - m * m) * l.square[k - 1]) {
            k++;
            continue;
        }
        swap(&l, k);
        orthogonalise(&l, k - 1);
        k = k > 1 ? k - 1 : 1;
    }
    return sqrtl(l.square[0]);
}

/* The verdict on a value: what it may be related to. constants: pairs of high and low parts. */
static int verdict(real x, size_t count, const double *constants)
{
    if (!(fabsl(x) < 0x1p40L) || fabsl(x) < 0x1p-40L)
        return x == 0 ? RATIONAL : UNKNOWN;
    if (reduced_norm((real[]){1, x}, 2) < SHORT_PAIR)
        return RATIONAL;
    for (size_t k = 0; k < count; k++) {
        real c = (real)constants[2 * k] + constants[2 * k + 1];
        if (reduced_norm((real[]){1, c, x, c * x}, 4) < SHORT_FOUR)
            return (int)k;
    }
    return UNRELATED;
}

/* Verdicts on the values of fractions, given the rate of convergence as for terms_for. */
void relations(size_t rows, size_t width_a, size_t width_b, const int64_t *a, const int64_t *b,
               const double *rate, const int32_t *order, size_t count, const double *constants,
               int16_t *verdicts)
{
    for (size_t row = 0; row < rows; row++) {
        int terms = terms_for(rate[row], order[row]);
        real x = value(a + row * width_a, width_a, b + row * width_b, width_b, terms);
        verdicts[row] = (int16_t)(terms ? verdict(x, count, constants) : UNKNOWN);
    }
}
