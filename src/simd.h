// The one header that knows about instruction sets: a vector of four floats.
//
// Clang's and GCC's vector extension gives + - * / on it in every build: SIMD128 instructions in the `simd` and `relaxed`
// builds, plain scalar code in `scalar`, SSE or NEON natively. Only what that extension can't say stands here.
#ifndef LAYERLENS_SIMD_H
#define LAYERLENS_SIMD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));

// For templates: a function that is specialised at each call by the constants that it is given there.
#define INLINE static inline __attribute__((always_inline))
// For loops over the registers of a tile: an array stays in registers only when its indices are constants.
#define UNROLL _Pragma("GCC unroll 16")
#define OUTLINE static __attribute__((noinline, unused))

INLINE f32x4 simd_splat(float value) {
    return (f32x4){value, value, value, value};
}

INLINE i32x4 simd_splat_bits(int32_t bits) {
    return (i32x4){bits, bits, bits, bits};
}

INLINE f32x4 simd_load(const float *from) {
    f32x4 value;
    __builtin_memcpy(&value, from, sizeof value);  // no alignment is asked for
    return value;
}

INLINE void simd_store(float *to, f32x4 value) {
    __builtin_memcpy(to, &value, sizeof value);
}

// The first 1 to 3 floats, the other lanes 0: never reads beyond them. Out of line, since tails are many and small.
OUTLINE f32x4 simd_load_tail(const float *from, size_t lanes) {
    return (f32x4){from[0], lanes > 1 ? from[1] : 0, lanes > 2 ? from[2] : 0, 0};
}

// Stores the first 1 to 3 floats: never writes beyond them.
OUTLINE void simd_store_tail(float *to, f32x4 value, size_t lanes) {
    to[0] = value[0];
    if (lanes > 1) to[1] = value[1];
    if (lanes > 2) to[2] = value[2];
}

// How many lanes of the vector at i are in use, of n elements.
INLINE size_t lanes_at(size_t i, size_t n) {
    return n - i < 4 ? n - i : 4;
}

// The same for 1 to 4 floats, for templates that are given the number of lanes.
INLINE f32x4 simd_load_lanes(const float *from, size_t lanes) {
    return lanes == 4 ? simd_load(from) : simd_load_tail(from, lanes);
}

INLINE void simd_store_lanes(float *to, f32x4 value, size_t lanes) {
    if (lanes == 4) {
        simd_store(to, value);
    } else {
        simd_store_tail(to, value, lanes);
    }
}

// yes where the mask's bits are set, no elsewhere.
INLINE f32x4 simd_select(i32x4 mask, f32x4 yes, f32x4 no) {
    return (f32x4)((mask & (i32x4)yes) | (~mask & (i32x4)no));
}

INLINE f32x4 simd_abs(f32x4 a) {
    return (f32x4)((i32x4)a & 0x7fffffff);
}

// b where b < a, else a: a NaN in a stays.
INLINE f32x4 simd_min(f32x4 a, f32x4 b) {
#ifdef __wasm_simd128__
    return (f32x4)wasm_f32x4_pmin((v128_t)a, (v128_t)b);
#else
    return simd_select((i32x4)(b < a), b, a);
#endif
}

// Four vectors are the rows of a block, and become its columns.
INLINE void simd_transpose(f32x4 block[4]) {
    const f32x4 a = __builtin_shufflevector(block[0], block[1], 0, 4, 1, 5);
    const f32x4 b = __builtin_shufflevector(block[2], block[3], 0, 4, 1, 5);
    const f32x4 c = __builtin_shufflevector(block[0], block[1], 2, 6, 3, 7);
    const f32x4 d = __builtin_shufflevector(block[2], block[3], 2, 6, 3, 7);
    block[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    block[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    block[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
    block[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

// Whether simd_madd is one instruction, and so needs no register for the product.
#ifdef __wasm_relaxed_simd__
enum { simd_fused = 1 };
#else
enum { simd_fused = 0 };
#endif

// a * b + c: rounded twice, and so the same on every machine, but for `relaxed`, where the processor may round once.
INLINE f32x4 simd_madd(f32x4 a, f32x4 b, f32x4 c) {
#ifdef __wasm_relaxed_simd__
    return (f32x4)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#else
    return a * b + c;
#endif
}

// Rounded once, in every build.
INLINE f32x4 simd_sqrt(f32x4 a) {
#ifdef __wasm_simd128__
    return (f32x4)wasm_f32x4_sqrt((v128_t)a);
#else
    return (f32x4){__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
#endif
}

#endif
