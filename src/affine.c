// Y = X · W + B and its three gradients, each one a matrix product or a sum over the samples.
#include "layerlens.h"

#include "gemm.h"

void affine_forward(float *y, const float *x, const float *w, const float *b, size_t rows, size_t in, size_t out) {
    gemm(&(struct gemm){
        .c = y, .c_row = out,
        .a = x, .a_row = in, .a_inner = 1,
        .b = w, .b_inner = out, .b_column = 1,
        .start = b,
        .rows = rows, .inner = in, .columns = out,
    });
}

// dX = dY · Wᵀ, for `in` columns of it, whose rows lie dx_row apart: W is read down its columns.
static void affine_backward_x(float *dx, const float *dout, const float *w, size_t rows, size_t in, size_t out, size_t dx_row) {
    gemm(&(struct gemm){
        .c = dx, .c_row = dx_row,
        .a = dout, .a_row = out, .a_inner = 1,
        .b = w, .b_inner = 1, .b_column = out,
        .rows = rows, .inner = out, .columns = in,
    });
}

// dW = Xᵀ · dY, for `in` rows of it: X is read down its columns.
static void affine_backward_w(float *dw, const float *dout, const float *x, size_t rows, size_t in, size_t out, size_t x_row) {
    gemm(&(struct gemm){
        .c = dw, .c_row = out,
        .a = x, .a_row = 1, .a_inner = x_row,
        .b = dout, .b_inner = out, .b_column = 1,
        .rows = in, .inner = rows, .columns = out,
    });
}

void affine_backward_part(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows,
                          size_t in, size_t out, size_t first, size_t count) {
    if (dx) affine_backward_x(dx + first, dout, w + first * out, rows, count, out, in);
    affine_backward_w(dw + first * out, dout, x + first, rows, count, out, in);
    if (db && first == 0) bias_backward(0, db, dout, rows, out);
}

void affine_backward(float *dx, float *dw, float *db, const float *dout, const float *x, const float *w, size_t rows, size_t in,
                     size_t out) {
    affine_backward_part(dx, dw, db, dout, x, w, rows, in, out, 0, in);
}
