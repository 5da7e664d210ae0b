// y = max(x, 0), the rectified linear unit.
#include "layerlens.h"

#include "map.h"

// No comparison with NaN is true, and so NaN passes, here and below. −0 stays what it is: with <= clang would emit an
// instruction that tells the two zeros apart in some builds only.
INLINE f32x4 rectified(f32x4 x, f32x4 zero) {
    return simd_select(x < zero, zero, x);
}

void relu_forward(float *y, const float *x, size_t n) {
    map(y, x, 0, 0, n, rectified);
}

INLINE f32x4 where_positive(f32x4 dout, f32x4 y) {
    return simd_select(y <= simd_splat(0), simd_splat(0), dout);
}

// dy/dx is 1 where y > 0, and 0 elsewhere, at the kink x = 0 too.
void relu_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, where_positive);
}
