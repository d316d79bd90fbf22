#pragma once
#include "pm_cells.h"

// Histograms with explicit bounds: a group of one word a bucket, one for the sum, and, where they are kept, one
// each for the least and the greatest value.

struct pm_buckets {
    uint32_t count;  // of bounds; there is one bucket more
    uint32_t padded; // 16 when the bounds are filled up with infinity to 16, else 0
    uint32_t extremes; // 2 when the least and the greatest value are kept, else 0
    uint32_t exponential; // 1 when series have exponential buckets, which are not these, and no exemplars
    double bounds[];
};

// The memory that a table of so many bounds takes.
static inline size_t pm_buckets_bytes(uint32_t count) {
    return sizeof(struct pm_buckets) + (count < 16 ? 16 : count) * sizeof(double);
}

// Fills a table with ascending finite bounds.
void pm_buckets_start(struct pm_buckets *buckets, const double *bounds, uint32_t count, bool extremes);

typedef double pm_double2 __attribute__((vector_size(16)));
typedef int64_t pm_int2 __attribute__((vector_size(16)));

// The bucket of a value: the number of bounds below it.
static inline uint32_t pm_buckets_find(const struct pm_buckets *buckets, double value) {
    const double *bounds = buckets->bounds;
    if (__builtin_expect(buckets->padded != 0, 1)) { // no branch depends on the value
        pm_double2 all = {value, value};
        pm_int2 even = {0, 0}, odd = {0, 0};
        for (int i = 0; i < 16; i += 4) {
            pm_double2 a, b;
            memcpy(&a, bounds + i, 16);
            memcpy(&b, bounds + i + 2, 16);
            even -= a < all;
            odd -= b < all;
        }
        even += odd;
        return (uint32_t)(even[0] + even[1]);
    }
    uint32_t at = 0;
    for (uint32_t rest = buckets->count; rest > 0;) { // [at, at + rest] holds the answer
        uint32_t half = (rest + 1) >> 1;
        at += half & -(uint32_t)(bounds[at + half - 1] < value); // no branch, it would be a toss-up
        rest -= half;
    }
    return at;
}

// The least and the greatest value, as the bits of each XOR those of what is kept when there is none, so that
// words of zeros hold no value.
#define PM_INFINITE 0x7ff0000000000000ull
#define PM_INFINITE_BELOW 0xfff0000000000000ull

static inline double pm_double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static inline uint64_t pm_bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static inline double pm_minimum_of(uint64_t word) { return pm_double_of(word ^ PM_INFINITE); }
static inline double pm_maximum_of(uint64_t word) { return pm_double_of(word ^ PM_INFINITE_BELOW); }

static inline void pm_extremes_put(uint64_t *words, double value) {
    uint64_t bits = pm_bits_of(value); // new extremes are rare, so the branches are foreseen
    if (__builtin_expect(value < pm_minimum_of(__atomic_load_n(words, __ATOMIC_RELAXED)), 0)) {
        __atomic_store_n(words, bits ^ PM_INFINITE, __ATOMIC_RELAXED);
    }
    if (__builtin_expect(value > pm_maximum_of(__atomic_load_n(words + 1, __ATOMIC_RELAXED)), 0)) {
        __atomic_store_n(words + 1, bits ^ PM_INFINITE_BELOW, __ATOMIC_RELAXED);
    }
}

// Adds a finite value to a bucket of the calling thread's group, whose block is given.
static inline void pm_histogram_put(const struct pm_buckets *buckets, struct pm_block *block, uint64_t *words,
                                    uint32_t bucket, double value) {
    uint64_t sequence = __atomic_load_n(&block->sequence, __ATOMIC_RELAXED);
    __atomic_store_n(&block->sequence, sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire fence of pm_group_read
    pm_word_add(words + bucket, 1);
    words += buckets->count + 1;
    pm_word_add_double(words, value);
    if (buckets->extremes) pm_extremes_put(words + 1, value);
    __atomic_store_n(&block->sequence, sequence + 2, __ATOMIC_RELEASE);
}

// What pm_histogram_add comes to when the thread has no chunk for the cell yet, or the cell is special.
void pm_histogram_add_first(const struct pm_buckets *buckets, uint32_t cell, double value)
    __attribute__((noinline));

// Adds a finite value to the group that begins at `cell`.
static inline void pm_histogram_add(const struct pm_buckets *buckets, uint32_t cell, double value) {
    struct pm_block *block = pm_block_mine;
    uint64_t *chunk = __atomic_load_n(&block->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) {
        pm_histogram_add_first(buckets, cell, value);
        return;
    }
    uint32_t bucket = pm_buckets_find(buckets, value);
    pm_histogram_put(buckets, block, chunk + (cell & (PM_CHUNK_CELLS - 1)), bucket, value);
}
