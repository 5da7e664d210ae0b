// Elementwise kernels: one formula, written once, for whole vectors and for the elements left over after them.
#ifndef LAYERLENS_MAP_H
#define LAYERLENS_MAP_H

#include "simd.h"

// y[i] = f(a[i], b[i]), or f(a[i], c) where b is null.
INLINE void map(float *y, const float *a, const float *b, float c, size_t n, f32x4 (*f)(f32x4 a, f32x4 b)) {
    for (size_t i = 0; i < n; i += 4) {
        const size_t lanes = lanes_at(i, n);
        const f32x4 right = b ? simd_load_lanes(b + i, lanes) : simd_splat(c);
        simd_store_lanes(y + i, f(simd_load_lanes(a + i, lanes), right), lanes);
    }
}

INLINE f32x4 times(f32x4 a, f32x4 b) {
    return a * b;
}

INLINE f32x4 plus(f32x4 a, f32x4 b) {
    return a + b;
}

#endif
