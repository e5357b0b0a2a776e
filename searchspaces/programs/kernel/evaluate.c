/* Values of a batch of programs step by step, and derivatives of those of one input. */
#include "interpret.h"

/* One program: its outputs at n points for each step, to `result`. */
ALWAYS void run_steps(const signature *s, program p, const STORED *constant, const CELL *points,
                      size_t steps, CELL *values, CELL *result, const size_t n)
{
    const size_t inputs = (size_t)s->inputs, outputs = (size_t)s->outputs;
    begin(s, values, n);
    for (size_t step = 0; step < steps; step++) {
        for (size_t j = 0; j < inputs; j++)
            memcpy(values + j * n, points + (step * inputs + j) * n, n * sizeof(CELL));
        forward(p, constant, values, n);
        for (size_t j = 0; j < outputs; j++)
            memcpy(result + (step * outputs + j) * n, values + (size_t)p.output[j] * n,
                   n * sizeof(CELL));
        if (s->states > 0)
            advance(s, p, values, n);
    }
}

/* points: the inputs at n points, for each step; values: (leaves + length + states) * n of scratch;
 * result: the outputs at n points, for each row and step. */
void evaluate(BATCH, const CELL *points, size_t steps, size_t n, CELL *values, CELL *result)
{
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        const STORED *own = constant + WIDTH * r * length;
        CELL *to = result + r * steps * (size_t)s->outputs * n;
        if (n == 64 && p.leaves == 1) {
            p.leaves = 1;  /* the compiler knows it now */
            run_steps(s, p, own, points, steps, values, to, 64);
        } else
            run_steps(s, p, own, points, steps, values, to, n);
    }
}

#ifdef PAIR_CASES

/* One input and one output in double-double; values and lows hold (length + 1) * n each. */
void evaluate_pairs(BATCH, const double *points, size_t n, double *values, double *lows,
                    double *result, double *result_low)
{
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        memcpy(values, points, n * sizeof(double));
        memset(lows, 0, n * sizeof(double));
        forward_pairs(p, constant + WIDTH * r * length, values, lows, n);
        memcpy(result + r * n, values + (size_t)p.output[0] * n, n * sizeof(double));
        memcpy(result_low + r * n, lows + (size_t)p.output[0] * n, n * sizeof(double));
    }
}

/* Derivatives of the output by every value, for one input. seed: n ones; adjoint: rows *
 * (length + 1) * n zeros. */
void gradient(BATCH, const double *points, size_t n, const double *seed, double *values,
              double *adjoint)
{
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        memcpy(values, points, n * sizeof(double));
        forward(p, constant + WIDTH * r * length, values, n);
        backward(p, seed, values, adjoint + r * (length + 1) * n, n);
    }
}

#endif
