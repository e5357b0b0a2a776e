/* Which programs span whole families of quotients of polynomials, one constant after the other.
 *
 * A value that is made by + - * / is a quotient of polynomials in x. What is followed here is which
 * monomials its two polynomials have, and which of their coefficients are free, that is to say
 * depend on the program's constants. If there are as many constants as independent free
 * coefficients, the program can (generically) be any quotient with these monomials, and fitting it
 * is a linear problem. The answer is "yes" only for programs whose constants can then be found by
 * undoing operations (peeling.py): no value that depends on constants is used twice, and where two
 * such meet, one is a constant, or they are a polynomial and a proper fraction that are added.
 */
#include "spans.h"

/* Writes the monomials of every row's first result if it spans a whole family, else 0.
 *
 * top, bottom: one number per row, bit e for x^e.
 */
void spans(BATCH, uint64_t *top, uint64_t *bottom)
{
    const span input = {{2, 0}, {1, 0}}, anything = {{1, 1}, {1, 0}};
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        span value[256];
        uint8_t used[256] = {0};
        int constants = 0;
        top[r] = bottom[r] = 0;
        if (p.leaves != 1 || p.size > 255)
            continue;
        value[0] = input;
        for (int k = 0; k < p.size; k++) {
            const int16_t *o = p.operand + MAX_ARITY * k;
            int constant = IS_CONSTANT[p.opcode[k]];
            constants += constant;
            value[k + 1] = constant ? anything
                                    : span_of(p.opcode[k], value[o[0]], value[o[1]], value[o[2]]);
            for (int j = 0; j < ARITY[p.opcode[k]]; j++)
                if (depends(value[o[j]]) && used[o[j]]++)
                    value[k + 1] = NONE;
        }
        span whole_of = value[p.output[0]];
        if (whole(whole_of, constants)) {
            top[r] = whole_of.top.all;
            bottom[r] = whole_of.bottom.all;
        }
    }
    (void)constant;
}
