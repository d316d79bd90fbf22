#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Copies of short text in whole blocks. The output needs 32 bytes of room after what is written.

typedef uint8_t pm_text_block __attribute__((vector_size(16)));

// Copies a piece whose memory may be read for 32 bytes and up to the next step of 16 bytes.
static inline uint8_t *pm_text_copy(uint8_t *out, const uint8_t *piece, size_t count) {
    memcpy(out, piece, 32);
    for (size_t at = 32; at < count; at += 16) memcpy(out + at, piece + at, 16);
    return out + count;
}

// What is special so far: a double quote, a backslash or a line feed.
typedef struct {
    pm_text_block found;
} pm_text_specials;

static inline void pm_text_note(pm_text_specials *specials, pm_text_block block) {
    specials->found |=
        (pm_text_block)(block == '"') | (pm_text_block)(block == '\\') | (pm_text_block)(block == '\n');
}

static inline int pm_text_any(const pm_text_specials *specials) {
    uint64_t halves[2];
    memcpy(halves, &specials->found, 16);
    return (halves[0] | halves[1]) != 0;
}

// Copies a value and returns not zero when something in it must be escaped.
//
// Nothing from `end` on is read, since that may be memory that another thread is writing: a short value near
// it is loaded with the 16 bytes that end with the value, which must be readable, and shifted to its place.
static inline void pm_text_copy_value(uint8_t *out, const uint8_t *value, size_t count, const uint8_t *end,
                                      pm_text_specials *specials) {
    static const uint8_t masks[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    pm_text_block block;
    if (count <= 16) {
        if (value + 16 <= end) {
            pm_text_block mask;
            memcpy(&block, value, 16);
            memcpy(&mask, masks + 16 - count, 16);
            block &= mask;
        } else {
            unsigned __int128 word;
            memcpy(&word, value + count - 16, 16);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            word = count ? word >> (8 * (16 - count)) : 0;
#else
            word = count ? word << (8 * (16 - count)) : 0;
#endif
            memcpy(&block, &word, 16);
        }
        memcpy(out, &block, 16);
        pm_text_note(specials, block);
        return;
    }
    size_t at = 0;
#pragma clang loop unroll(disable) vectorize(disable)
    for (; at + 16 < count; at += 16) {
        memcpy(&block, value + at, 16);
        memcpy(out + at, &block, 16);
        pm_text_note(specials, block);
    }
    memcpy(&block, value + count - 16, 16);
    memcpy(out + count - 16, &block, 16);
    pm_text_note(specials, block);
}

// Whether two pieces are the same.
static inline int pm_text_equal(const void *one, const void *other, size_t count) {
    return memcmp(one, other, count) == 0;
}
