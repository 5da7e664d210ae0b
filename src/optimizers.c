// One step of training: each parameter goes down its gradient. The rules are PyTorch's, in one pass over all that they touch.
//
// Constants come as float64, since 1 − 0.999f is off by 5e-5. Nothing is fused, so that all builds give the same bits.
#include "layerlens.h"

#include "simd.h"

void sgd_step(float *w, const float *dw, double lr, size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        simd_store_lanes(w + i, simd_load_lanes(w + i, lanes) - (float)lr * simd_load_lanes(dw + i, lanes), lanes);
    }
}

void momentum_step(float *w, float *velocity, const float *dw, double lr, double momentum, size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        const f32x4 v = (float)momentum * simd_load_lanes(velocity + i, lanes) + simd_load_lanes(dw + i, lanes);
        simd_store_lanes(velocity + i, v, lanes);
        simd_store_lanes(w + i, simd_load_lanes(w + i, lanes) - (float)lr * v, lanes);
    }
}

void adagrad_step(float *w, float *sum, const float *dw, double lr, double eps, size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        const f32x4 g = simd_load_lanes(dw + i, lanes);
        const f32x4 s = simd_load_lanes(sum + i, lanes) + g * g;
        simd_store_lanes(sum + i, s, lanes);
        simd_store_lanes(w + i, simd_load_lanes(w + i, lanes) - (float)lr * g / (simd_sqrt(s) + (float)eps), lanes);
    }
}

// Of a whole exponent. Written out, since the engines' own differ in the last bits.
static double power(double base, uint32_t exponent) {
    double result = 1;
    for (; exponent; exponent >>= 1, base *= base) {
        if (exponent & 1) result *= base;
    }
    return result;
}

// The averages start at 0 and so are too small at first: by 1 − beta^step, which is divided out.
void adam_step(float *w, float *mean, float *square, const float *dw, double lr, double beta1, double beta2, double eps,
               uint32_t step, size_t n) {
    const float rate = (float)(lr / (1 - power(beta1, step)));
    const float correction = (float)__builtin_sqrt(1 - power(beta2, step));
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        const f32x4 g = simd_load_lanes(dw + i, lanes);
        const f32x4 m = (float)beta1 * simd_load_lanes(mean + i, lanes) + (float)(1 - beta1) * g;
        const f32x4 v = (float)beta2 * simd_load_lanes(square + i, lanes) + (float)(1 - beta2) * (g * g);
        simd_store_lanes(mean + i, m, lanes);
        simd_store_lanes(square + i, v, lanes);
        simd_store_lanes(w + i, simd_load_lanes(w + i, lanes) - rate * m / (simd_sqrt(v) / correction + (float)eps), lanes);
    }
}
