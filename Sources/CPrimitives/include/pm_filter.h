#pragma once
#include <stddef.h>
#include <stdint.h>

// Blocked Bloom filters over 64-bit keys that are outputs of a hash: a key's bits stand in one block of 64 bytes,
// one bit in each of its eight words. At 10 bits a key about one foreign key in a hundred is taken for one of its own.
//
// A block is chosen by a key's high bits, so keys in rising order are added in the order of memory. All filters
// that are asked together have the same number of blocks: the place and the bits are worked out once.

enum { PM_FILTER_WORDS = 8 };

static inline size_t pm_filter_place(uint64_t blocks, uint64_t key) {
    return (size_t)(((unsigned __int128)key * blocks) >> 64) * PM_FILTER_WORDS;
}

// Six bits of the key for each word of a block; the multiplication brings the low bits, which chose no block, up.
static inline void pm_filter_mask(uint64_t key, uint64_t mask[PM_FILTER_WORDS]) {
    uint64_t mixed = key * 0x9e3779b97f4a7c15ull;
    for (int i = 0; i < PM_FILTER_WORDS; i++) mask[i] = 1ull << (mixed >> (58 - 6 * i) & 63);
}

// Adds a key to a filter of `blocks` blocks.
static inline void pm_filter_add(uint64_t *filter, uint64_t blocks, uint64_t key) {
    uint64_t mask[PM_FILTER_WORDS];
    uint64_t *block = filter + pm_filter_place(blocks, key);
    pm_filter_mask(key, mask);
    for (int i = 0; i < PM_FILTER_WORDS; i++) block[i] |= mask[i];
}

// Asks for the memory of a key's blocks, so that it comes while something else is done.
static inline void pm_filters_prefetch(const uint64_t *const *filters, size_t count, uint64_t blocks,
                                       uint64_t key) {
    size_t place = pm_filter_place(blocks, key);
    for (size_t f = 0; f < count; f++) __builtin_prefetch(filters[f] + place);
}

// Which of up to 64 filters may hold a key, as bits; a clear bit is certain.
static inline uint64_t pm_filters_probe(const uint64_t *const *filters, size_t count, uint64_t blocks,
                                        uint64_t key) {
    uint64_t mask[PM_FILTER_WORDS], found = 0;
    size_t place = pm_filter_place(blocks, key);
    pm_filter_mask(key, mask);
    for (size_t f = 0; f < count; f++) {
        const uint64_t *block = filters[f] + place;
        uint64_t missing = 0;
        for (int i = 0; i < PM_FILTER_WORDS; i++) missing |= mask[i] & ~block[i];
        found |= (uint64_t)(missing == 0) << f;
    }
    return found;
}
