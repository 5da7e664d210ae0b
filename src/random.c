// Random numbers from a seed, and what is drawn with them: the same in every build and on every machine.
#include "layerlens.h"

#include "log.h"

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

// Fisher and Yates' shuffle. Each epoch starts the generator from a state of its own.
void shuffle(uint32_t *order, size_t n, uint32_t seed, uint32_t epoch) {
    uint64_t state = (uint64_t)epoch << 32 | seed;
    for (size_t i = 0; i < n; i++) {
        // Evenly among the i + 1 places so far, but for a bias below n · 2⁻³².
        const size_t place = (size_t)((next(&state) >> 32) * (i + 1) >> 32);
        order[i] = order[place];
        order[place] = (uint32_t)i;
    }
}
