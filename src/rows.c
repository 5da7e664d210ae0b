// A batch is some of the rows of a data set.
#include "layerlens.h"

#include "map.h"

INLINE f32x4 same(f32x4 value, f32x4 unused) {
    (void)unused;
    return value;
}

void take_rows(float *y, const float *x, const uint32_t *order, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) map(y + i * columns, x + order[i] * columns, 0, 0, columns, same);
}
