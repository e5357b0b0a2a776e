/* Programs with a family of quotients in their middle, written with its coefficients as constants.
 *
 * Descent in the constants of a deep fraction creeps or never arrives: on the way some would have to
 * pass infinity. In the coefficients of P(u) / Q(u) it arrives in a few steps, and what stands around
 * the quotient is fitted along. Constants come back from coefficients by peeling.py.
 */
#include "quotients.h"

/* Where constants come from: see sheet. */
#define MADE -1000
#define TOP 1
#define BOTTOM (TOP + HIGHEST)

/* The program that is written. origin says of every instruction where its constant comes from: the
 * number of an instruction, or -(TOP + e) and -(BOTTOM + e) for coefficients of u^e. */
typedef struct {
    int size, length;
    uint8_t *opcode;
    int16_t *operand, *origin;
    double *constant;
    int constant_code, add, sub, mul, div, divisor;
} sheet;

static int put(sheet *out, int opcode, int a, int b, int origin)
{
    if (out->size >= out->length)
        return -1;
    int k = out->size++;
    out->opcode[k] = (uint8_t)opcode;
    out->operand[MAX_ARITY * k] = (int16_t)a;
    out->operand[MAX_ARITY * k + 1] = (int16_t)b;
    out->origin[k] = (int16_t)origin;
    return k + 1;
}

static int put_constant(sheet *out, double high, double low, int origin)
{
    int v = put(out, out->constant_code, 0, 0, origin);
    if (v > 0) {
        out->constant[2 * (v - 1)] = high;
        out->constant[2 * (v - 1) + 1] = low;
    }
    return v;
}

/* Horner's scheme; the leading coefficient is not written where it is 1 or -1 for good (`lead`, else 0). */
static int put_polynomial(sheet *out, monomials of, double lead, const double *c, int u, int origin)
{
    int e = 63 - __builtin_clzll(of.all), v = -1, turned = lead < 0.0;
    if (lead == 0.0)
        v = put_constant(out, c[e], 0.0, -(origin + e));
    for (e--; e >= 0; e--) {
        v = v < 0 ? u : put(out, out->mul, v, u, MADE);
        if (!(of.all >> e & 1))
            continue;
        int next = put_constant(out, c[e], 0.0, -(origin + e));
        v = turned ? put(out, out->sub, next, v, MADE) : put(out, out->add, v, next, MADE);
        turned = 0;
    }
    return turned ? -1 : v;
}

/* The leading coefficient where that is all that is known, 0 where nothing is; else no number. */
static double known_lead(monomials of, const double *c)
{
    uint64_t known = of.all & ~of.free;
    int lead = 63 - __builtin_clzll(of.all);
    if (known == 0)
        return 0.0;
    return known == (uint64_t)1 << lead && fabs(c[lead]) == 1.0 ? c[lead] : NAN;
}

static int put_quotient(sheet *out, cut c, quotient *q, int u)
{
    const monomials top = c.of.top, bottom = c.of.bottom;
    double over = known_lead(top, q->top), under = known_lead(bottom, q->bottom);
    if (isnan(over) || isnan(under))
        return -1;
    if (over == 0.0 && under == 0.0) { /* a common factor is free */
        double scale = q->bottom[63 - __builtin_clzll(bottom.all)];
        for (int e = 0; e < HIGHEST; e++)
            q->top[e] /= scale, q->bottom[e] /= scale;
        under = 1.0;
    }
    int a = put_polynomial(out, top, over, q->top, u, TOP);
    if (under == 1.0 && bottom.all == 1)
        return a;
    int b = put_polynomial(out, bottom, under, q->bottom, u, BOTTOM);
    out->divisor = b;
    return a < 0 || b < 0 ? -1 : put(out, out->div, a, b, MADE);
}

/* Marks what the result needs if w needs nothing but u. */
static void mark(program p, cut c, uint8_t *needed)
{
    memset(needed, 0, 256);
    needed[p.output[0]] = 1;
    for (int v = p.size; v > 0; v--)
        if (needed[v] && v == c.to)
            needed[c.from] = 1;
        else if (needed[v])
            for (int j = 0; j < ARITY[p.opcode[v - 1]]; j++)
                needed[p.operand[MAX_ARITY * (v - 1) + j]] = 1;
}

/* Writes one program; returns its result, or -1 if it cannot. */
static int written(program p, const double *constant, cut c, sheet *out)
{
    quotient q;
    uint8_t needed[256];
    int place[256] = {0};
    if (!member(p, constant, c, &q))
        return -1;
    mark(p, c, needed);
    for (int k = 0; k < p.size; k++) {
        const int16_t *o = p.operand + MAX_ARITY * k;
        if (!needed[k + 1])
            continue;
        if (k + 1 == c.to) {
            place[k + 1] = put_quotient(out, c, &q, place[c.from]);
        } else if (IS_CONSTANT[p.opcode[k]]) {
            out->constant_code = p.opcode[k];
            place[k + 1] = put_constant(out, constant[2 * k], constant[2 * k + 1], k);
        } else {
            place[k + 1] = put(out, p.opcode[k], place[o[0]], place[o[1]], MADE);
            if (place[k + 1] > 0)
                out->operand[MAX_ARITY * (place[k + 1] - 1) + 2] = (int16_t)place[o[2]];
        }
        if (place[k + 1] < 0)
            return -1;
    }
    return place[p.output[0]];
}

/* Unfolds every row that has a family within.
 *
 * codes: opcodes of a constant, of add, sub, mul and div. out_...: a batch of as many rows, `room` long.
 * from, to: the values between which the family is, -1 where there is none or it cannot be written.
 * divisor: what the quotient divides by, -1 if it is a polynomial. origin: see sheet, `room` numbers
 * per row.
 */
void unfold(BATCH, const int *codes, int room, int16_t *out_size, uint8_t *out_opcode,
            int16_t *out_operand, double *out_constant, int16_t *out_output, int16_t *from,
            int16_t *to, int16_t *divisor, int16_t *origin)
{
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        size_t at = r * (size_t)room;
        sheet out = {0, room, out_opcode + at, out_operand + MAX_ARITY * at, origin + at,
                     out_constant + 2 * at, codes[0], codes[1], codes[2], codes[3], codes[4], -1};
        cut c = best_cut(p);
        int result = c.from < 0 ? -1 : written(p, constant + 2 * r * length, c, &out);
        from[r] = result < 0 ? -1 : (int16_t)c.from;
        to[r] = (int16_t)c.to;
        divisor[r] = (int16_t)out.divisor;
        out_size[r] = (int16_t)(result < 0 ? 0 : out.size);
        out_output[r] = (int16_t)(result < 0 ? 0 : result);
    }
}
