// Normally distributed numbers from a seed.
#include "layerlens.h"

// splitmix64 (Steele, Lea, Flood 2014): the state counts on, and each count is scrambled.
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// Evenly spread over [−1, 1), in steps of 2⁻⁵².
static double uniform(uint64_t *state) {
    return (double)(int64_t)(next(state) >> 11) * 0x1p-52 - 1;
}

// The natural logarithm of a normal number in (0, 1]. Written out, since the engines' own differ in the last bits.
static double log_of(double value) {
    union {
        double number;
        uint64_t bits;
    } m = {value};
    int exponent = (int)(m.bits >> 52) - 1023;
    m.bits = (m.bits & 0x000fffffffffffff) | 0x3ff0000000000000;  // the mantissa, in [1, 2)
    if (m.number > 1.4142135623730951) {
        m.number /= 2;
        exponent++;
    }
    // ln m = 2 artanh((m − 1) / (m + 1)), and |s| ≤ 0.172 here: the first term left out is below 1e-17.
    const double s = (m.number - 1) / (m.number + 1);
    double sum = 0;
#pragma clang loop unroll(disable)
    for (int k = 21; k >= 1; k -= 2) sum = sum * s * s + 1.0 / k;
    return 2 * s * sum + exponent * 0.69314718055994531;
}

// Marsaglia's polar method: a point in the unit disc gives two independent numbers.
void randn(float *x, size_t n, uint32_t seed, float std) {
    uint64_t state = seed;
    for (size_t i = 0; i < n; i += 2) {
        double u, v, square;
        do {
            u = uniform(&state);
            v = uniform(&state);
            square = u * u + v * v;
        } while (square >= 1 || square == 0);
        const double factor = std * __builtin_sqrt(-2 * log_of(square) / square);
        x[i] = (float)(u * factor);
        if (i + 1 < n) x[i + 1] = (float)(v * factor);
    }
}
