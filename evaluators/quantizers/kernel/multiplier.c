/* Errors of approximate multipliers over all pairs of operands, and the fit of their offset tables.
 *
 * A program takes two mantissa fields and gives a field, and an index if it has a table. Operand code
 * i stands for all numbers that round to it: one piece (lo, hi, weight) of the real line, or two where
 * numbers just below a power of two round up to it. The product of a pair of codes is one value V; its
 * relative error V / (x y) - 1 is integrated over the pair's pieces in closed form.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "interpret.h"

/* Most entries of a table; the same as on the Python side. */
#define ROOM 64

/* What a field costs that is out of range: more than any error in range. */
#define OUT 64.0

typedef struct { double lo, hi, weight, log_lo, log_hi; } piece;

/* The format: codes of an operand and their pieces, fraction bits of fields, values of fields; what a
 * code counts in a sum of products, so that exact products sum to 1. */
typedef struct {
    int codes, fraction;
    const double *share;                /* [codes] */
    const int32_t *first;               /* [codes + 1], where a code's pieces begin */
    const piece *pieces;
    const double *value, *log_value;    /* of the fields from -S to 3 S - 1, S = 2^fraction */
} format;

/* Of the relative error its magnitude, the largest, and itself; and sums of products. */
typedef struct { double absolute, largest, bias, sum; } sums;

/* Where V exceeds x y, the integral of V / (x y) - 1. */
static double above(const piece *x, const piece *y, double v, double log_v)
{
    const double end = v / y->lo, turn = v / y->hi;
    const double e = end < x->hi ? end : x->hi, log_e = end < x->hi ? log_v - y->log_lo : x->log_hi;
    const int whole = turn > x->lo;
    const double s = whole ? turn : x->lo, log_s = whole ? log_v - y->log_hi : x->log_lo;
    const double log_q = log_v - y->log_lo, span = log_e - log_s;
    double sum = v * (log_q * span - 0.5 * (log_e + log_s) * span) - v * span + y->lo * (e - s);
    if (whole)
        sum += v * (log_s - x->log_lo) * (y->log_hi - y->log_lo) - (s - x->lo) * (y->hi - y->lo);
    return sum;
}

static void add_piece(const piece *x, const piece *y, double v, double log_v, sums *to)
{
    const double weight = x->weight * y->weight;
    const double total = v * (x->log_hi - x->log_lo) * (y->log_hi - y->log_lo) -
                         (x->hi - x->lo) * (y->hi - y->lo);
    const double least = x->lo * y->lo, most = x->hi * y->hi;
    double absolute = total;
    if (v <= least)
        absolute = -total;
    else if (v < most)
        absolute = 2.0 * above(x, y, v, log_v) - total;
    const double up = v / least - 1.0, down = 1.0 - v / most;
    to->absolute += weight * absolute;
    to->bias += weight * total;
    if (up > to->largest)
        to->largest = up;
    if (down > to->largest)
        to->largest = down;
}

/* The errors of a field as the product of codes i and j. */
static sums errors_of(const format *f, int i, int j, int64_t field)
{
    const int64_t one = (int64_t)1 << f->fraction;
    sums made = {0.0, 0.0, 0.0, 0.0};
    if (field < -one || field >= 3 * one)
        return (sums){OUT, OUT, OUT, OUT};
    const double v = f->value[field + one], log_v = f->log_value[field + one];
    made.sum = f->share[i] * f->share[j] * v;
    for (int p = f->first[i]; p < f->first[i + 1]; p++)
        for (int q = f->first[j]; q < f->first[j + 1]; q++)
            add_piece(&f->pieces[p], &f->pieces[q], v, log_v, &made);
    return made;
}

/* Errors by table entry when `step` is added to every entry. */
static void errors_by_entry(const format *f, const int32_t *field, const uint8_t *index,
                            const int32_t *table, int32_t step, sums *by)
{
    memset(by, 0, ROOM * sizeof *by);
    for (int i = 0; i < f->codes; i++)
        for (int j = 0; j < f->codes; j++) {
            const int pair = i * f->codes + j, k = index[pair];
            const sums e = errors_of(f, i, j, (int64_t)field[pair] + table[k] + step);
            by[k].absolute += e.absolute;
            by[k].bias += e.bias;
            by[k].sum += e.sum;
            if (e.largest > by[k].largest)
                by[k].largest = e.largest;
        }
}

/* Every entry to the offset of least mean error, by steps that halve. */
static void descend(const format *f, const int32_t *field, const uint8_t *index, int32_t *table)
{
    sums here[ROOM], there[ROOM];
    errors_by_entry(f, field, index, table, 0, here);
    for (int32_t step = (int32_t)1 << f->fraction; step > 0; step >>= 1)
        for (int side = -1; side <= 1; side += 2) {
            errors_by_entry(f, field, index, table, side * step, there);
            for (int k = 0; k < ROOM; k++)
                if (there[k].absolute < here[k].absolute) {
                    table[k] += side * step;
                    here[k] = there[k];
                }
        }
}

/* Entries one after the other towards the least sum of mean error, bias, and what is wrong of sums:
 * what one entry loses in error it may win in bias for all. */
static void balance(const format *f, const int32_t *field, const uint8_t *index, int32_t *table)
{
    sums here[ROOM], there[ROOM];
    for (int32_t step = (int32_t)1 << f->fraction >> 4; step > 0; step >>= 1)
        for (int turn = 0; turn < 4; turn++) {
            const int32_t moved = turn & 1 ? step : -step;
            double bias = 0.0, off = -1.0;
            errors_by_entry(f, field, index, table, 0, here);
            errors_by_entry(f, field, index, table, moved, there);
            for (int k = 0; k < ROOM; k++) {
                bias += here[k].bias;
                off += here[k].sum;
            }
            for (int k = 0; k < ROOM; k++) {
                const double shifted = bias + there[k].bias - here[k].bias;
                const double then = off + there[k].sum - here[k].sum;
                const double change = there[k].absolute - here[k].absolute;
                const double less = fabs(bias) - fabs(shifted) + fabs(off) - fabs(then);
                if (change - less < -1e-12) {
                    table[k] += moved;
                    bias = shifted;
                    off = then;
                }
            }
        }
}

/* What single entries, and two at a time, may still win by a step: at the kinks of magnitudes one
 * alone is stuck. Entries that have moved wait for the next turn. */
static void settle(const format *f, const int32_t *field, const uint8_t *index, int used,
                   int32_t *table)
{
    sums by[3][ROOM];
    for (int turn = 0, moves = 1; turn < 8 && moves > 0; turn++) {
        double bias = 0.0, off = -1.0;
        int waits[ROOM] = {0};
        moves = 0;
        for (int side = 0; side < 3; side++)
            errors_by_entry(f, field, index, table, side - 1, by[side]);
        for (int k = 0; k < used; k++) {
            bias += by[1][k].bias;
            off += by[1][k].sum;
        }
        for (int k = 0; k < used; k++)
            for (int l = k; l < used; l++)
                for (int way = 0; way < (l > k ? 4 : 2) && !waits[k] && !waits[l]; way++) {
                    const int a = way & 1 ? 2 : 0, b = l == k ? 1 : way & 2 ? 2 : 0;
                    const double shifted = bias + by[a][k].bias - by[1][k].bias +
                                           by[b][l].bias - by[1][l].bias;
                    const double then = off + by[a][k].sum - by[1][k].sum +
                                        by[b][l].sum - by[1][l].sum;
                    const double change = by[a][k].absolute - by[1][k].absolute +
                                          by[b][l].absolute - by[1][l].absolute;
                    if (change + fabs(shifted) - fabs(bias) + fabs(then) - fabs(off) < -1e-12) {
                        table[k] += a - 1;
                        table[l] += b - 1;
                        waits[k] = waits[l] = 1;
                        bias = shifted;
                        off = then;
                        moves++;
                    }
                }
    }
}

static uint64_t mixed(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* Fields and indices of all pairs by one program; returns how many entries its table has. */
static int fields_of(program p, const STORED *constant, CELL *values, const uint32_t *operands,
                     size_t pairs, int room, int32_t *field, uint8_t *index)
{
    int entries = 0;
    memcpy(values, operands, 2 * pairs * sizeof(CELL));
    forward(p, constant, values, pairs);
    const CELL *out = values + (size_t)p.output[0] * pairs;
    const CELL *at = room ? values + (size_t)p.output[1] * pairs : NULL;
    for (size_t i = 0; i < pairs; i++) {
        field[i] = (int32_t)out[i];
        index[i] = (uint8_t)(at ? at[i] & (uint32_t)(room - 1) : 0);
        if (room && index[i] >= entries)
            entries = index[i] + 1;
    }
    return entries;
}

/* Errors of every program: [rows, 4] mean, largest, bias, that of sums. With `fit`, tables are fitted first, from
 * zero, and an only entry of zero is none; else they are taken as they are. */
void multipliers(BATCH, const uint32_t *operands, size_t pairs, int room, int fit, int codes,
                 int fraction, const double *share, const int32_t *first, const piece *pieces, const double *value,
                 const double *log_value, CELL *values, int32_t *field, uint8_t *index,
                 int16_t *entries, int32_t *tables, double *errors, uint64_t *functions)
{
    const format f = {codes, fraction, share, first, pieces, value, log_value};
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        int32_t table[ROOM] = {0};
        sums by[ROOM], all = {0.0, 0.0, 0.0, -1.0};
        int used = fields_of(p, constant + r * length * WIDTH, values, operands, pairs, room, field,
                             index);
        if (fit && room) {
            descend(&f, field, index, table);
            balance(&f, field, index, table);
            settle(&f, field, index, used, table);
            entries[r] = (int16_t)(used == 1 && table[0] == 0 ? 0 : used);
            memcpy(tables + r * (size_t)room, table, (size_t)room * sizeof *table);
        } else if (room) {
            memcpy(table, tables + r * (size_t)room, (size_t)room * sizeof *table);
        }
        errors_by_entry(&f, field, index, table, 0, by);
        for (int k = 0; k < ROOM; k++) {
            all.absolute += by[k].absolute;
            all.bias += by[k].bias;
            all.sum += by[k].sum;
            if (by[k].largest > all.largest)
                all.largest = by[k].largest;
        }
        uint64_t h = 1;
        for (size_t i = 0; i < pairs; i++)
            h = mixed(h, (uint64_t)((int64_t)field[i] + table[index[i]]));
        errors[4 * r] = all.absolute;
        errors[4 * r + 1] = all.largest;
        errors[4 * r + 2] = all.bias;
        errors[4 * r + 3] = all.sum;
        functions[r] = h;
    }
}
