/* A rule of the tests.
 *
 * One step, the first of which is 1, on n parameters w with gradients g.
 * What it remembers, n zeros each at first: m.
 * Where norms are taken, the array counts as one tensor, and as all tensors.
 */
#include <math.h>
#include <stddef.h>

void norms(size_t n, float *w, const float *g, float *m, float rate, long step);

void norms(size_t n, float *w, const float *g, float *m, float rate, long step)
{
    const float number = (float)step;
    (void)number;
    double sum_t3[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        const float t2 = ((1.0f - 0.3f) * m[i] + 0.3f * g[i]);
        sum_t3[0] += (double)(t2 * t2);
    }
    const float t3 = (float)(sqrt(sum_t3[0]));
    double sum_t4[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        sum_t4[0] += (double)(w[i] * w[i]);
    }
    const float t4 = (float)(sqrt(sum_t4[0]));
    const float t5 = (t3 + t4);
    const float t7 = (1.0f / t5);
    double sum_t11[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        const float t8 = (g[i] * t7);
        const float t10 = (t8 + (-0.25f));
        sum_t11[0] += (double)(m[i] * t10);
        sum_t11[1] += (double)(m[i] * m[i]);
        sum_t11[2] += (double)(t10 * t10);
    }
    const float t11 = (float)(sum_t11[0] / fmax(sqrt(sum_t11[1] * sum_t11[2]), 1e-30));
    double sum_t12[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        const float t8 = (g[i] * t7);
        const float t10 = (t8 + (-0.25f));
        sum_t12[0] += (double)(t10 * t10);
    }
    const float t12 = (float)(sqrt(sum_t12[0]));
    const float t13 = (t11 * t12);
    const float t14 = tanhf(number);
    const float t15 = (t13 + t14);
    double sum_t17[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        sum_t17[0] += (double)(w[i]);
    }
    const float t17 = (float)(sum_t17[0] / (double)n);
    double sum_t18[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        const float t8 = (g[i] * t7);
        const float t10 = (t8 + (-0.25f));
        sum_t18[0] += (double)(t10 * g[i]);
    }
    const float t18 = (float)(sum_t18[0]);
    const float t19 = (t17 + t18);
    for (size_t i = 0; i < n; i++) {
        const float t2 = ((1.0f - 0.3f) * m[i] + 0.3f * g[i]);
        const float t8 = (g[i] * t7);
        const float t10 = (t8 + (-0.25f));
        const float t16 = (t10 * t15);
        const float t20 = (m[i] * t19);
        const float t21 = (t16 + t20);
        const float new_m = t2;
        w[i] -= rate * t21;
        m[i] = new_m;
    }
}
