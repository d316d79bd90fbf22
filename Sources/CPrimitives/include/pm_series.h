#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pm_bytes.h"

// The series of one family by their label values: a table that readers walk without a lock, over records
// that never move. One thread at a time inserts (the caller's lock); any number look up meanwhile.
//
// A series is the address of its encoded attributes (OTLP `KeyValue` fields). Before them stand 10 bytes:
// the cell's number (4), the length of the attributes (2), and the sizes of the first four values (1 each;
// all 255 when an attribute is so long that its lengths take two bytes, which the slow comparison reads).
// At least 16 readable bytes follow the attributes. Records are laid into a chunk from its end downwards, so
// whoever reads a few bytes too many reads an older record, which nobody writes any more.

typedef const uint8_t *pm_series;

enum { PM_SERIES_HEAD = 10, PM_SERIES_VALUES = 4 };

static inline uint32_t pm_series_cell(pm_series series) {
    uint32_t cell;
    memcpy(&cell, series - 10, 4);
    return cell;
}

static inline uint16_t pm_series_length(pm_series series) {
    uint16_t length;
    memcpy(&length, series - 6, 2);
    return length;
}

// A label's value.
struct pm_text {
    const uint8_t *bytes;
    size_t count;
};

struct pm_table; // a power of two of slots, each 16 bits of hash over 48 bits of address

struct pm_family {
    struct pm_table *table;
    uint64_t keys[8]; // of the hash, drawn by chance, so that nobody outside can choose values that collide
    uint32_t labels;
    bool reads_strings; // whether the layout of Swift's String is known, see pm_bytes.h
    // Where value i begins in a record with short lengths, when the values before it are empty, and the
    // longest value that leaves the lengths of its attribute at one byte; -1 when the name alone is too long.
    uint16_t starts[PM_SERIES_VALUES];
    int16_t longest[PM_SERIES_VALUES];
    struct pm_arena_chunk *chunks;
    uint32_t count; // of series in the table
    uint32_t refused; // the cell that counts refused measurements, for handles to take along
    const struct pm_buckets *buckets; // of a histogram
    uint32_t used; // slots of the table that are not empty, those of removed series included
    // Of a front, which has no series itself: how many values it is given, and those of the first four that
    // another family is asked with. Its `labels` are as many as nobody gives, so that all look-ups stray here.
    uint32_t given;
    const struct pm_family *target; // NULL when nothing is left to ask with
    uint8_t kept[PM_SERIES_VALUES];
    uint32_t kept_count;
    pm_series only; // what is found when nothing is left to ask with
};

// The series of whoever could get none: cell 0, no attributes. It is in no family.
extern const pm_series pm_series_discard;

// Makes a family without series in the caller's memory. `key_sizes` holds the sizes of the label names.
void pm_family_start(struct pm_family *family, const size_t *key_sizes, uint32_t labels);
// Frees what a family has allocated, so that its series are no more; the memory of `family` is the caller's.
void pm_family_end(struct pm_family *family);

// Makes a front in the caller's memory: look-ups of `given` values leave out all but those that `kept` lists in
// ascending order, and go on in `target`. What handles take from their family is copied from it.
void pm_family_start_front(struct pm_family *front, const struct pm_family *target, uint32_t given,
                           const uint8_t *kept, uint32_t kept_count);
// Sets what a front finds that keeps no value.
void pm_family_set_only(struct pm_family *front, pm_series series);

// The series of these values (as many as the family has labels), or NULL.
pm_series pm_family_find(const struct pm_family *family, const struct pm_text *values);

// Adds a series that is not there yet and returns it, or NULL when there is no memory. `attributes` encode
// `values`; a series without values is kept out of the table and found by nobody.
pm_series pm_family_insert(struct pm_family *family, uint32_t cell, const uint8_t *attributes, uint16_t length,
                           const struct pm_text *values);

// Takes a series out of the table, so that nobody finds it any more who has not begun to look. Its record stays.
// False when it is not in there.
bool pm_family_remove(struct pm_family *family, pm_series series);

// A record of other attributes for a series, for exports alone: it is in no table. NULL when there is no memory.
pm_series pm_family_annex(struct pm_family *family, uint32_t cell, const uint8_t *attributes, uint16_t length);

// The series of 1 to 4 Swift Strings given as their words, or NULL also when they are not to be had this way.
pm_series pm_family_find1(const struct pm_family *family, uint64_t a0, uint64_t a1);
pm_series pm_family_find2(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1);
pm_series pm_family_find3(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1,
                          uint64_t c0, uint64_t c1);
pm_series pm_family_find4(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1,
                          uint64_t c0, uint64_t c1, uint64_t d0, uint64_t d1);

// What the arena and the tables of a family take.
size_t pm_family_bytes(const struct pm_family *family);
