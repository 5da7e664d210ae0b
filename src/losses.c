// Losses: one number for a batch, which training makes small, and its gradient.
#include "layerlens.h"

#include "exp.h"
#include "log.h"
#include "map.h"

// dx = (c · a − t) / divisor
INLINE void difference(float *dx, const float *a, const float *t, float c, float divisor, size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        simd_store_lanes(dx + i, (c * simd_load_lanes(a + i, lanes) - simd_load_lanes(t + i, lanes)) / divisor, lanes);
    }
}

INLINE f32x4 exp_of_difference(f32x4 x, f32x4 largest) {
    return simd_exp(x - largest);
}

INLINE f32x4 quotient(f32x4 a, f32x4 b) {
    return a / b;
}

// One sample. Subtracting the largest score first keeps exp from overflowing. The loss comes from the scores, not from the
// probabilities, whose logarithm is −∞ once they are too small for a float:
//     −Σ t·ln p = Σ t·(ln Σ exp(x − largest) + largest − x)
static double softmax_cross_entropy(float *p, const float *x, const float *t, size_t classes) {
    float largest = x[0];
    for (size_t j = 1; j < classes; j++) largest = x[j] > largest ? x[j] : largest;

    map(p, x, 0, largest, classes, exp_of_difference);
    double sum = 0;
    for (size_t j = 0; j < classes; j++) sum += p[j];
    map(p, p, 0, (float)sum, classes, quotient);

    const double log_sum = sum == sum ? log_of(sum) : sum;  // NaN passes
    double loss = 0;
    for (size_t j = 0; j < classes; j++) {
        if (t[j] != 0) loss += t[j] * (log_sum + ((double)largest - x[j]));  // so that a score of −∞ for another class costs nothing
    }
    return loss;
}

double softmax_cross_entropy_forward(float *p, const float *x, const float *t, size_t rows, size_t classes) {
    double sum = 0;
    for (size_t i = 0; i < rows * classes; i += classes) sum += softmax_cross_entropy(p + i, x + i, t + i, classes);
    return sum / rows;
}

// dx = (p · Σt − t) / rows, and Σt is 1 for probabilities, but for their rounding.
void softmax_cross_entropy_backward(float *dx, const float *p, const float *t, size_t rows, size_t classes) {
    for (size_t i = 0; i < rows * classes; i += classes) {
        double sum = 0;
        for (size_t j = 0; j < classes; j++) sum += t[i + j];
        difference(dx + i, p + i, t + i, (float)sum, (float)rows, classes);
    }
}

double mean_squared_error_forward(const float *x, const float *t, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double error = (double)x[i] - t[i];
        sum += error * error;
    }
    return sum / n;
}

// dx = 2 · (x − t) / n
void mean_squared_error_backward(float *dx, const float *x, const float *t, size_t n) {
    difference(dx, x, t, 1, (float)n / 2, n);
}
