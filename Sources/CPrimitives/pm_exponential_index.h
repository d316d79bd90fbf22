#pragma once
#include <stdint.h>

// The inner side of pm_exponential.h: where in a power of two a value lies.
//
// Up to scale 6 and up to scale 10 by a table of bounds, and one that tells from the first bits of a mantissa
// which bound to compare it with: bounds are farther apart than the table's cells, so that one comparison does.
// Coarser scales drop bits of the index.

#define PM_MANTISSA 0xfffffffffffffull

struct pm_index_tables {
    uint64_t bounds6[65];
    uint8_t starts6[128];
    uint64_t bounds10[1025];
    uint16_t starts10[2048];
};

extern struct pm_index_tables pm_index_tables;

// A magnitude as 2^exponent * 1.mantissa.
struct pm_parts {
    int32_t exponent;
    uint64_t mantissa;
};

static inline struct pm_parts pm_parts_of(uint64_t bits) {
    struct pm_parts parts = {.exponent = (int32_t)(bits >> 52) - 1023, .mantissa = bits & PM_MANTISSA};
    if (__builtin_expect(bits >> 52 == 0, 0)) { // subnormal
        int shift = __builtin_clzll(bits) - 11;
        parts = (struct pm_parts){.exponent = -1022 - shift, .mantissa = bits << shift & PM_MANTISSA};
    }
    return parts;
}

// How many bounds are below a mantissa, less one: -1 for a power of two.
static inline int32_t pm_index_6(uint64_t mantissa) {
    uint32_t start = pm_index_tables.starts6[mantissa >> 45];
    return (int32_t)start - (mantissa < pm_index_tables.bounds6[start]);
}

static inline int32_t pm_index_10(uint64_t mantissa) {
    uint32_t start = pm_index_tables.starts10[mantissa >> 41];
    return (int32_t)start - (mantissa < pm_index_tables.bounds10[start]);
}

// Above scale 10.
int32_t pm_index_fine(struct pm_parts parts, int32_t scale);

// The bits of a magnitude that is not 0; shifting an index to the right rounds down, as it must.
static inline int32_t pm_index(uint64_t bits, int32_t scale) {
    struct pm_parts parts = pm_parts_of(bits);
    if (__builtin_expect(scale <= 6, 1)) return (parts.exponent * 64 + pm_index_6(parts.mantissa)) >> (6 - scale);
    if (scale <= 10) return (parts.exponent * 1024 + pm_index_10(parts.mantissa)) >> (10 - scale);
    return pm_index_fine(parts, scale);
}
