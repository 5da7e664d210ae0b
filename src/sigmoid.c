// y = 1 / (1 + exp(−x)): the four nodes of its graph folded into one.
#include "layerlens.h"

#include "exp.h"
#include "map.h"

// exp(−x) = 2^n · (1 + p) overflows where n is large. Multiplying the fraction by 2^−n there leaves only powers of two up to 1:
//     n ≤ 0:  1 / (1 + 2^n + 2^n·p)        n > 0:  2^−n / (1 + 2^−n + p)
// Their sum with 1 is exact as long as it matters, so that the denominator is rounded just once.
INLINE f32x4 sigmoid(f32x4 x, f32x4 one) {
    const struct exp_parts e = simd_exp_parts(-x);
    const i32x4 large = e.n > 0;
    const f32x4 power = simd_times_power_of_two(one, (i32x4)simd_select(large, (f32x4)-e.n, (f32x4)e.n));
    const f32x4 numerator = simd_select(large, power, one);
    const f32x4 factor = simd_select(large, one, power);
    return numerator / (simd_madd(factor, e.p, power) + one);
}

void sigmoid_forward(float *y, const float *x, size_t n) {
    map(y, x, 0, 1, n, sigmoid);
}

// dx = dout · y² · exp(−x), and y · exp(−x) = 1 − y.
INLINE f32x4 sigmoid_derivative(f32x4 dout, f32x4 y) {
    return dout * y * (1 - y);
}

void sigmoid_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, sigmoid_derivative);
}
