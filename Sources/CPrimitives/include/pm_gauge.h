#pragma once
#include "pm_cells.h"

// Gauges in shared cells: a floating one is a word, not-a-number when it has no value. An integer one is two
// words: INT64_MIN stands for no value unless the second word says that it is the value.

// Adds to a double; one that has no value counts as 0. False, and nothing is changed, when the sum is not a number.
static inline bool pm_gauge_add_double(uint32_t cell, double amount) {
    uint64_t *word = pm_shared_cell(cell);
    uint64_t old = __atomic_load_n(word, __ATOMIC_RELAXED), sum_bits;
    do {
        double sum;
        memcpy(&sum, &old, 8);
        sum = (sum == sum ? sum : 0) + amount;
        if (sum != sum) return false;
        memcpy(&sum_bits, &sum, 8);
    } while (!__atomic_compare_exchange_n(word, &old, sum_bits, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return true;
}

static inline void pm_gauge_set(uint32_t cell, int64_t value) {
    uint64_t *words = pm_shared_cell(cell);
    if (__builtin_expect(value == INT64_MIN, 0)) __atomic_store_n(words + 1, 1, __ATOMIC_RELAXED);
    __atomic_store_n(words, (uint64_t)value, __ATOMIC_RELEASE); // after what says what it means
}

static inline void pm_gauge_clear(uint32_t cell) {
    uint64_t *words = pm_shared_cell(cell);
    __atomic_store_n(words + 1, 0, __ATOMIC_RELAXED);
    __atomic_store_n(words, (uint64_t)INT64_MIN, __ATOMIC_RELEASE);
}

// False when there is no value.
static inline bool pm_gauge_load(uint32_t cell, int64_t *value) {
    const uint64_t *words = pm_shared_cell(cell);
    *value = (int64_t)__atomic_load_n(words, __ATOMIC_ACQUIRE);
    return *value != INT64_MIN || __atomic_load_n(words + 1, __ATOMIC_RELAXED) != 0;
}

static inline void pm_gauge_add(uint32_t cell, int64_t amount) {
    uint64_t *words = pm_shared_cell(cell);
    uint64_t old = __atomic_load_n(words, __ATOMIC_ACQUIRE), sum;
    do {
        bool is_unset = old == (uint64_t)INT64_MIN && !__atomic_load_n(words + 1, __ATOMIC_RELAXED);
        sum = (is_unset ? 0 : old) + (uint64_t)amount;
        if (sum == (uint64_t)INT64_MIN) __atomic_store_n(words + 1, 1, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(words, &old, sum, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
}
