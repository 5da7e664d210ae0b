// y = max(x, 0), the rectified linear unit.
#include "layerlens.h"

#include "map.h"

// Where `sign` is at most 0, 0; NaN passes, since no comparison with it is true.
INLINE f32x4 rectified(f32x4 value, f32x4 sign) {
    return simd_select(sign <= simd_splat(0), simd_splat(0), value);
}

void relu_forward(float *y, const float *x, size_t n) {
    map(y, x, x, 0, n, rectified);
}

// dy/dx is 1 where y > 0, and 0 elsewhere, at the kink x = 0 too.
void relu_backward(float *dx, const float *dout, const float *y, size_t n) {
    map(dx, dout, y, 0, n, rectified);
}
