"""Functions of matrices that exported C brings along; nothing is allocated in them."""

from elitemap.searchspaces.programs.tensors.matrices import SCHULZ

#: Work space of a call, in floats an entry.
WORK = 4

_MULTIPLY = """
/* c [n, m] = a [n, k] b [k, m]. */
static void multiply(float *c, const float *a, const float *b,
                     size_t n, size_t k, size_t m)
{
    for (size_t i = 0; i < n * m; i++)
        c[i] = 0.0f;
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < m; j++)
                c[i * m + j] += a[i * k + l] * b[l * m + j];
}
"""

_TRANSPOSE = """
/* to [columns, rows] = from' [rows, columns]. */
static void transpose(float *to, const float *from, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}
"""

_PRODUCT = """
/* v = x y' z. */
static void product(float *v, const float *x, const float *y, const float *z,
                    size_t rows, size_t columns, float *work)
{
    float *turned = work, *inner = work + rows * columns;
    transpose(turned, y, rows, columns);
    if (rows <= columns) {
        multiply(inner, x, turned, rows, columns, rows);
        multiply(v, inner, z, rows, rows, columns);
    } else {
        multiply(inner, turned, z, columns, rows, columns);
        multiply(v, x, inner, rows, columns, columns);
    }
}
"""

_SCHULZ = f"""
/* v = {SCHULZ[0]} x {SCHULZ[1]:+} x x' x {SCHULZ[2]:+} (x x')^2 x, on the shorter side. */
static void schulz(float *v, const float *x, size_t rows, size_t columns, float *work)
{{
    const size_t n = rows * columns, low = rows < columns ? rows : columns;
    const size_t high = rows < columns ? columns : rows;
    float *flat = work, *tall = work + n, *square = work + 2 * n, *fourth = work + 3 * n;
    for (size_t i = 0; i < n; i++)
        (rows == low ? flat : tall)[i] = x[i];
    transpose(rows == low ? tall : flat, x, rows, columns);
    multiply(square, flat, tall, low, high, low);
    multiply(fourth, square, square, low, low, low);
    for (size_t i = 0; i < low * low; i++)
        square[i] = {SCHULZ[1]}f * square[i] + {SCHULZ[2]}f * fourth[i];
    multiply(tall, square, flat, low, low, high);
    for (size_t i = 0; i < n; i++)
        tall[i] += {SCHULZ[0]}f * flat[i];
    if (rows == low)
        for (size_t i = 0; i < n; i++)
            v[i] = tall[i];
    else
        transpose(v, tall, low, high);
}}
"""

_ROW_MEAN = """
static void row_mean(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < columns; j++)
            sum += (double)x[i * columns + j];
        for (size_t j = 0; j < columns; j++)
            v[i * columns + j] = (float)(sum / (double)columns);
    }
}
"""

_COLUMN_MEAN = """
static void column_mean(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < rows; i++)
            sum += (double)x[i * columns + j];
        for (size_t i = 0; i < rows; i++)
            v[i * columns + j] = (float)(sum / (double)rows);
    }
}
"""

_UNIT = """
static void unit(float *v, const float *x, size_t rows, size_t columns)
{
    double sum = 0.0;
    for (size_t i = 0; i < rows * columns; i++)
        sum += (double)x[i] * (double)x[i];
    const double norm = sqrt(sum) > 1e-30 ? sqrt(sum) : 1e-30;
    for (size_t i = 0; i < rows * columns; i++)
        v[i] = (float)((double)x[i] / norm);
}
"""

#: Text, what else it calls, and whether it takes work space, by primitive.
_FUNCTIONS = {
    "product": (_PRODUCT, (_MULTIPLY, _TRANSPOSE), True),
    "schulz": (_SCHULZ, (_MULTIPLY, _TRANSPOSE), True),
    "row_mean": (_ROW_MEAN, (), False),
    "column_mean": (_COLUMN_MEAN, (), False),
    "unit": (_UNIT, (), False),
}

#: Primitives that are such functions.
FUNCTIONS = tuple(_FUNCTIONS)


def functions(used: set[str], name: str) -> str:
    """Definitions of some functions, and before them of what they call.

    Args:
        used: Names of primitives.
        name: The rule's, by which those of its functions begin.
    """
    chosen = [_FUNCTIONS[each] for each in FUNCTIONS if each in used]
    first = dict.fromkeys(text for _, called, _ in chosen for text in called)
    whole = "".join([*first, *(text for text, _, _ in chosen)])
    for each in ("multiply", "transpose", *FUNCTIONS):
        whole = whole.replace(f" {each}(", f" {name}_{each}(")
    return whole


def call(name: str, rule: str, made: str, operands: list[str]) -> str:
    """A statement that computes one array of others."""
    work = ", work" if _FUNCTIONS[name][2] else ""
    return f"{rule}_{name}({made}, {', '.join(operands)}, height, columns{work});"
