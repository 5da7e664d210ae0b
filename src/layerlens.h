// The kernels of layerlens: the forward and the backward pass of each layer.
//
// Tensors are float32 and row-major, with the samples along axis 0. Outputs come first, then inputs, then sizes, which count
// elements. A gradient carries the name of its tensor with `d` in front; dout is the gradient of the layer's output. Gradients
// are overwritten, never accumulated. Outputs must not overlap inputs. Any size may be 0. Nothing is allocated, and nothing
// beyond a tensor is read or written.
#ifndef LAYERLENS_H
#define LAYERLENS_H

#include <stddef.h>
#include <stdint.h>

// The list of exports is this header.
#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name))) name
#else
#define EXPORT(name) name
#endif

// Which build this is: 0 scalar, 1 simd, 2 relaxed.
int32_t EXPORT(layerlens_variant)(void);

// affine.c: y = x · w + b. Backward needs x and w. Without a bias, the dot node of a graph, b and db are null.
// x, dx (rows, in); w, dw (in, out); b, db (out); y, dout (rows, out)
void EXPORT(affine_forward)(float *y, const float *x, const float *w, const float *b, size_t rows, size_t in, size_t out);
void EXPORT(affine_backward)(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows,
                             size_t in, size_t out);

// sigmoid.c: y = 1 / (1 + exp(-x)), at most 2 ulp off. Backward needs y. All (n).
void EXPORT(sigmoid_forward)(float *y, const float *x, size_t n);
void EXPORT(sigmoid_backward)(float *dx, const float *dout, const float *y, size_t n);

// nodes.c: the elementary nodes of a computational graph. The constant c is the same for all elements. All (n).
void EXPORT(multiply_forward)(float *y, const float *x, float c, size_t n);
void EXPORT(multiply_backward)(float *dx, const float *dout, float c, size_t n);
void EXPORT(add_forward)(float *y, const float *x, float c, size_t n);
void EXPORT(add_backward)(float *dx, const float *dout, float c, size_t n);
void EXPORT(exp_forward)(float *y, const float *x, size_t n);  // at most 1.01 ulp off; backward needs y
void EXPORT(exp_backward)(float *dx, const float *dout, const float *y, size_t n);
void EXPORT(reciprocal_forward)(float *y, const float *x, size_t n);  // backward needs y
void EXPORT(reciprocal_backward)(float *dx, const float *dout, const float *y, size_t n);

// The node that adds a bias to each row. x, dx, y, dout (rows, out); b, db (out). dx may be null.
void EXPORT(bias_forward)(float *y, const float *x, const float *b, size_t rows, size_t out);
void EXPORT(bias_backward)(float *dx, float *db, const float *dout, size_t rows, size_t out);

// random.c: x (n) is drawn from the normal distribution of mean 0 and the given standard deviation; the same numbers for the
// same seed in every build and on every machine.
void EXPORT(randn)(float *x, size_t n, uint32_t seed, float std);

#endif
