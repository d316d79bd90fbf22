#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Whole numbers as decimal text, two digits a step.

extern const char pm_digit_pairs[201];
extern const uint64_t pm_powers_of_ten[20];

// How many decimal digits a number has: 1 to 20.
static inline size_t pm_digits_count(uint64_t v) {
    // 1233 / 4096 is just above log10(2); the estimate is one short when v has reached that power of ten.
    size_t estimate = (size_t)((64 - __builtin_clzll(v | 1)) * 1233) >> 12;
    return estimate + (v >= pm_powers_of_ten[estimate]) + (v == 0);
}

// Writes a number and returns the number of bytes written: 1 to 20, and not one beyond them.
static inline size_t pm_digits_u64(uint8_t *out, uint64_t v) {
    size_t count = pm_digits_count(v);
    uint8_t *end = out + count;
    while (v >= 100) {
        uint64_t rest = v / 100;
        end -= 2;
        memcpy(end, pm_digit_pairs + 2 * (v - rest * 100), 2);
        v = rest;
    }
    if (v >= 10) {
        memcpy(out, pm_digit_pairs + 2 * v, 2);
    } else {
        out[0] = (uint8_t)('0' + v);
    }
    return count;
}

// Writes a signed number and returns the number of bytes written: 1 to 20.
static inline size_t pm_digits_i64(uint8_t *out, int64_t v) {
    if (v >= 0) return pm_digits_u64(out, (uint64_t)v);
    out[0] = '-';
    return 1 + pm_digits_u64(out + 1, 0 - (uint64_t)v);
}
