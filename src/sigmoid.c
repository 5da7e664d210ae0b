// y = 1 / (1 + exp(−x)): the four nodes of its graph folded into one.
#include "layerlens.h"

#include "exp.h"
#include "map.h"

// The smaller one of y and 1 − y is s = 1 / (1 + e^|x|). With e^|x| = 2^n · (1 + p),
//     s = 2^−n / (2^−n + p + 1)
// has an exact numerator, so that little more than the denominator's last sum is rounded. 2^−n can be too small for a normal number;
// 2^(24 − n), which stands for it until the end, can't.
//
// In two loops, since the steps of one vector wait for each other, and the processor looks ahead only so many instructions: the
// shorter the way of a vector, the more of them are under way.
static void sigmoid_block(float *y, const float *x, size_t vectors) {
    enum { BLOCK = 32 };
    f32x4 r[BLOCK];
    i32x4 shifted[BLOCK];
    while (vectors > 0) {
        const size_t count = vectors < BLOCK ? vectors : BLOCK;
        for (size_t i = 0; i < count; i++) {
            const struct exp_parts e = simd_exp_parts(simd_min(simd_abs(simd_load(x + 4 * i)), simd_splat(exp_constants.limit)));
            r[i] = e.r;
            shifted[i] = e.shifted;
        }
        for (size_t i = 0; i < count; i++) {
            const f32x4 one = simd_splat(exp_constants.one);
            const f32x4 power = (f32x4)(simd_splat_bits(exp_constants.bits24) - (shifted[i] << 23));
            const f32x4 denominator = simd_madd(power, simd_splat(exp_constants.power24), simd_expm1_of_r(r[i])) + one;
            // s where x < 0, else 1 − s
            const f32x4 base = (f32x4)(~((i32x4)simd_load(x + 4 * i) >> 31) & (i32x4)one);
            const f32x4 y_i = simd_abs(simd_madd(power / denominator, simd_splat(exp_constants.minus_power24), base));
            simd_store(y + 4 * i, y_i);
        }
        x += 4 * count;
        y += 4 * count;
        vectors -= count;
    }
}

void sigmoid_forward(float *y, const float *x, size_t n) {
    sigmoid_block(y, x, n / 4);
    const size_t lanes = n % 4, done = n - lanes;
    if (lanes > 0) {
        float tail[4];
        simd_store(tail, simd_load_tail(x + done, lanes));
        sigmoid_block(tail, tail, 1);
        simd_store_tail(y + done, simd_load(tail), lanes);
    }
}

// dx = dout · y² · exp(−x), and y · exp(−x) = 1 − y.
INLINE f32x4 sigmoid_derivative(f32x4 dout, f32x4 y) {
    return dout * y * (1 - y);
}

void sigmoid_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, sigmoid_derivative);
}
