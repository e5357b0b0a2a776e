/* Values and derivatives of a batch of one-input programs. */
#include "interpret.h"

static void evaluate_blocks(program p, const double *constant, const double *points,
                            double *values, double *result, size_t n)
{
    memcpy(values, points, n * sizeof(double));
    if (n == 64)
        forward(p, constant, values, 64);
    else
        forward(p, constant, values, n);
    memcpy(result, values + (size_t)p.output * n, n * sizeof(double));
}

/* points: n numbers; values: (length + 1) * n of scratch; result: rows * n. */
void evaluate(size_t rows, size_t length, const int16_t *size, const uint8_t *opcode,
              const int16_t *operand, const double *constant, const int16_t *output,
              const double *points, size_t n, double *values, double *result)
{
    for (size_t r = 0; r < rows; r++) {
        program p = {size[r], output[r], opcode + r * length, operand + r * length * MAX_ARITY};
        evaluate_blocks(p, constant + 2 * r * length, points, values, result + r * n, n);
    }
}

/* As evaluate in double-double; values and lows hold (length + 1) * n each. */
void evaluate_pairs(size_t rows, size_t length, const int16_t *size, const uint8_t *opcode,
                    const int16_t *operand, const double *constant, const int16_t *output,
                    const double *points, size_t n, double *values, double *lows, double *result,
                    double *result_low)
{
    for (size_t r = 0; r < rows; r++) {
        program p = {size[r], output[r], opcode + r * length, operand + r * length * MAX_ARITY};
        memcpy(values, points, n * sizeof(double));
        memset(lows, 0, n * sizeof(double));
        forward_pairs(p, constant + 2 * r * length, values, lows, n);
        memcpy(result + r * n, values + (size_t)p.output * n, n * sizeof(double));
        memcpy(result_low + r * n, lows + (size_t)p.output * n, n * sizeof(double));
    }
}

/* Derivatives of the output by every value. seed: n ones; adjoint: rows * (length + 1) * n zeros. */
void gradient(size_t rows, size_t length, const int16_t *size, const uint8_t *opcode,
              const int16_t *operand, const double *constant, const int16_t *output,
              const double *points, size_t n, const double *seed, double *values, double *adjoint)
{
    for (size_t r = 0; r < rows; r++) {
        program p = {size[r], output[r], opcode + r * length, operand + r * length * MAX_ARITY};
        memcpy(values, points, n * sizeof(double));
        forward(p, constant + 2 * r * length, values, n);
        backward(p, seed, values, adjoint + r * (length + 1) * n, n);
    }
}
