/* A rule of the tests.
 *
 * One step, the first of which is 1, on n parameters w with gradients g.
 * What it remembers, n zeros each at first: m.
 * Where norms are taken, the array counts as one tensor, and as all tensors.
 */
#include <math.h>
#include <stddef.h>

void lion(size_t n, float *w, const float *g, float *m, float rate, long step);

void lion(size_t n, float *w, const float *g, float *m, float rate, long step)
{
    const float number = (float)step;
    (void)number;
    for (size_t i = 0; i < n; i++) {
        const float t2 = ((1.0f - 0.1f) * m[i] + 0.1f * g[i]);
        const float t3 = (t2 > 0.0f ? 1.0f : t2 < 0.0f ? -1.0f : t2);
        const float t5 = (w[i] * 0.01f);
        const float t6 = (t3 + t5);
        const float t8 = ((1.0f - 0.01f) * m[i] + 0.01f * g[i]);
        const float new_m = t8;
        w[i] -= rate * t6;
        m[i] = new_m;
    }
}
