/* Errors of integer operators over all their inputs, and the fit of their constants and tables.
 *
 * A program takes a word, and with a table the entry at an index that it gives as well. What a word
 * stands for is compared with the interval of true values of its input. Where the unit of the outputs
 * is free it is the one of least error: only the ratio of the largest to the smallest quotient counts.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "interpret.h"

/* Most entries of a table; the same as on the Python side. */
#define ROOM 64

/* Inputs that go through a program together: their values stay in a cache, and a fit that looks no
 * better after the first of them need not look at the others. */
#define CHUNK 64

/* Constants that are fitted. */
#define CONSTANTS 24

/* What entries are before they are fitted, and the largest step of theirs. */
#define FIRST 0x4000
#define ENTRY_BITS 15

/* What a word counts as that stands for nothing above zero, where errors are relative. */
#define NO_NUMBER 1e-3
#define NO_FLOAT 1e-39

enum { UNSIGNED, SIGNED, FLOAT };

/* How a core's value and the word that is kept for it make the output. */
enum { CORE, SHIFT, MINUS };

/* All inputs with what is true of them, in an order of which every beginning is a fair sample. */
typedef struct {
    size_t n;
    const uint32_t *input, *kept;
    const double *low, *high;
    int reading, ending, free_unit, relative, room;
    double unit;
} truth;

/* A program with its constants and table, memory for the values of a chunk, and how many entries it has,
 * none if it looks nothing up. */
typedef struct {
    program p;
    STORED *constant;
    int32_t *table;
    CELL *values;
    int entries;
} candidate;

/* Ends of the quotients, or of the differences, of outputs and true values. */
typedef struct { double least, most; } ends;

/* The output for an input, from what the core gives. */
static inline CELL output_of(const truth *t, CELL made, size_t i)
{
    if (t->ending == SHIFT)
        return made >> (t->kept[i] & 31u);
    return t->ending == MINUS ? t->kept[i] - made : made;
}

/* What it stands for. */
static inline double value_of(const truth *t, CELL made, size_t i)
{
    const CELL word = output_of(t, made, i);
    float single;
    if (t->reading == UNSIGNED)
        return (double)word;
    if (t->reading == SIGNED)
        return (double)(int32_t)word * t->unit;
    memcpy(&single, &word, sizeof single);
    return isfinite(single) ? (double)single : 0.0;
}

/* What cores give for m inputs from the given one on, and the index of those that look up. */
static const CELL *outputs_of(const candidate *c, const truth *t, size_t from, size_t m,
                              uint8_t *index)
{
    const CELL *made = c->values + (size_t)c->p.output[0] * m;
    memcpy(c->values, t->input + from, m * sizeof(CELL));
    if (t->room)
        memset(c->values + m, 0, m * sizeof(CELL));
    forward(c->p, c->constant, c->values, m);
    memset(index, 0, m);
    if (!c->entries)
        return made;
    const CELL *at = c->values + (size_t)c->p.output[1] * m;
    for (size_t i = 0; i < m; i++)
        index[i] = (uint8_t)(at[i] & (uint32_t)(t->room - 1));
    return made;
}

/* The second run, with what the table holds. */
static void look_up(const candidate *c, size_t m, const uint8_t *index)
{
    if (!c->entries)
        return;
    CELL *entry = c->values + m;
    for (size_t i = 0; i < m; i++)
        entry[i] = (CELL)c->table[index[i]];
    forward(c->p, c->constant, c->values, m);
}

/* Widens ends by an output. */
static inline ends widened(const truth *t, double value, size_t i, ends e)
{
    double above, below;
    if (t->relative) {
        const double nothing = t->reading == FLOAT ? NO_FLOAT : NO_NUMBER;
        const double counted = value > nothing ? value : nothing;
        above = counted / t->low[i];
        below = counted / t->high[i];
    } else {
        above = value - t->low[i];
        below = value - t->high[i];
    }
    e.most = above > e.most ? above : e.most;
    e.least = below < e.least ? below : e.least;
    return e;
}

/* How bad ends are: half the logarithm of their ratio, the larger logarithm, or the larger size. */
static double badness(const truth *t, ends e)
{
    if (t->relative && t->free_unit)
        return 0.5 * log(e.most / e.least);
    if (t->relative)
        return fmax(log(e.most), -log(e.least));
    return fmax(e.most, -e.least);
}

static const ends NONE = {INFINITY, -INFINITY};

/* Ends over the first inputs, or over as many as it takes to be as bad as `enough`. */
static ends ends_of(const candidate *c, const truth *t, size_t n, double enough)
{
    ends e = NONE;
    uint8_t index[CHUNK];
    for (size_t from = 0; from < n; from += CHUNK) {
        const size_t m = n - from < CHUNK ? n - from : CHUNK;
        const CELL *made = outputs_of(c, t, from, m, index);
        look_up(c, m, index);
        for (size_t i = 0; i < m; i++)
            e = widened(t, value_of(t, made[i], from + i), from + i, e);
        if (badness(t, e) >= enough)
            break;
    }
    return e;
}

/* How bad it is; what is no better than `best` may be worse than said. */
static double score(const candidate *c, const truth *t, size_t n, double best)
{
    return badness(t, ends_of(c, t, n, best));
}

/* Ends of each entry's own inputs, quotients in units of `middle`. */
static void ends_by_entry(const candidate *c, const truth *t, size_t n, ends *by)
{
    uint8_t index[CHUNK];
    for (int k = 0; k < ROOM; k++)
        by[k] = NONE;
    for (size_t from = 0; from < n; from += CHUNK) {
        const size_t m = n - from < CHUNK ? n - from : CHUNK;
        const CELL *made = outputs_of(c, t, from, m, index);
        look_up(c, m, index);
        for (size_t i = 0; i < m; i++)
            by[index[i]] = widened(t, value_of(t, made[i], from + i), from + i, by[index[i]]);
    }
}

/* How bad an entry's ends are in a unit that is settled. */
static double settled(const truth *t, ends e, double middle)
{
    if (!(e.most >= e.least))
        return 0.0;
    return t->relative ? fmax(e.most / middle, middle / e.least) : fmax(e.most, -e.least);
}

/* Every entry by steps that halve, all at once: an entry matters to its own inputs alone. */
static void fit_table(const candidate *c, const truth *t, size_t n, int top)
{
    ends here[ROOM], there[ROOM];
    const ends all = ends_of(c, t, n, INFINITY);
    const double middle = t->free_unit ? sqrt(all.least * all.most) : 1.0;
    ends_by_entry(c, t, n, here);
    for (int bit = top; bit >= 0; bit--)
        for (int side = -1; side <= 1; side += 2) {
            const int32_t step = side * ((int32_t)1 << bit);
            for (int k = 0; k < c->entries; k++)
                c->table[k] += step;
            ends_by_entry(c, t, n, there);
            for (int k = 0; k < c->entries; k++)
                if (settled(t, there[k], middle) < settled(t, here[k], middle))
                    here[k] = there[k];
                else
                    c->table[k] -= step;
        }
}

/* A stream of numbers that depends on nothing. */
static uint32_t drawn(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Places of the constants. */
static int constants_of(const candidate *c, int *at)
{
    int found = 0;
    for (int k = 0; k < c->p.size && found < CONSTANTS; k++)
        if (IS_CONSTANT[c->p.opcode[k]])
            at[found++] = k;
    return found;
}

/* The largest step of a constant: about twice its size, either sign. */
static int top_of(STORED value, int top)
{
    const STORED magnitude = value >> 31 ? (STORED)0 - value : value;
    int size = 1;
    while (size < 31 && magnitude >> size)
        size++;
    return size < top ? size : top;
}

/* Constants one at a time, by steps that halve; returns the score. */
static double descend(const candidate *c, const truth *t, size_t n, int top, double best)
{
    int at[CONSTANTS], tops[CONSTANTS];
    const int count = constants_of(c, at);
    for (int k = 0; k < count; k++)
        tops[k] = top_of(c->constant[WIDTH * at[k]], top);
    for (int bit = top; bit >= 0; bit--)
        for (int k = 0; k < count; k++)
            for (int side = 0; side < 2 && bit <= tops[k]; side++) {
                STORED *own = c->constant + WIDTH * at[k], old = *own;
                *own = side ? old - ((STORED)1 << bit) : old + ((STORED)1 << bit);
                const double now = score(c, t, n, best);
                if (now < best) {
                    best = now;
                    side = 2;
                } else {
                    *own = old;
                }
            }
    return best;
}

/* Two or three constants at a time by random steps: the largest error has ridges. */
static double wander(const candidate *c, const truth *t, size_t n, int turns, double best)
{
    int at[CONSTANTS];
    const int count = constants_of(c, at);
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (int turn = 0; turn < turns && count > 1; turn++) {
        int moved[3];
        STORED old[3];
        const int many = 2 + (int)(drawn(&state) % 2);
        for (int k = 0; k < many; k++) {
            moved[k] = at[drawn(&state) % (uint32_t)count];
            old[k] = c->constant[WIDTH * moved[k]];
            const int bit = (int)(drawn(&state) % 14);
            const STORED step = (STORED)1 << bit | drawn(&state) % ((STORED)1 << bit);
            c->constant[WIDTH * moved[k]] += drawn(&state) & 1 ? step : (STORED)0 - step;
        }
        const double now = score(c, t, n, best);
        if (now < best) {
            best = now;
        } else {
            for (int k = many - 1; k >= 0; k--)
                c->constant[WIDTH * moved[k]] = old[k];
        }
    }
    return best;
}

static uint64_t mixed(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* Sums over all inputs, once the unit is known, and how many outputs stand for nothing. */
typedef struct { double absolute, bias; uint64_t hash; int nothing; } sums;

static sums sums_of(const candidate *c, const truth *t, double unit)
{
    sums s = {0.0, 0.0, 1, 0};
    uint8_t index[CHUNK] = {0};
    for (size_t from = 0; from < t->n; from += CHUNK) {
        const size_t m = t->n - from < CHUNK ? t->n - from : CHUNK;
        const CELL *made = outputs_of(c, t, from, m, index);
        look_up(c, m, index);
        for (size_t i = 0; i < m; i++) {
            const double middle = 0.5 * (t->low[from + i] + t->high[from + i]);
            const double v = value_of(t, made[i], from + i) / unit;
            const double error = t->relative ? v / middle - 1.0 : v - middle;
            s.absolute += fabs(error);
            s.bias += error;
            s.nothing += t->relative && !(v > 0.0);
            s.hash = mixed(s.hash, output_of(t, made[i], from + i));
        }
    }
    s.absolute /= (double)t->n;
    s.bias /= (double)t->n;
    return s;
}

/* Fits what can be fitted to the first `fitted` inputs. */
static void fit(const candidate *c, const truth *t, size_t fitted, int turns, int thorough)
{
    for (int k = 0; k < c->entries; k++)
        c->table[k] = FIRST;
    for (int turn = 0; turn < turns; turn++) {
        if (c->entries)
            fit_table(c, t, fitted, ENTRY_BITS);
        const double best = descend(c, t, fitted, thorough || turn == 0 ? 31 : 12,
                                    score(c, t, fitted, INFINITY));
        wander(c, t, fitted, thorough ? 1000 : 100, best);
    }
    if (c->entries)
        for (int turn = 0; turn < 2; turn++)
            fit_table(c, t, fitted, 9);
}

/* Of every program, after `turns` of a fit to the first `fitted` inputs, the badness, the largest
 * error, its mean and the bias over the first `judged` inputs: [rows, 4]. Largest errors that are
 * relative; all four are NaN where an output of all inputs stands for nothing. */
void operators(BATCH, const int16_t *reduction, const uint32_t *input, const uint32_t *kept,
               const double *low, const double *high, size_t n, int reading, int ending,
               int free_unit, int relative, double unit, int room, size_t fitted, int turns,
               int thorough, size_t judged, CELL *values, const int16_t *entries, int32_t *tables,
               double *errors, uint64_t *functions)
{
    for (size_t r = 0; r < rows; r++) {
        const size_t from = (size_t)reduction[r] * n;
        const truth t = {n, input + from, kept + from, low, high, reading, ending, free_unit,
                         relative, room, unit};
        int32_t table[ROOM] = {0};
        const candidate c = {program_at(r, length, s, size, opcode, operand, output),
                             constant + r * length * WIDTH, table, values, entries[r]};
        if (turns > 0)
            fit(&c, &t, fitted, turns, thorough);
        else
            memcpy(table, tables + r * (size_t)room, (size_t)room * sizeof *table);
        const ends e = ends_of(&c, &t, judged, INFINITY);
        double *to = errors + 4 * r;
        to[0] = badness(&t, e);
        to[1] = !relative ? to[0]
                : free_unit ? (e.most - e.least) / (e.most + e.least)
                            : fmax(e.most - 1.0, 1.0 - e.least);
        to[2] = to[3] = NAN;
        functions[r] = 0;
        if (judged == n) {
            const sums all = sums_of(&c, &t, free_unit ? 0.5 * (e.most + e.least) : 1.0);
            to[2] = all.absolute;
            to[3] = all.bias;
            if (all.nothing)
                to[0] = to[1] = to[2] = to[3] = NAN;
            functions[r] = all.hash;
        }
        memcpy(tables + r * (size_t)room, table, (size_t)room * sizeof *table);
    }
}
