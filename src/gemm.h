// The matrix product under every Affine kernel: c = start + a · b.
//
// c is computed in tiles, whose sums stay in registers while all of their products are added. A product adds its terms one after
// the other in the order of the inner index, whatever the tile: so its bits depend neither on the sizes nor on the other rows.
#ifndef LAYERLENS_GEMM_H
#define LAYERLENS_GEMM_H

#include "simd.h"

// c (rows, columns) = start + a (rows, inner) · b (inner, columns)
//
// The strides count elements. a and b have one for each of their axes, so that a transpose is just another pair of strides: one
// of the two is 1. The columns of c lie side by side. start (columns) is the same for all rows; null stands for zeros.
struct gemm {
    float *c;
    const float *a, *b, *start;
    size_t rows, inner, columns;
    size_t c_row, a_row, a_inner, b_inner, b_column;
};

// A tile of up to HEIGHT rows × 2 vectors takes two registers for each row, two for b, one for a and, where that is not fused, one
// for the product: V8 has 15 of them. A single row takes up to WIDTH vectors.
enum { HEIGHT = simd_fused ? 6 : 5, WIDTH = 12 };

// b is read in panels, a few columns wide and DEPTH rows deep, which stay in the first-level cache.
enum { DEPTH = 128, PANEL = 8 };

static const float zeros[4 * WIDTH];

// A tile's first elements, and their strides. start has a row for each of c, or the same one for all.
struct tile {
    float *c;
    const float *start, *a, *b;
    size_t inner, c_row, start_row, a_row, a_inner, b_inner;
};

INLINE void gemm_tile(struct tile t, size_t rows, size_t vectors) {
    f32x4 sum[6][WIDTH];
    UNROLL for (size_t r = 0; r < rows; r++) {
        UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = simd_load(t.start + r * t.start_row + 4 * v);
    }
    for (size_t k = t.inner; k > 0; k--) {
        f32x4 b[WIDTH];
        UNROLL for (size_t v = 0; v < vectors; v++) b[v] = simd_load(t.b + 4 * v);
        UNROLL for (size_t r = 0; r < rows; r++) {
            const f32x4 a = simd_splat(t.a[r * t.a_row]);
            UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = simd_madd(a, b[v], sum[r][v]);
        }
        t.a += t.a_inner;
        t.b += t.b_inner;
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        UNROLL for (size_t v = 0; v < vectors; v++) simd_store(t.c + r * t.c_row + 4 * v, sum[r][v]);
    }
}

// All rows of a panel: in as few tiles as possible, of heights as equal as possible, since low ones wait for their sums.
// Where only 1 to 3 columns of the vector are in use, the tile goes by way of a copy.
INLINE void gemm_panel(struct tile t, size_t rows, size_t vectors, size_t columns) {
    size_t tiles = (rows + HEIGHT - 1) / HEIGHT;
    size_t height = rows / tiles;
    const size_t higher = rows % tiles;
    for (; tiles > 0; tiles--) {
        if (tiles == higher) height++;

        struct tile part = t;
        float copy[6 * 4];
        if (columns < 4) {
            for (size_t i = 0; i < height; i++) simd_store(copy + 4 * i, simd_load_tail(t.start + i * t.start_row, columns));
            part.start = part.c = copy;
            part.start_row = part.c_row = 4;
        }
        switch (height) {  // 6 is in all builds, whatever HEIGHT is: two that are alike pack better
        case 1: gemm_tile(part, 1, vectors); break;
        case 2: gemm_tile(part, 2, vectors); break;
        case 3: gemm_tile(part, 3, vectors); break;
        case 4: gemm_tile(part, 4, vectors); break;
        case 5: gemm_tile(part, 5, vectors); break;
        case 6: gemm_tile(part, 6, vectors);
        }
        for (size_t i = 0; columns < 4 && i < height; i++) simd_store_tail(t.c + i * t.c_row, simd_load(copy + 4 * i), columns);

        t.c += height * t.c_row;
        t.start += height * t.start_row;
        t.a += height * t.a_row;
    }
}

// Copies a part of b (depth, columns) side by side; 1 to 3 columns are filled up to 4.
OUTLINE void gemm_pack(float *panel, const float *b, size_t b_inner, size_t b_column, size_t depth, size_t columns) {
    if (columns < 4 && b_column == 1) {
        for (size_t k = 0; k < depth; k++) simd_store(panel + 4 * k, simd_load_tail(b + k * b_inner, columns));
        return;
    }
    if (columns < 4 || (b_column > 1 && depth < 4)) {
        const size_t width = columns < 4 ? 4 : columns;
        for (size_t k = 0; k < depth; k++) {
            for (size_t j = 0; j < width; j++) panel[k * width + j] = j < columns ? b[k * b_inner + j * b_column] : 0;
        }
        return;
    }
    for (size_t j = 0; j < columns; j += 4, b += 4 * b_column, panel += 4) {
        if (b_column == 1) {
            for (size_t k = 0; k < depth; k++) simd_store(panel + k * columns, simd_load(b + k * b_inner));
        } else {
            // Blocks of 4 × 4, transposed. The last one is shifted back over the one before it.
            for (size_t k = 0; k < depth; k += 4) {
                if (k + 4 > depth) k = depth - 4;
                f32x4 block[4];
                UNROLL for (size_t i = 0; i < 4; i++) block[i] = simd_load(b + i * b_column + k);
                simd_transpose(block);
                UNROLL for (size_t i = 0; i < 4; i++) simd_store(panel + (k + i) * columns, block[i]);
            }
        }
    }
}

// One or two rows, each on its own: nothing of b is used again, and so it is read where it lies.
OUTLINE void gemm_few_rows(const struct gemm *g) {
    for (size_t i = 0; i < g->rows; i++) {
        for (size_t j = 0; j < g->columns;) {
            const size_t left = g->columns - j;
            if (left < 4) j = g->columns - 4;  // shifted back over finished columns: the same sums again
            const struct tile t = {
                .c = g->c + i * g->c_row + j,
                .start = g->start ? g->start + j : zeros,
                .a = g->a + i * g->a_row, .a_inner = g->a_inner,
                .b = g->b + j, .b_inner = g->b_inner,
                .inner = g->inner,
            };
            if (left >= 4 * WIDTH) {
                gemm_tile(t, 1, WIDTH);
                j += 4 * WIDTH;
            } else if (left >= 16) {
                gemm_tile(t, 1, 4);
                j += 16;
            } else {
                gemm_tile(t, 1, 1);
                j += 4;
            }
        }
    }
}

OUTLINE void gemm(const struct gemm *g) {
    if (g->rows == 0) return;
    if (g->rows < 3 && g->columns >= 4 && g->b_column == 1) {
        gemm_few_rows(g);
        return;
    }
    float panel[DEPTH * PANEL];
    // Where the inner axis is longer than a panel, the sums go on from where they stopped.
    for (size_t k = 0; k < g->inner || k == 0; k += DEPTH) {
        const size_t depth = g->inner - k < DEPTH ? g->inner - k : DEPTH;
        for (size_t j = 0; j < g->columns;) {
            const size_t left = g->columns - j;
            if (left < 4 && g->columns >= 4 && g->inner <= DEPTH) j = g->columns - 4;  // as above
            const size_t columns = g->columns - j >= 8 ? 8 : g->columns - j >= 4 ? 4 : g->columns - j;
            struct tile t = {
                .c = g->c + j, .c_row = g->c_row,
                .start = k ? g->c + j : g->start ? g->start + j : zeros, .start_row = k ? g->c_row : 0,
                .a = g->a + k * g->a_inner, .a_row = g->a_row, .a_inner = g->a_inner,
                .b = g->b + k * g->b_inner + j * g->b_column, .b_inner = g->b_inner,
                .inner = depth,
            };
            // A copy has to be read by many rows to pay.
            if (g->b_column > 1 || columns < 4 || g->rows >= 48) {
                gemm_pack(panel, t.b, g->b_inner, g->b_column, depth, columns);
                t.b = panel;
                t.b_inner = columns < 4 ? 4 : columns;
            }
            if (columns == 8) {
                gemm_panel(t, g->rows, 2, 8);
            } else {
                gemm_panel(t, g->rows, 1, columns);
            }
            j += columns;
        }
    }
}

#endif
