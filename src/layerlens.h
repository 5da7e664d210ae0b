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

// affine.c: y = x · w + b. Backward needs x and w. Without a bias, the dot node of a graph, b and db are null; dx may be null.
// x, dx (rows, in); w, dw (in, out); b, db (out); y, dout (rows, out)
void EXPORT(affine_forward)(float *y, const float *x, const float *w, const float *b, size_t rows, size_t in, size_t out);
void EXPORT(affine_backward)(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows,
                             size_t in, size_t out);
// The part of affine_backward that belongs to `count` inputs from `first` on: those columns of dx and rows of dw, and db where
// first is 0. Exported only where threads share the work.
void affine_backward_part(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows,
                          size_t in, size_t out, size_t first, size_t count);

// sigmoid.c: y = 1 / (1 + exp(-x)), at most 2 ulp off. Backward needs y. All (n).
void EXPORT(sigmoid_forward)(float *y, const float *x, size_t n);
void EXPORT(sigmoid_backward)(float *dx, const float *dout, const float *y, size_t n);

// relu.c: y = 0 where x < 0, else x; dx = 0 where y <= 0, else dout, so that NaN passes. Backward needs y. All (n).
void EXPORT(relu_forward)(float *y, const float *x, size_t n);
void EXPORT(relu_backward)(float *dx, const float *dout, const float *y, size_t n);

// nodes.c: the elementary nodes of a computational graph. The constant c is the same for all elements. All (n).
void EXPORT(multiply_forward)(float *y, const float *x, float c, size_t n);
void EXPORT(multiply_backward)(float *dx, const float *dout, float c, size_t n);
void EXPORT(add_forward)(float *y, const float *x, float c, size_t n);
void EXPORT(add_backward)(float *dx, const float *dout, float c, size_t n);
void EXPORT(exp_forward)(float *y, const float *x, size_t n);  // at most 1.04 ulp off; backward needs y
void EXPORT(exp_backward)(float *dx, const float *dout, const float *y, size_t n);
void EXPORT(reciprocal_forward)(float *y, const float *x, size_t n);  // backward needs y
void EXPORT(reciprocal_backward)(float *dx, const float *dout, const float *y, size_t n);

// The node that adds a bias to each row. x, dx, y, dout (rows, out); b, db (out). dx may be null.
void EXPORT(bias_forward)(float *y, const float *x, const float *b, size_t rows, size_t out);
void EXPORT(bias_backward)(float *dx, float *db, const float *dout, size_t rows, size_t out);

// losses.c: the mean over a batch, NaN for an empty one, and its gradient.
//
// Softmax with cross-entropy: p = exp(x) / Σ exp(x) of each sample, and the loss −Σ t · ln p. Backward needs p.
// x, p, t, dx (rows, classes); t is the probability wanted of each class.
double EXPORT(softmax_cross_entropy_forward)(float *p, const float *x, const float *t, size_t rows, size_t classes);
void EXPORT(softmax_cross_entropy_backward)(float *dx, const float *p, const float *t, size_t rows, size_t classes);
// The mean of (x − t)² over all elements. Backward needs x. All (n).
double EXPORT(mean_squared_error_forward)(const float *x, const float *t, size_t n);
void EXPORT(mean_squared_error_backward)(float *dx, const float *x, const float *t, size_t n);

// optimizers.c: w and what the optimiser keeps beside it, 0 at first, go one step on. All (n); step counts from 1.
void EXPORT(sgd_step)(float *w, const float *dw, double lr, size_t n);
void EXPORT(momentum_step)(float *w, float *velocity, const float *dw, double lr, double momentum, size_t n);
void EXPORT(adagrad_step)(float *w, float *sum, const float *dw, double lr, double eps, size_t n);
void EXPORT(adam_step)(float *w, float *mean, float *square, const float *dw, double lr, double beta1, double beta2, double eps,
                       uint32_t step, size_t n);

// rows.c: row i of y is row order[i] of x. y (rows, columns), x (any, columns), order (rows)
void EXPORT(take_rows)(float *y, const float *x, const uint32_t *order, size_t rows, size_t columns);

// random.c: the same numbers for the same seed in every build and on every machine.
// x (n) is drawn from the normal distribution of mean 0 and the given standard deviation.
void EXPORT(randn)(float *x, size_t n, uint32_t seed, float std);
// order (n) becomes the numbers from 0 to n − 1 in a random order, another one in each epoch.
void EXPORT(shuffle)(uint32_t *order, size_t n, uint32_t seed, uint32_t epoch);

#endif
