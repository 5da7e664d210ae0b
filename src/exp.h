// The exponential function of four floats, shared by the sigmoid and the exp node.
#ifndef LAYERLENS_EXP_H
#define LAYERLENS_EXP_H

#include "simd.h"

struct exp_parts {
    i32x4 n;
    f32x4 p;
};

// e^x = 2^n · (1 + p), with −0.30 < p < 0.42 and p off by less than 2⁻²⁴. x is taken as within ±104, where n stays within ±150;
// NaN gives p = NaN.
//
// x = n·ln 2 + r with a whole n and |r| ≤ ln 2 / 2, so that e^x = 2^n · e^r, and e^r − 1 comes from a polynomial.
INLINE struct exp_parts simd_exp_parts(f32x4 x) {
    // A comparison with NaN is false, and so NaN stays.
    x = simd_select((i32x4)(x < simd_splat(-104)), simd_splat(-104), x);
    x = simd_select((i32x4)(x > simd_splat(104)), simd_splat(104), x);

    // Adding 1.5 · 2²³ rounds to a whole number, which is then in the lowest bits of the sum.
    const f32x4 magic = simd_splat(0x1.8p23f);
    const f32x4 shifted = simd_madd(x, simd_splat(0x1.715476p+0f), magic);
    const f32x4 n = shifted - magic;

    // ln 2 in two parts: the first has 9 bits, so that its product with n is exact.
    f32x4 r = simd_madd(n, simd_splat(-0x1.63p-1f), x);
    r = simd_madd(n, simd_splat(0x1.bd0106p-13f), r);

    // e^r − 1 = r + r²·q(r). The coefficients minimise the largest relative error of e^r, here 3.1e-9: a twentieth of an ulp.
    f32x4 q = simd_splat(0.0013814598566146367f);
    q = simd_madd(q, r, simd_splat(0.008368716983725443f));
    q = simd_madd(q, r, simd_splat(0.04166838805440129f));
    q = simd_madd(q, r, simd_splat(0.16666520630833376f));
    q = simd_madd(q, r, simd_splat(0.49999993447735375f));
    return (struct exp_parts){(i32x4)shifted - (i32x4)magic, simd_madd(q, r * r, r)};
}

// 2^n in two factors, since n reaches beyond the exponents −126 to 127 of a normal number.
INLINE f32x4 simd_times_power_of_two(f32x4 value, i32x4 n) {
    const i32x4 half = n >> 1;
    return value * (f32x4)((half + 127) << 23) * (f32x4)((n - half + 127) << 23);
}

// e^x, at most 1.01 ulp off where that is a normal number; 0 below −104, ∞ above 88.73, NaN for NaN.
INLINE f32x4 simd_exp(f32x4 x) {
    const struct exp_parts e = simd_exp_parts(x);
    return simd_times_power_of_two(1 + e.p, e.n);
}

#endif
