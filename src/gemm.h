// The matrix product under every Affine kernel: c = start + a · b.
#ifndef LAYERLENS_GEMM_H
#define LAYERLENS_GEMM_H

#include "simd.h"

// c (rows, columns) = start + a (rows, inner) · b (inner, columns)
//
// The strides count elements. a has one for each of its axes, so that its transpose needs no copy; the columns of b and c lie
// side by side. start_row = 0 gives every row the same start. Where start is null, the sums start at 0; where it is c, they go
// on from there.
struct gemm {
    float *c;
    const float *a, *b, *start;
    size_t rows, inner, columns;
    size_t c_row, a_row, a_inner, b_row, start_row;
};

// One tile of c, its first element at (i, j): the sums stay in registers while all of their products are added.
// 4 rows × 2 vectors take 8 of 16 vector registers and leave room for the operands. `lanes` columns of each vector are used.
INLINE void gemm_tile(const struct gemm *g, size_t i, size_t j, size_t rows, size_t vectors, size_t lanes) {
    const float *a = g->a + i * g->a_row;
    const float *b = g->b + j;
    const float *start = g->start ? g->start + i * g->start_row + j : 0;
    float *c = g->c + i * g->c_row + j;

    f32x4 sum[4][2];
    UNROLL for (size_t r = 0; r < rows; r++) {
        UNROLL for (size_t v = 0; v < vectors; v++) {
            sum[r][v] = start ? simd_load_lanes(start + r * g->start_row + 4 * v, lanes) : simd_splat(0);
        }
    }
    for (size_t k = 0; k < g->inner; k++) {
        f32x4 b_k[2];
        UNROLL for (size_t v = 0; v < vectors; v++) b_k[v] = simd_load_lanes(b + 4 * v, lanes);
        UNROLL for (size_t r = 0; r < rows; r++) {
            const f32x4 a_rk = simd_splat(a[r * g->a_row]);
            UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = simd_madd(a_rk, b_k[v], sum[r][v]);
        }
        a += g->a_inner;
        b += g->b_row;
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        UNROLL for (size_t v = 0; v < vectors; v++) simd_store_lanes(c + r * g->c_row + 4 * v, sum[r][v], lanes);
    }
}

// All rows of the panel of columns that starts at j.
INLINE void gemm_panel(const struct gemm *g, size_t j, size_t vectors, size_t lanes) {
    size_t i = 0;
    for (; i + 4 <= g->rows; i += 4) gemm_tile(g, i, j, 4, vectors, lanes);
    for (; i < g->rows; i++) gemm_tile(g, i, j, 1, vectors, lanes);
}

// Each sum adds one product after the other in the order of the inner index, whatever the tile: so its bits depend neither on
// the sizes nor on the other rows.
OUTLINE void gemm(const struct gemm *g) {
    size_t j = 0;
    for (; j + 8 <= g->columns; j += 8) gemm_panel(g, j, 2, 4);
    for (; j + 4 <= g->columns; j += 4) gemm_panel(g, j, 1, 4);
    if (j == g->columns) return;
    if (g->columns > 4 && g->start != g->c) {
        // Shifted back over finished columns: the same sums again. Where c goes on from itself, they would be added twice.
        gemm_panel(g, g->columns - 4, 1, 4);
    } else {
        gemm_panel(g, j, 1, g->columns - j);
    }
}

#endif
