#include "pm_line.h"

#include "pm_digits.h"

// How many records ahead memory is asked for.
#define AHEAD 6

static inline pm_text_block difference(const pm_line_step *step, int block, const uint8_t *head) {
    pm_text_block found;
    memcpy(&found, head + step->offset[block], 16);
    return (found ^ step->known[block]) & step->mask[block];
}

// Copies a piece whose memory may be read for 32 bytes and up to the next step of 16 bytes.
static inline uint8_t *copy_piece(uint8_t *out, const uint8_t *piece, size_t count) {
    memcpy(out, piece, 16);
    if (count > 16) {
        memcpy(out + 16, piece + 16, 16);
#pragma clang loop unroll(disable) vectorize(disable)
        for (size_t at = 32; at < count; at += 16) memcpy(out + at, piece + at, 16);
    }
    return out + count;
}

static inline uint32_t load16(const uint8_t *from) {
    uint16_t value;
    memcpy(&value, from, 2);
    return value;
}

static inline uint32_t pair(uint8_t first, uint8_t second) {
    const uint8_t bytes[2] = {first, second};
    return load16(bytes);
}

// What in the middle of a long head is not as it must be, between the first and the last 16 bytes.
static inline pm_text_block middle(const uint8_t *head, const uint8_t *known, size_t count) {
    pm_text_block wrong = {0};
#pragma clang loop unroll(disable) vectorize(disable)
    for (size_t at = 16; at < count - 16; at += 16) {
        pm_text_block found, expected;
        memcpy(&found, head + at, 16);
        memcpy(&expected, known + at, 16);
        wrong |= found ^ expected;
    }
    return wrong;
}

static inline uint8_t *labels(const pm_line *line, const pm_line_record *record, uint8_t *out) {
    const uint8_t *at = record->start, *end = at + record->count, *least = at + 16, *text = line->text;
    const pm_line_step *step = line->steps, *last = step + line->step_count;
    const uint32_t tag = pair(line->tag, 0), beyond = pair(255, 128);
    pm_text_specials specials = {{0}};
    pm_text_block wrong = {0};
    uint32_t odd = 0;
    for (; step < last; step++) {
        // Only a length of one byte: to allow for two would make each step wait for the one before.
        if (end - at < (ptrdiff_t)step->reach) return NULL;
        const uint8_t *head = at + 2, *value = head + step->head_count;
        wrong |= difference(step, 0, head);
        if (step->head_count > 16) {
            wrong |= difference(step, 1, head);
            if (step->head_count > 32) wrong |= middle(head, text + step->head, step->head_count);
        }
        // The value is a text whose length is that of the message less the tag and length before it.
        uint32_t length = value[2];
        odd |= ((load16(at) ^ tag) & beyond) | (load16(value) ^ pair((uint8_t)(length + 2), 0x0a)) |
               (length & 0x80);
        at = value + 3 + length;
        // A short value is read with the 16 bytes that end with it.
        if (at > end || at < least) return NULL;
        out = copy_piece(out, text + step->piece, step->piece_count);
        pm_text_copy_value(out, value + 3, length, end, &specials);
        out += length;
    }
    pm_text_block all = wrong | specials.found;
    uint64_t halves[2];
    memcpy(halves, &all, 16);
    if (at != end || (halves[0] | halves[1] | odd) != 0) return NULL;
    return copy_piece(out, text + line->tail, line->tail_count);
}

uint8_t *pm_line_labels(const pm_line *line, const pm_line_record *record, uint8_t *out) {
    return labels(line, record, out);
}

size_t pm_line_integers(const pm_line *line, const pm_line_record *records, const int64_t *values, size_t count,
                        uint8_t **out, const uint8_t *end) {
    uint8_t *at = *out;
    size_t done = 0;
    for (; done < count; done++) {
        if ((size_t)(end - at) < line->room + records[done].count) break;
        // The records are too many for the caches, and which are next is known.
        if (done + AHEAD < count) {
            const uint8_t *next = records[done + AHEAD].start;
            __builtin_prefetch(next);
            __builtin_prefetch(next + 64);
        }
        uint8_t *value = labels(line, records + done, at);
        if (!value) break;
        at = value + pm_digits_wide_i64(value, values[done]);
        *at++ = '\n';
    }
    *out = at;
    return done;
}
