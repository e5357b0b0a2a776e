/* Levels of a candidate, and their fit to what weights want them to be. */
#include "apart.h"
#include "interpret.h"

/* Most entries of a table, and most constants that are fitted. */
#define ENTRIES 32
#define CONSTANTS 8
#define UNKNOWNS (CONSTANTS + 1)

/* Largest entry of a table of whole numbers. */
#define LARGEST 127.0f

/* Largest entry that is a power of two, and factors that are tried to come near to such ones. */
#define LARGEST_POWER 64.0f
#define FACTORS 16

/* Where levels come from. */
enum { PROGRAM, PLAIN, MIRRORED, DOUBLE, SHIFTED, SUMS };

/* One candidate: its format and where its levels are. */
typedef struct {
    quantizer q;
    int kind, whole;
    program p;
    STORED *constant;
    float *table;
    float *values;      /* scratch of the interpreter */
} candidate;

/* Fields of a layout, and of a row that has kind and whole behind it. */
#define FIELDS 12
#define ROW (FIELDS + 2)

static quantizer quantizer_of(const int32_t *f)
{
    return (quantizer){f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11]};
}

/* What weights of each choice and code want: sums of s^2, and of s (x - o), over the weights. */
typedef struct { double weight[2][MOST_CODES], wished[2][MOST_CODES]; } wishes;

/* Bits of both numbers that a code has below its sign, where levels are sums. */
static int high_bits(const candidate *c) { return c->q.bits / 2; }
static int low_bits(const candidate *c) { return (c->q.bits - 1) / 2; }

/* The entries of both, of a code without its sign. */
static int high_entry(const candidate *c, int k) { return k >> low_bits(c); }
static int low_entry(const candidate *c, int k)
{
    return (1 << high_bits(c)) + (k & ((1 << low_bits(c)) - 1));
}

/* Entries in use. */
static int entries_of(const candidate *c)
{
    const int codes = 1 << c->q.bits;
    return c->kind == MIRRORED ? codes / 2 : c->kind == DOUBLE ? 2 * codes
         : c->kind == SUMS ? (1 << high_bits(c)) + (1 << low_bits(c)) : c->kind == SHIFTED ? codes + 1 : c->kind == PLAIN ? codes : 0;
}

/* The level of every choice and code. The program sees the code as a signed number and as a word, and
 * the choice as both. */
static void values_of(const candidate *c, float of_code[2][MOST_CODES])
{
    const int codes = 1 << c->q.bits, both = 1 + c->q.choice, n = codes * both;
    for (int k = 0; k < n && c->kind == PROGRAM; k++) {
        c->values[k] = (float)(k % codes - codes / 2);
        c->values[n + k] = (float)(k / codes);
        c->values[2 * n + k] = float_of(k % codes);
        c->values[3 * n + k] = float_of(k / codes);
    }
    if (c->kind == PROGRAM)
        forward(c->p, c->constant, c->values, (size_t)n);
    for (int h = 0; h < both; h++)
        for (int k = 0; k < codes; k++) {
            const float *t = c->table;
            float *to = &of_code[h][k];
            if (c->kind == PROGRAM)
                *to = c->values[c->p.output[0] * n + h * codes + k];
            else if (c->kind == MIRRORED)
                *to = k < codes / 2 ? t[k] : -t[k - codes / 2];
            else if (c->kind == SUMS) {
                const int size = k % (codes / 2);
                const float sum = t[high_entry(c, size)] + t[low_entry(c, size)];
                *to = k < codes / 2 ? sum : -sum;
            } else if (c->kind == SHIFTED)
                *to = h ? t[k] + t[codes] : t[k];
            else
                *to = t[c->kind == DOUBLE ? h * codes + k : k];
        }
}

/* Sorted levels; 0 if the candidate is none. */
static int levels_of(const candidate *c, levels *l)
{
    float of_code[2][MOST_CODES];
    values_of(c, of_code);
    for (int h = 0; h <= c->q.choice; h++)
        if (!sort_levels(of_code[h], 1 << c->q.bits, &l[h]))
            return 0;
    return 1;
}

static void fit_mean(double weight, double wished, float *to)
{
    if (weight > 0.0)
        *to = (float)(wished / weight);
}

/* Entries of sums to the means of what weights wish of them while the others stay: first one part, then
 * the other. */
static void fit_sums(const candidate *c, const wishes *w)
{
    const int half = 1 << (c->q.bits - 1), count = entries_of(c), first = 1 << high_bits(c);
    float *t = c->table;
    for (int turn = 0; turn < 4; turn++)
        for (int e = 0; e < count; e++) {
            double weight = 0.0, wished = 0.0;
            for (int k = 0; k < half; k++) {
                const int high = high_entry(c, k), low = low_entry(c, k);
                const double both = w->weight[0][k] + w->weight[0][k + half];
                if ((e < first ? high : low) != e)
                    continue;
                weight += both;
                wished += w->wished[0][k] - w->wished[0][k + half] -
                          both * t[e < first ? low : high];
            }
            fit_mean(weight, wished, &t[e]);
        }
}

/* Entries to the means of what weights wish. */
static void fit_table(const candidate *c, const wishes *w)
{
    const int codes = 1 << c->q.bits, half = codes / 2;
    float *t = c->table;
    if (c->kind == SUMS) {
        fit_sums(c, w);
        return;
    }
    for (int k = 0; k < codes && c->kind != SHIFTED; k++) {
        if (c->kind == PLAIN)
            fit_mean(w->weight[0][k], w->wished[0][k], &t[k]);
        for (int h = 0; h < 2 && c->kind == DOUBLE; h++)
            fit_mean(w->weight[h][k], w->wished[h][k], &t[h * codes + k]);
        if (c->kind == MIRRORED && k < half)
            fit_mean(w->weight[0][k] + w->weight[0][k + half],
                     w->wished[0][k] - w->wished[0][k + half], &t[k]);
    }
    for (int turn = 0; turn < 4 && c->kind == SHIFTED; turn++) {
        double weight = 0.0, wished = 0.0;
        for (int k = 0; k < codes; k++) {
            fit_mean(w->weight[0][k] + w->weight[1][k],
                     w->wished[0][k] + w->wished[1][k] - w->weight[1][k] * t[codes], &t[k]);
            weight += w->weight[1][k];
            wished += w->wished[1][k] - w->weight[1][k] * t[k];
        }
        fit_mean(weight, wished, &t[codes]);
    }
}

/* The sum of squares that is left between the levels, times a gain, and what weights wish. */
static double left_over(const candidate *c, const wishes *w, double gain,
                        float of_code[2][MOST_CODES])
{
    double sum = 0.0;
    values_of(c, of_code);
    for (int h = 0; h <= c->q.choice; h++)
        for (int k = 0; k < 1 << c->q.bits; k++)
            if (w->weight[h][k] > 0.0) {
                const double r = gain * of_code[h][k] - w->wished[h][k] / w->weight[h][k];
                sum += w->weight[h][k] * r * r;
            }
    return sum;
}

/* Solves a small positive definite system in place; a is [n][UNKNOWNS]. */
static int solve(double a[UNKNOWNS][UNKNOWNS], double *b, int n)
{
    for (int i = 0; i < n; i++) {
        if (!(a[i][i] > 0.0))
            return 0;
        for (int r = i + 1; r < n; r++) {
            const double f = a[r][i] / a[i][i];
            for (int k = i; k < n; k++)
                a[r][k] -= f * a[i][k];
            b[r] -= f * b[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    return 1;
}

/* Normal equations of a step: slopes by differences of the levels that each constant moves, and, as
 * the last unknown, the gain. */
static void equations(const candidate *c, const wishes *w, double gain, const float *step, int n,
                      float base[2][MOST_CODES], float moved[CONSTANTS][2][MOST_CODES],
                      double a[UNKNOWNS][UNKNOWNS], double *b)
{
    for (int h = 0; h <= c->q.choice; h++)
        for (int k = 0; k < 1 << c->q.bits; k++) {
            const double weight = w->weight[h][k];
            double slope[UNKNOWNS];
            if (!(weight > 0.0))
                continue;
            for (int i = 0; i < n; i++)
                slope[i] = gain * (moved[i][h][k] - base[h][k]) / step[i];
            slope[n] = base[h][k];
            const double r = w->wished[h][k] / weight - gain * base[h][k];
            for (int i = 0; i <= n; i++) {
                b[i] += weight * slope[i] * r;
                for (int j = 0; j <= n; j++)
                    a[i][j] += weight * slope[i] * slope[j];
            }
        }
}

/* Constants of a program by Levenberg and Marquardt. Where scales are searched they make up for a
 * gain of all levels, so it is fitted as well, and forgotten. */
static void fit_program(const candidate *c, const wishes *w, int single)
{
    static _Thread_local float base[2][MOST_CODES], moved[CONSTANTS][2][MOST_CODES];
    int at[CONSTANTS], n = 0;
    for (int k = 0; k < c->p.size && n < CONSTANTS; k++)
        if (c->p.opcode[k] == single)
            at[n++] = k;
    double gain = 1.0, damping = 1e-3, left = left_over(c, w, gain, base);
    for (int turn = 0; turn < 8 && n > 0 && isfinite(left); turn++) {
        double a[UNKNOWNS][UNKNOWNS] = {{0}}, b[UNKNOWNS] = {0};
        float old[CONSTANTS], step[CONSTANTS];
        const double before = gain;
        for (int i = 0; i < n; i++) {
            STORED *stored = c->constant + WIDTH * at[i];
            old[i] = VALUE_single(stored);
            store_single(old[i] + (fabsf(old[i]) > 1e-6f ? 0x1p-9f * old[i] : 1e-6f), stored);
            step[i] = VALUE_single(stored) - old[i];
            values_of(c, moved[i]);
            store_single(old[i], stored);
        }
        equations(c, w, gain, step, n, base, moved, a, b);
        for (int i = 0; i <= n; i++)
            a[i][i] = a[i][i] * (1.0 + damping) + 1e-30;
        if (!solve(a, b, n + (c->q.search ? 1 : 0)))
            return;
        for (int i = 0; i < n; i++)
            store_single((float)(old[i] + b[i]), c->constant + WIDTH * at[i]);
        gain += c->q.search ? b[n] : 0.0;
        const double now = left_over(c, w, gain, base);
        if (now < left) {
            damping *= 0.2;
            if (now > left * 0.99999)
                return;
            left = now;
        } else {
            damping *= 20.0;
            gain = before;
            for (int i = 0; i < n; i++)
                store_single(old[i], c->constant + WIDTH * at[i]);
            left_over(c, w, gain, base);
        }
    }
}

/* The power of two nearest to x, of those from 1 to the largest, or 0. */
static float power_near(float x)
{
    const float size = fabsf(x);
    float power = size < 0.5f ? 0.0f : 1.0f;
    while (power > 0.0f && power < LARGEST_POWER && size >= 1.5f * power)
        power *= 2.0f;
    return x < 0.0f ? -power : power;
}

/* Entries of sums to powers of two, at that of a few factors which leaves least of what weights wish. */
static void finish_powers(const candidate *c, const wishes *w, float most)
{
    float table[ENTRIES], best[ENTRIES], of_code[2][MOST_CODES];
    const int count = entries_of(c);
    double least = INFINITY;
    memcpy(table, c->table, sizeof table);
    memcpy(best, table, sizeof best);
    for (int k = 0; k < FACTORS; k++) {
        const float factor = LARGEST_POWER / most * (0.75f + 0.75f * (float)k / (float)FACTORS);
        for (int e = 0; e < count; e++)
            c->table[e] = power_near(table[e] * factor) + 0.0f;
        const double left = left_over(c, w, 1.0 / factor, of_code);
        if (left < least) {
            least = left;
            memcpy(best, c->table, sizeof best);
        }
    }
    memcpy(c->table, best, sizeof best);
}

/* Brings a table to whole numbers, where scales can make up for it. */
static void finish_table(const candidate *c, const wishes *w)
{
    float most = 0.0f;
    for (int k = 0; k < entries_of(c); k++)
        most = fmaxf(most, fabsf(c->table[k]));
    if (!c->whole || !(most > 0.0f))
        return;
    if (c->kind == SUMS) {
        finish_powers(c, w, most);
        return;
    }
    for (int k = 0; k < entries_of(c); k++)
        c->table[k] = rintf(c->table[k] * (LARGEST / most)) + 0.0f;
}
