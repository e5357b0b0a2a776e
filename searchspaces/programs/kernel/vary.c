/* Variation of straight-line programs: one offspring per row, by the operator given for the row.
 *
 * Offspring are neither canonical nor checked. Constants of new instructions come from a short list,
 * so that the same mutation of the same parent is the same program again and the cache can tell; a
 * neutral constant leaves the function as it was and lets the fit move away from it.
 *
 * In a dialect of several types an edit may find no value of the type it needs; offspring that are not
 * well typed are their parents again. The order in which random numbers are drawn is part of what
 * seeds promise: never draw two of them in one expression or argument list.
 */
#include <stddef.h>

#include "compositions.h"
#include "conjugates.h"
#ifdef SCALING
#include "doublings.h"
#endif
#include "edits.h"

enum operator {
    INSERT, DELETE, CHANGE_PRIMITIVE, CHANGE_OPERAND, CHANGE_CONSTANTS, TERM, CROSSOVER, COMPOSE, RESCALE, REPEAT,
    DOUBLE, CONJUGATE
};

static void vary_one(draft *d, const draft *partner, int operator, const menu *m, stream *r)
{
    switch (operator) {
    case INSERT: insert_instruction(d, m, r); break;
    case DELETE: delete_instruction(d, r); break;
    case CHANGE_PRIMITIVE: change_primitive(d, m, r); break;
    case CHANGE_OPERAND: change_operand(d, r); break;
    case CHANGE_CONSTANTS: change_constants(d, r); break;
    case TERM: insert_term(d, m, r); break;
    case CROSSOVER: cross(d, partner, m, r); break;
    case COMPOSE: compose(d, m, r); break;
    case RESCALE:
#ifdef SCALING
        if (rescale_result(d, r))
            break;
#endif
        change_constants(d, r);
        break;
    case REPEAT: repeat(d, r); break;
#ifdef SCALING
    case DOUBLE: double_argument(d, m, r); break;
#endif
    case CONJUGATE: conjugate(d, m, r); break;
    }
}

/* Whether every operand and result has the type it must have. */
static int well_typed(const draft *d)
{
    for (int k = 0; TYPES > 1 && k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (type_of(d, d->operand[k][s]) != OPERAND[d->opcode[k]][s])
                return 0;
    for (int j = 0; TYPES > 1 && j < d->results; j++)
        if (type_of(d, d->output[j]) != d->of->result_type[j])
            return 0;
    return 1;
}

static stream stream_of(const uint64_t *seed, size_t row)
{
    const uint64_t *word = seed + 4 * row;
    return (stream){{word[0], word[1], word[2], word[3]}};
}

/* Varies every row in place into a batch that is `room` longer than the parents' rows need; rows that
 * outgrow it are left as they were. seed: 4 words per row. partner has the same layout. kinds: the
 * numbers of `operator` that operators index; the first `again` of them are those of a second,
 * occasional variation. typical: one value for each leaf. */
void vary(BATCH, int16_t *partner_size, uint8_t *partner_opcode, int16_t *partner_operand,
          STORED *partner_constant, int16_t *partner_output, const uint8_t *operators,
          const uint8_t *kinds, int again, const uint64_t *seed, const uint8_t *allowed, int count,
          const CELL *typical)
{
    batch b = {length, size, opcode, operand, constant, output};
    batch p = {length, partner_size, partner_opcode, partner_operand, partner_constant,
               partner_output};
    menu m = {allowed, count, typical};
    draft d, partner;
    for (size_t row = 0; row < rows; row++) {
        stream r = stream_of(seed, row);
        load_draft(&d, s, b, row);
        load_draft(&partner, s, p, row);
        vary_one(&d, &partner, kinds[operators[row]], &m, &r);
        if (chance(&r, 0.15))
            vary_one(&d, &partner, kinds[below(&r, again)], &m, &r);
        if (d.size <= (int)length && well_typed(&d))
            store_draft(&d, b, row);
    }
}

/* Results of a draft without instructions: the first leaf of each type, else a constant. */
static void first_results(draft *d, stream *r)
{
    for (int j = 0; j < d->results; j++) {
        int type = d->of->result_type[j], at = d->size, leaf = 0;
        while (leaf < d->leaves && type_of(d, leaf) != type)
            leaf++;
        d->output[j] = leaf < d->leaves ? leaf : new_constant(d, &at, type, r);
    }
}

/* Fills every row with a random program of at most `most` instructions besides constants. */
void randomise(BATCH, const uint64_t *seed, const uint8_t *allowed, int count, int most)
{
    batch b = {length, size, opcode, operand, constant, output};
    menu m = {allowed, count, NULL};
    draft d;
    for (size_t row = 0; row < rows; row++) {
        stream r = stream_of(seed, row);
        clear_draft(&d, s);
        first_results(&d, &r);
        int wanted = 1 + below(&r, most);
        for (int k = 0; k < wanted; k++) {
            int at = d.size, j = any_result(&d, &r), type = s->result_type[j];
            int value = any_value(&d, at, type, &r);
            int any = TYPES > 1 && chance(&r, 0.5), from = any ? -1 : type_of(&d, value);
            int code = leading_primitive(&m, from, type, &r);
            if (code >= 0)
                d.output[j] = build_around(&d, &at, &m, code, value, 0.6, &r);
        }
        if (d.size <= (int)length && well_typed(&d))
            store_draft(&d, b, row);
    }
}
