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
        for (size_t at = 32; at < count; at += 16) memcpy(out + at, piece + at, 16);
    }
    return out + count;
}

static inline uint8_t *labels(const pm_line *line, const pm_line_record *record, uint8_t *out) {
    const uint8_t *at = record->start, *end = at + record->count, *least = at + 16, *text = line->text;
    const pm_line_step *step = line->steps, *last = step + line->step_count;
    const uint8_t tag = line->tag;
    pm_text_specials specials = {{0}};
    pm_text_block wrong = {0};
    uint32_t odd = 0;
    for (; step < last; step++) {
        // Only a length of one byte: to allow for two would make each step wait for the one before.
        if (end - at < (ptrdiff_t)step->reach) return NULL;
        const uint8_t *head = at + 2, *value = head + step->head_count;
        wrong |= difference(step, 0, head) | difference(step, 1, head);
        if (step->head_count > 32 && memcmp(head + 16, text + step->head + 16, step->head_count - 32)) return NULL;
        // The value is a text whose length is that of the message less the tag and length before it.
        uint32_t length = value[2];
        odd |= (uint32_t)(at[0] ^ tag) | (uint32_t)(value[0] ^ (uint8_t)(length + 2)) |
               (uint32_t)(value[1] ^ 0x0a) | ((length | at[1]) & 0x80);
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
        // The records are not in the order of their places, and the next few are known.
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
