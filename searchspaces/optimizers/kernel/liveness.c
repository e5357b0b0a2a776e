/* Which slots of update rules reach the update, now or in a later step.
 *
 * A slot that does not is dead, whatever is written into it: it keeps what it has, which costs nothing,
 * and stands behind the others. Canonical rules then have no instructions for it.
 */
#include <stddef.h>

#include "draft.h"

/* Marks what the values marked so far depend on. */
static void spread_need(const draft *d, uint8_t *needed)
{
    for (int v = d->leaves + d->size - 1; v >= d->leaves; v--)
        if (needed[v])
            for (int s = 0; s < arity_at(d, v - d->leaves); s++)
                needed[d->operand[v - d->leaves][s]] = 1;
}

/* Which slots are alive; needed is scratch. */
static void find_alive(const draft *d, uint8_t *needed, uint8_t *alive)
{
    const int inputs = d->of->inputs, outputs = d->of->outputs, states = d->of->states;
    memset(needed, 0, VALUES);
    memset(alive, 0, MOST_LEAVES);
    for (int j = 0; j < outputs; j++)
        needed[d->output[j]] = 1;
    for (int changed = 1; changed;) {
        changed = 0;
        spread_need(d, needed);
        for (int j = 0; j < states; j++)
            if (needed[inputs + j] && !alive[j]) {
                alive[j] = 1;
                needed[d->output[outputs + j]] = 1;
                changed = 1;
            }
    }
}

/* Exchanges two slots wherever they occur. */
static void exchange(draft *d, int i, int j)
{
    const int a = d->of->inputs + i, b = d->of->inputs + j, first = d->of->outputs;
    for (int k = 0; k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (d->operand[k][s] == a || d->operand[k][s] == b)
                d->operand[k][s] = (int16_t)(a + b - d->operand[k][s]);
    int held = d->output[first + i];
    d->output[first + i] = d->output[first + j];
    d->output[first + j] = held;
    for (int r = 0; r < d->results; r++)
        if (d->output[r] == a || d->output[r] == b)
            d->output[r] = a + b - d->output[r];
}

/* Dead slots keep what they have and stand last, in place. used[r]: slots that are alive. */
void settle_slots(BATCH, uint8_t *used)
{
    batch b = {length, size, opcode, operand, constant, output};
    draft d;
    uint8_t needed[VALUES], alive[MOST_LEAVES];
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, s, b, r);
        find_alive(&d, needed, alive);
        int count = 0;
        for (int j = 0; j < s->states; j++)
            if (!alive[j])
                d.output[s->outputs + j] = s->inputs + j;
        for (int j = 0; j < s->states; j++)
            if (alive[j]) {
                if (j != count)
                    exchange(&d, j, count);
                count++;
            }
        used[r] = (uint8_t)count;
        store_draft(&d, b, r);
    }
}
