#pragma once
#include "pm_histogram.h"

// What series need beyond cells: exponential buckets, and reservoirs of exemplars. It is found by the number of
// the series' first cell, and stays for as long as the process runs, because handles do.

// What is noted of a measurement beside its value.
struct pm_sample {
    uint64_t time; // nanoseconds since the Unix epoch
    uint64_t trace_high, trace_low, span;
};

// Whether a measurement that is made now, on this thread, is to be kept; fills in the sample if so.
typedef bool (*pm_sampler)(const void *context, struct pm_sample *sample);

struct pm_special {
    uint32_t size; // the most buckets of a sign of an exponential histogram, else 0
    int32_t scale; // the scale that it begins with
    pm_sampler sampler; // NULL when no exemplars are kept
    const void *context;
    uint32_t slots; // of exemplars
};

// Says what the series whose first cell is `cell` needs, before its special cell is handed out. What was said
// first holds. False when there is no memory.
bool pm_special_start(uint32_t cell, const struct pm_special *special);

// What pm_cell_add, pm_cell_add_double and pm_histogram_add do for a special cell, whose plain number is given.
void pm_special_add(uint32_t cell, uint64_t amount);
void pm_special_add_double(uint32_t cell, double amount);
void pm_special_record(const struct pm_buckets *buckets, uint32_t cell, double value);

// The words of a series in an exponential family hold the address of the thread's histogram, or zero.
struct pm_exponential;
static inline const struct pm_exponential *pm_exponential_at(const uint64_t *word) {
    return (const struct pm_exponential *)(uintptr_t)__atomic_load_n(word, __ATOMIC_ACQUIRE);
}

// The calling thread's exponential histogram in a cell, NULL when it has none yet.
static inline struct pm_exponential *pm_exponential_mine(uint32_t cell) {
    uint64_t *chunk = __atomic_load_n(&pm_block_mine->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) return NULL;
    return (struct pm_exponential *)pm_exponential_at(chunk + (cell & (PM_CHUNK_CELLS - 1)));
}

// How many slots for exemplars the series of a cell has.
uint32_t pm_exemplar_slots(uint32_t cell);
// Reads a slot; false when it holds nothing, or is being written through all tries.
bool pm_exemplar_read(uint32_t cell, uint32_t slot, double *value, struct pm_sample *sample);
