#pragma once
#include "pm_text.h"

#include <stdbool.h>

// The labels of a line of text, composed from the encoded attributes of a series.

// One label: the piece of text before its value, and what its encoded form must look like.
typedef struct {
    // The bytes from the tag of the key to that of the value, as two blocks of 16 that may overlap, and which
    // bits of them count.
    pm_text_block known[2];
    pm_text_block mask[2];
    // Where the blocks are, from the tag of the key; below 0 they begin in what stands before.
    int32_t offset[2];
    // Those bytes in the text, and how many they are.
    uint32_t head;
    uint32_t head_count;
    // The least number of bytes that may be read safely, from the tag of the attribute.
    uint32_t reach;
    // The piece in the text.
    uint32_t piece;
    uint32_t piece_count;
} pm_line_step;

// Everything that the lines of one family have in common.
typedef struct {
    const pm_line_step *steps;
    size_t step_count;
    // The pieces, each with 32 bytes behind it.
    const uint8_t *text;
    // The piece behind the labels.
    size_t tail;
    size_t tail_count;
    // The most bytes of a line besides its values, with the room for copies of whole blocks.
    size_t room;
    // The tag of an attribute.
    uint8_t tag;
} pm_line;

// The encoded attributes of one series.
typedef struct {
    const uint8_t *start;
    size_t count;
} pm_line_record;

// Writes the labels of a series whose attributes are the expected ones, all of them short text without a
// character to escape, and the piece behind them; returns their end, or null when another way must be tried.
//
// `out` must have `room` bytes and those of the record.
uint8_t *pm_line_labels(const pm_line *line, const pm_line_record *record, uint8_t *out);

// Writes whole lines of whole numbers: until `count` are written, the next has no room before `end`, or its labels
// are not the expected ones. Returns how many were written and moves `out` to their end.
size_t pm_line_integers(const pm_line *line, const pm_line_record *records, const int64_t *values, size_t count,
                        uint8_t **out, const uint8_t *end);

// Fills in what a step knows of the encoded form; `head` is what must stand there, and stands at a place in the
// text too. `is_first` says that nothing stands before it.
static inline void pm_line_know(pm_line_step *step, const uint8_t *head, size_t count, uint32_t place,
                                int is_first) {
    uint8_t known[2][16] = {{0}}, mask[2][16] = {{0}};
    for (int block = 0; block < 2; block++) {
        // The first block begins with the head and the last ends with it; of a short head that is not the first
        // both end with it, so that nothing behind a short value is read.
        ptrdiff_t start = (block == 1 && count > 16) || (count < 16 && !is_first) ? (ptrdiff_t)count - 16 : 0;
        for (ptrdiff_t at = 0; at < 16; at++) {
            if (start + at < 0 || start + at >= (ptrdiff_t)count) continue;
            known[block][at] = head[start + at];
            mask[block][at] = 255;
        }
        step->offset[block] = (int32_t)start;
    }
    memcpy(step->known, known, 32);
    memcpy(step->mask, mask, 32);
    step->head = place;
    step->head_count = (uint32_t)count;
    // Tag and length, the head, then length, tag and length of the value; and the block from the head on.
    size_t reach = 2 + count + 3;
    step->reach = (uint32_t)(is_first && reach < 18 ? 18 : reach);
}
