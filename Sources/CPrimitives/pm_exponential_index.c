#include <pthread.h>

#include "pm_exponential.h"
#include "pm_exponential_index.h"

typedef unsigned __int128 wide; // 1.127 fixed point

struct pm_index_tables pm_index_tables;

// What scales above 10 need: 2^(i / 1024) and 2^(i / 2^20), to within 2^-112.
static wide coarse[1024], fine[1024];
static double inverse[1024]; // of coarse

static wide multiply(wide a, wide b) {
    uint64_t a1 = (uint64_t)(a >> 64), a0 = (uint64_t)a, b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
    wide low = (wide)a0 * b0, cross1 = (wide)a1 * b0, cross2 = (wide)a0 * b1, high = (wide)a1 * b1;
    wide middle = (low >> 64) + (uint64_t)cross1 + (uint64_t)cross2;
    high += (cross1 >> 64) + (cross2 >> 64) + (middle >> 64);
    return high << 1 | (uint64_t)middle >> 63;
}

// 2^(2^-k) by the series of the exponential function, k at least 10.
static wide root_of_two(int k) {
    const wide ln2 = (wide)0xb17217f7d1cf79abull << 64 | 0xc9e3b39803f2f6afull; // * 2^128
    wide x = ln2 >> (k + 1), term = x, sum = (wide)1 << 127;
    for (unsigned n = 2; term; n++) {
        sum += term;
        term = multiply(term, x) / n;
    }
    return sum;
}

static void powers(wide *table, wide factor) {
    table[0] = (wide)1 << 127;
    for (int i = 1; i < 1024; i++) table[i] = multiply(table[i - 1], factor);
}

static void prepare(void) {
    struct pm_index_tables *t = &pm_index_tables;
    powers(coarse, root_of_two(10));
    powers(fine, root_of_two(20));
    for (int i = 0; i < 1024; i++) {
        inverse[i] = 0x1p127 / (double)coarse[i];
        // The first mantissa above the bound. Bounds are irrational but for the first, which is in the bucket below.
        t->bounds10[i] = ((uint64_t)(coarse[i] >> 75) & PM_MANTISSA) + 1;
        if (i % 16 == 0) t->bounds6[i / 16] = t->bounds10[i];
    }
    t->bounds10[1024] = t->bounds6[64] = UINT64_MAX;
    for (uint64_t cell = 0, i = 0; cell < 2048; cell++) {
        while (t->bounds10[i] <= cell << 41) i++;
        t->starts10[cell] = (uint16_t)i;
    }
    for (uint64_t cell = 0, i = 0; cell < 128; cell++) {
        while (t->bounds6[i] <= cell << 45) i++;
        t->starts6[cell] = (uint8_t)i;
    }
}

void pm_exponential_prepare(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare);
}

int32_t pm_index_fine(struct pm_parts parts, int32_t scale) {
    if (parts.mantissa == 0) return parts.exponent * (1 << scale) - 1;
    int32_t at = pm_index_10(parts.mantissa); // between coarse[at] and coarse[at + 1]
    int32_t first = parts.exponent * (1 << scale) + (at << (scale - 10)), steps = 1 << (scale - 10);
    // log2(1 + t) for t up to 0.00068, to within 1e-7 buckets of scale 20.
    double t = pm_double_of(0x3ff0000000000000ull | parts.mantissa) * inverse[at] - 1;
    double x = t * (1 - t * (0.5 - t * (1.0 / 3))) * (1.4426950408889634 * (double)(1 << scale));
    int32_t near = (int32_t)(x + 0.5);
    double distance = x - near;
    if (__builtin_expect(distance > 1e-6, 1)) return first + near;
    if (__builtin_expect(distance < -1e-6, 1)) return first + near - 1;
    // So near a bound that it takes the bound's value to 112 bits; no double is nearer to one than 2^-80.
    if (near <= 0) return first;
    if (near >= steps) return first + steps - 1;
    wide bound = multiply(coarse[at], fine[near << (PM_SCALE_MOST - scale)]);
    wide value = (wide)(parts.mantissa | (PM_MANTISSA + 1)) << 75;
    return first + near - (value < bound);
}

int32_t pm_exponential_index(double magnitude, int32_t scale) {
    return pm_index(pm_bits_of(magnitude), scale);
}
