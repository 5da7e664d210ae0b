// A batch is some of the rows of a data set.
#include "layerlens.h"

#include "simd.h"

void take_rows(float *y, const float *x, const uint32_t *order, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        const float *from = x + order[i] * columns;
        for (size_t j = 0; j < columns; j += 4) {
            const size_t lanes = lanes_at(j, columns);
            simd_store_lanes(y + i * columns + j, simd_load_lanes(from + j, lanes), lanes);
        }
    }
}
