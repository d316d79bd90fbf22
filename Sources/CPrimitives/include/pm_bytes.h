#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Unaligned loads, short copies, and the two words of a Swift String.

static inline uint64_t pm_load64(const void *from) {
    uint64_t v;
    memcpy(&v, from, 8);
    return v;
}

static inline void pm_store64(void *to, uint64_t v) { memcpy(to, &v, 8); }

// Copies without a call for the lengths that names and values have; touches nothing outside the two ranges.
static inline void pm_copy(uint8_t *to, const uint8_t *from, size_t count) {
    if (count >= 16) {
        for (size_t i = 0; i + 16 <= count; i += 16) {
            memcpy(to + i, from + i, 16);
        }
        memcpy(to + count - 16, from + count - 16, 16);
    } else if (count >= 8) {
        uint64_t first = pm_load64(from), last = pm_load64(from + count - 8);
        pm_store64(to, first);
        pm_store64(to + count - 8, last);
    } else if (count >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + count - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + count - 4, &last, 4);
    } else if (count) {
        uint8_t first = from[0], middle = from[count >> 1], last = from[count - 1];
        to[0] = first;
        to[count >> 1] = middle;
        to[count - 1] = last;
    }
}

// Copies in whole steps of 16: up to 15 bytes beyond `count` are read and written, so both sides need slack.
static inline void pm_copy_over(uint8_t *to, const uint8_t *from, size_t count) {
    for (size_t i = 0; i < count; i += 16) memcpy(to + i, from + i, 16);
}

// The first `count` bytes (0 to 15) as two words with zeros behind them; reads nothing outside them.
static inline void pm_load_short(const uint8_t *from, size_t count, uint64_t *low, uint64_t *high) {
    uint64_t words[2] = {0, 0};
    pm_copy((uint8_t *)words, from, count);
    *low = words[0];
    *high = words[1];
}

// A Swift String is two words. This is their layout on 64-bit little-endian Linux (swift/stdlib, StringObject):
// small, bit 61 of the second: up to 15 bytes in place, their number in bits 56 to 59;
// else a count in the low 48 bits of the first, and in the second the address of a header of 32 bytes, which
// the bytes stand behind when bit 60 of the first is set and bit 60 of the second is not.
// It is private to the standard library: whoever uses this must first see it confirmed by a self-test.
static inline bool pm_string_is_small(uint64_t second) { return second >> 61 & 1; }
static inline size_t pm_string_small_count(uint64_t second) { return second >> 56 & 15; }
static inline bool pm_string_is_direct(uint64_t first, uint64_t second) {
    return (first >> 60 & 1) && !(second >> 60 & 1);
}
static inline size_t pm_string_count(uint64_t first) { return first & 0xffffffffffffull; }
static inline const uint8_t *pm_string_bytes(uint64_t second) {
    return (const uint8_t *)((second & 0x0fffffffffffffffull) + 32);
}
