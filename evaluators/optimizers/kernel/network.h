/* A classifier of fully connected layers: loss and gradients by hand.
 *
 * Parameters are, layer by layer, weights [in, out] and then biases [out]. Activations and gradients are
 * kept in rows that are padded to whole tiles with zeros.
 */
#ifndef ELITEMAP_NETWORK_H
#define ELITEMAP_NETWORK_H

#include <math.h>
#include <stdint.h>

#include "matrix.h"

#define MOST_LAYERS 4

/* width[0] inputs, width[layers] classes; the rest is hidden with ReLU. */
typedef struct {
    int layers;
    const int32_t *width;
    float *weight[MOST_LAYERS], *turned[MOST_LAYERS], *bias[MOST_LAYERS];  /* padded copies */
    float *value[MOST_LAYERS + 1], *slope[MOST_LAYERS + 1];     /* [rows, padded width] */
} network;

static size_t padded(const network *n, int layer) { return PADDED((size_t)n->width[layer]); }

/* Copies of the parameters in padded rows, and of weights turned over. */
static void spread_parameters(network *n, const float *w)
{
    for (int l = 0; l < n->layers; l++) {
        const size_t in = (size_t)n->width[l], out = (size_t)n->width[l + 1];
        const size_t columns = padded(n, l + 1), rows = padded(n, l);
        for (size_t i = 0; i < in; i++)
            memcpy(n->weight[l] + i * columns, w + i * out, out * sizeof(float));
        if (l > 0)
            for (size_t o = 0; o < out; o++)
                for (size_t i = 0; i < in; i++)
                    n->turned[l][o * rows + i] = w[i * out + o];
        memcpy(n->bias[l], w + in * out, out * sizeof(float));
        w += in * out + out;
    }
}

/* Values of all layers for `rows` examples; value[0] holds the inputs. */
static void run_forward(network *n, size_t rows)
{
    for (int l = 0; l < n->layers; l++) {
        const size_t columns = padded(n, l + 1);
        multiply(n->value[l], padded(n, l), 1, n->weight[l], columns, n->bias[l], n->value[l + 1],
                 rows, (size_t)n->width[l]);
        if (l + 1 < n->layers)
            for (size_t i = 0; i < rows * columns; i++)
                n->value[l + 1][i] = n->value[l + 1][i] > 0.0f ? n->value[l + 1][i] : 0.0f;
    }
}

/* Mean cross-entropy in float64; the last slope becomes its gradient, if wanted. */
static double cross_entropy(network *n, const int32_t *label, size_t rows, int wanted)
{
    const size_t columns = padded(n, n->layers), classes = (size_t)n->width[n->layers];
    double total = 0.0;
    for (size_t r = 0; r < rows; r++) {
        const float *z = n->value[n->layers] + r * columns;
        float *d = n->slope[n->layers] + r * columns, most = z[0], sum = 0.0f;
        for (size_t k = 1; k < classes; k++)
            most = z[k] > most ? z[k] : most;
        for (size_t k = 0; k < classes; k++)
            sum += d[k] = expf(z[k] - most);
        total += log((double)sum) + (double)most - (double)z[label[r]];
        if (!wanted)
            continue;
        for (size_t k = 0; k < classes; k++)
            d[k] = (d[k] / sum - (k == (size_t)label[r] ? 1.0f : 0.0f)) / (float)rows;
    }
    return total / (double)rows;
}

/* Gradients by all parameters, [entries], from the last slope. scratch: room for one weight matrix. */
static void run_backward(network *n, size_t rows, float *g, float *scratch)
{
    size_t entries = 0;
    for (int l = 0; l < n->layers; l++)
        entries += (size_t)n->width[l + 1] * ((size_t)n->width[l] + 1);
    for (int l = n->layers - 1; l >= 0; l--) {
        const size_t in = (size_t)n->width[l], out = (size_t)n->width[l + 1];
        const size_t columns = padded(n, l + 1);
        const float *slope = n->slope[l + 1];
        entries -= out * (in + 1);
        float *by_weight = g + entries, *by_bias = by_weight + in * out;
        multiply(n->value[l], 1, padded(n, l), slope, columns, NULL, scratch, in, rows);
        for (size_t i = 0; i < in; i++)
            memcpy(by_weight + i * out, scratch + i * columns, out * sizeof(float));
        memset(by_bias, 0, out * sizeof(float));
        for (size_t r = 0; r < rows; r++)
            for (size_t o = 0; o < out; o++)
                by_bias[o] += slope[r * columns + o];
        if (l == 0)
            break;
        multiply(slope, columns, 1, n->turned[l], padded(n, l), NULL, n->slope[l], rows, out);
        for (size_t i = 0; i < rows * padded(n, l); i++)
            n->slope[l][i] = n->value[l][i] > 0.0f ? n->slope[l][i] : 0.0f;
    }
}

#endif
