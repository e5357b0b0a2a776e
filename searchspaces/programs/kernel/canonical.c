/* The canonical form of batches: canonical.h, row by row. */
#include "canonical.h"

/* Canonical form of every row in place. cost[r] is the number of operations, or -1 for a row that is
 * no candidate: constant, not finite, longer than the batch, costing less than least or more than most. */
void canonical(BATCH, int least, int most, int *cost)
{
    batch b = {length, size, opcode, operand, constant, output};
    draft d;
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, s, b, r);
        cost[r] = canonical_draft(&d);
        if (cost[r] > most || cost[r] < least || d.size > (int)length)
            cost[r] = -1;
        else
            store_draft(&d, b, r);
    }
}
