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

// The eight decimal digits of a number below 100,000,000, the first of them in the lowest byte.
static inline uint64_t pm_digits_eight(uint64_t v) {
    // Four digits in each half, then two in each quarter, then one in each byte.
    uint64_t four = (v / 10000) | (v % 10000) << 32;
    uint64_t hundreds = ((four * 10486) >> 20) & 0x7f0000007full;
    uint64_t two = hundreds | (four - 100 * hundreds) << 16;
    uint64_t tens = ((two * 103) >> 10) & 0x000f000f000f000full;
    return tens | (two - 10 * tens) << 8;
}

// Writes a number as `pm_digits_u64` does, in steps of eight digits; up to 7 bytes beyond are written too.
static inline size_t pm_digits_wide_u64(uint8_t *out, uint64_t v) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t zeros = 0x3030303030303030ull;
    if (v >= 10000000000000000ull) return pm_digits_u64(out, v);
    uint64_t high = v < 100000000 ? v : v / 100000000;
    uint64_t digits = pm_digits_eight(high);
    size_t leading = digits ? (size_t)__builtin_ctzll(digits) >> 3 : 7;
    uint64_t text = (digits | zeros) >> (8 * leading);
    memcpy(out, &text, 8);
    if (v < 100000000) return 8 - leading;
    text = pm_digits_eight(v - high * 100000000) | zeros;
    memcpy(out + 8 - leading, &text, 8);
    return 16 - leading;
#else
    return pm_digits_u64(out, v);
#endif
}

// Writes a signed number as `pm_digits_i64` does; up to 7 bytes beyond are written too.
static inline size_t pm_digits_wide_i64(uint8_t *out, int64_t v) {
    if (v >= 0) return pm_digits_wide_u64(out, (uint64_t)v);
    out[0] = '-';
    return 1 + pm_digits_wide_u64(out + 1, 0 - (uint64_t)v);
}
