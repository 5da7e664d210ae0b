// The exponential function of four floats, shared by the sigmoid, the exp node and the softmax.
#ifndef LAYERLENS_EXP_H
#define LAYERLENS_EXP_H

#include "simd.h"

// Constants of loops, in exp.c: where LLVM saw them, it would make them part of the loops, and V8 builds a constant vector by three
// instructions each time. It loads one by one, before the loop.
extern const struct exp_constants {
    float one, limit, log2_e, magic, ln2_high, ln2_low, q[5], power24, minus_power24;
    int32_t bits24;
} exp_constants;

// x = n · ln 2 + r with a whole n and |r| ≤ ln 2 / 2. n is in the lowest bits of `shifted`.
struct exp_parts {
    i32x4 shifted;
    f32x4 r;
};

// For |x| ≤ 104, so that n stays within ±150.
INLINE struct exp_parts simd_exp_parts(f32x4 x) {
    const f32x4 magic = simd_splat(exp_constants.magic);  // 1.5 · 2²³: adding it rounds to a whole number
    const f32x4 shifted = simd_madd(x, simd_splat(exp_constants.log2_e), magic);
    const f32x4 n = shifted - magic;
    // −ln 2 in two parts: the first has 9 bits, so that its product with n is exact.
    const f32x4 r = simd_madd(n, simd_splat(exp_constants.ln2_high), x);
    return (struct exp_parts){(i32x4)shifted, simd_madd(n, simd_splat(exp_constants.ln2_low), r)};
}

// p = e^r − 1 = r + r² · q(r), so that e^x = 2^n · (1 + p), with −0.30 < p < 0.42 and p off by less than 2⁻²⁴.
//
// The coefficients of q make the largest error of the sigmoid as small as they can, here a twenty-fifth of an ulp. Its two
// halves don't wait for each other.
INLINE f32x4 simd_expm1_of_r(f32x4 r) {
    const float *q = exp_constants.q;
    const f32x4 r2 = r * r;
    const f32x4 low = simd_madd(simd_splat(q[1]), r, simd_splat(q[0]));
    const f32x4 high = simd_madd(simd_splat(q[4]), r2, simd_madd(simd_splat(q[3]), r, simd_splat(q[2])));
    return simd_madd(simd_madd(high, r2, low), r2, r);
}

// e^x, at most 1.04 ulp off where that is a normal number; 0 below −104, ∞ above 88.73, NaN for NaN.
INLINE f32x4 simd_exp(f32x4 x) {
    const f32x4 limit = simd_splat(exp_constants.limit);
    const struct exp_parts e = simd_exp_parts(-simd_min(-simd_min(x, limit), limit));
    // 2^n in two factors, since n reaches beyond the exponents −126 to 127 of a normal number.
    const i32x4 n = e.shifted - (i32x4)simd_splat(exp_constants.magic);
    const i32x4 half = n >> 1;
    const f32x4 first = (f32x4)((half + 127) << 23), second = (f32x4)((n - half + 127) << 23);
    return (1 + simd_expm1_of_r(e.r)) * first * second;
}

#endif
