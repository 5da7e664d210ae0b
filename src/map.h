// Elementwise kernels: one formula, written once, for whole vectors and for the elements left over after them.
#ifndef LAYERLENS_MAP_H
#define LAYERLENS_MAP_H

#include "simd.h"

// y[i] = f(a[i], b[i]), or f(a[i], c) where b is null.
INLINE void map(float *y, const float *a, const float *b, float c, size_t n, f32x4 (*f)(f32x4 a, f32x4 b)) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) simd_store(y + i, f(simd_load(a + i), b ? simd_load(b + i) : simd_splat(c)));
    const size_t lanes = n - i;
    if (lanes > 0) {
        simd_store_tail(y + i, f(simd_load_tail(a + i, lanes), b ? simd_load_tail(b + i, lanes) : simd_splat(c)), lanes);
    }
}

INLINE f32x4 times(f32x4 a, f32x4 b) {
    return a * b;
}

INLINE f32x4 plus(f32x4 a, f32x4 b) {
    return a + b;
}

#endif
