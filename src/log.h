// The natural logarithm, in float64.
#ifndef LAYERLENS_LOG_H
#define LAYERLENS_LOG_H

#include <stdint.h>

// ln of a positive normal number. Written out, since the engines' own differ in the last bits.
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

#endif
