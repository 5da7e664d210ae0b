// The elementary nodes of a computational graph. Backward multiplies the upstream derivative by the node's own.
#include "layerlens.h"

#include "exp.h"
#include "map.h"

void multiply_forward(float *y, const float *x, float c, size_t n) {
    map(y, x, 0, c, n, times);
}

// dy/dx is the other input: c.
void multiply_backward(float *dx, const float *dout, float c, size_t n) {
    map(dx, dout, 0, c, n, times);
}

void add_forward(float *y, const float *x, float c, size_t n) {
    map(y, x, 0, c, n, plus);
}

// dy/dx is 1: the upstream derivative goes on unchanged.
void add_backward(float *dx, const float *dout, float c, size_t n) {
    (void)c;
    map(dx, dout, 0, 1, n, times);
}

INLINE f32x4 exponential(f32x4 x, f32x4 unused) {
    (void)unused;
    return simd_exp(x);
}

void exp_forward(float *y, const float *x, size_t n) {
    map(y, x, 0, 0, n, exponential);
}

// dy/dx is the node's own output: y.
void exp_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, times);
}

INLINE f32x4 divide(f32x4 x, f32x4 numerator) {
    return numerator / x;
}

void reciprocal_forward(float *y, const float *x, size_t n) {
    map(y, x, 0, 1, n, divide);
}

INLINE f32x4 times_minus_square(f32x4 dout, f32x4 y) {
    return dout * -(y * y);
}

// dy/dx is −1/x² = −y².
void reciprocal_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, times_minus_square);
}

// The same b is added to every sample.
void bias_forward(float *y, const float *x, const float *b, size_t rows, size_t out) {
    for (size_t i = 0; i < rows; i++) map(y + i * out, x + i * out, b, 0, out, plus);
}

// Every sample has passed through the same b, so its gradient is the sum over all of them, along axis 0.
void bias_backward(float *dx, float *db, const float *dout, size_t rows, size_t out) {
    if (dx) add_backward(dx, dout, 0, rows * out);
    for (size_t j = 0; j < out; j++) db[j] = 0;
    for (size_t i = 0; i < rows; i++) map(db, db, dout + i * out, 0, out, plus);
}
