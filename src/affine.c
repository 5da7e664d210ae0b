// Y = X · W + B and its three gradients, each one a matrix product or a sum over the samples.
#include "layerlens.h"

#include "gemm.h"

void affine_forward(float *y, const float *x, const float *w, const float *b, size_t rows, size_t in, size_t out) {
    gemm(&(struct gemm){
        .c = y, .c_row = out,
        .a = x, .a_row = in, .a_inner = 1,
        .b = w, .b_row = out,
        .start = b, .start_row = 0,
        .rows = rows, .inner = in, .columns = out,
    });
}

// dX = dY · Wᵀ. The product wants the columns of its right side next to each other, and those of Wᵀ lie a row apart: they are
// copied side by side, a few at a time. Where `out` is longer than the copy, the sums go on from where they stopped.
static void affine_backward_x(float *dx, const float *dout, const float *w, size_t rows, size_t in, size_t out) {
    enum { PANEL = 8, DEPTH = 128 };
    float panel[DEPTH * PANEL];  // (depth, columns)

    for (size_t first = 0; first < in; first += PANEL) {
        const size_t columns = in - first < PANEL ? in - first : PANEL;
        for (size_t done = 0; done < out || done == 0; done += DEPTH) {
            const size_t depth = out - done < DEPTH ? out - done : DEPTH;
            for (size_t k = 0; k < columns; k++) {
                for (size_t j = 0; j < depth; j++) panel[j * columns + k] = w[(first + k) * out + done + j];
            }
            gemm(&(struct gemm){
                .c = dx + first, .c_row = in,
                .a = dout + done, .a_row = out, .a_inner = 1,
                .b = panel, .b_row = columns,
                .start = done ? dx + first : 0, .start_row = in,
                .rows = rows, .inner = depth, .columns = columns,
            });
        }
    }
}

// dW = Xᵀ · dY: X is read down its columns.
static void affine_backward_w(float *dw, const float *dout, const float *x, size_t rows, size_t in, size_t out) {
    gemm(&(struct gemm){
        .c = dw, .c_row = out,
        .a = x, .a_row = 1, .a_inner = in,
        .b = dout, .b_row = out,
        .rows = in, .inner = rows, .columns = out,
    });
}

void affine_backward(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows, size_t in,
                     size_t out) {
    affine_backward_x(dx, dout, w, rows, in, out);
    affine_backward_w(dw, dout, x, rows, in, out);
    if (db) bias_backward(0, db, dout, rows, out);
}
