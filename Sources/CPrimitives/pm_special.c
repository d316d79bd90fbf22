#include "pm_special.h"

#include <stdlib.h>

#include "pm_exponential.h"

struct slot {
    uint64_t sequence; // 0 when nothing was ever put there, odd while somebody writes
    uint64_t value, time, trace_high, trace_low, span;
};

struct entry {
    struct pm_special special;
    struct slot slots[];
};

static struct entry **chunks[PM_CHUNK_LIMIT];

static struct entry *entry_of(uint32_t cell) {
    struct entry **chunk = __atomic_load_n(&chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_ACQUIRE);
    if (!chunk) return NULL;
    return __atomic_load_n(&chunk[cell & (PM_CHUNK_CELLS - 1)], __ATOMIC_ACQUIRE);
}

bool pm_special_start(uint32_t cell, const struct pm_special *special) {
    struct entry ***place = &chunks[cell >> PM_CHUNK_SHIFT];
    struct entry **chunk = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (!chunk) { // families are locked each for itself, so another one may be here too
        struct entry **fresh = calloc(PM_CHUNK_CELLS, sizeof *fresh);
        if (!fresh) return false;
        if (__atomic_compare_exchange_n(place, &chunk, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            chunk = fresh;
        } else {
            free(fresh);
        }
    }
    struct entry **at = &chunk[cell & (PM_CHUNK_CELLS - 1)];
    if (__atomic_load_n(at, __ATOMIC_ACQUIRE)) return true;
    struct entry *entry = calloc(1, sizeof *entry + special->slots * sizeof(struct slot));
    if (!entry) return false;
    entry->special = *special;
    __atomic_store_n(at, entry, __ATOMIC_RELEASE); // pairs with entry_of
    return true;
}

// ---- exemplars

// Puts a measurement into a slot, unless somebody else is writing there.
static __attribute__((noinline)) void offer(struct entry *entry, uint32_t slot, double value) {
    struct pm_sample sample = {0};
    if (!entry->special.sampler(entry->special.context, &sample) || slot >= entry->special.slots) return;
    struct slot *s = &entry->slots[slot];
    uint64_t sequence = __atomic_load_n(&s->sequence, __ATOMIC_RELAXED);
    if (sequence & 1) return;
    if (!__atomic_compare_exchange_n(&s->sequence, &sequence, sequence + 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        return;
    }
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire fence of pm_exemplar_read
    __atomic_store_n(&s->value, pm_bits_of(value), __ATOMIC_RELAXED);
    __atomic_store_n(&s->time, sample.time, __ATOMIC_RELAXED);
    __atomic_store_n(&s->trace_high, sample.trace_high, __ATOMIC_RELAXED);
    __atomic_store_n(&s->trace_low, sample.trace_low, __ATOMIC_RELAXED);
    __atomic_store_n(&s->span, sample.span, __ATOMIC_RELAXED);
    __atomic_store_n(&s->sequence, sequence + 2, __ATOMIC_RELEASE);
}

uint32_t pm_exemplar_slots(uint32_t cell) {
    struct entry *entry = entry_of(cell);
    return entry ? entry->special.slots : 0;
}

bool pm_exemplar_read(uint32_t cell, uint32_t slot, double *value, struct pm_sample *sample) {
    struct entry *entry = entry_of(cell);
    if (!entry || slot >= entry->special.slots) return false;
    const struct slot *s = &entry->slots[slot];
    for (int try = 0; try < 256; try++) {
        uint64_t before = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
        if (before == 0) return false;
        *value = pm_double_of(__atomic_load_n(&s->value, __ATOMIC_RELAXED));
        sample->time = __atomic_load_n(&s->time, __ATOMIC_RELAXED);
        sample->trace_high = __atomic_load_n(&s->trace_high, __ATOMIC_RELAXED);
        sample->trace_low = __atomic_load_n(&s->trace_low, __ATOMIC_RELAXED);
        sample->span = __atomic_load_n(&s->span, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if ((before & 1) == 0 && __atomic_load_n(&s->sequence, __ATOMIC_RELAXED) == before) return true;
    }
    return false;
}

// ---- recording

// The thread's histogram, made now.
static __attribute__((noinline)) struct pm_exponential *exponential_make(struct entry *entry, uint32_t cell) {
    uint64_t *word = pm_cell_try(cell);
    if (!word) return NULL;
    struct pm_exponential *histogram = (struct pm_exponential *)pm_exponential_at(word);
    if (histogram) return histogram; // a thread that has left had it
    histogram = pm_exponential_new(entry->special.size, entry->special.scale);
    __atomic_store_n(word, (uint64_t)(uintptr_t)histogram, __ATOMIC_RELEASE); // pairs with pm_exponential_at
    return histogram;
}

static uint32_t exponential_record(struct entry *entry, uint32_t cell, double value) {
    struct pm_exponential *histogram = pm_exponential_mine(cell);
    if (__builtin_expect(!histogram, 0)) histogram = exponential_make(entry, cell);
    if (__builtin_expect(!histogram, 0)) {
        pm_exponential_discard();
        return 0;
    }
    return (uint32_t)pm_exponential_add(histogram, value);
}

void pm_special_record(const struct pm_buckets *buckets, uint32_t cell, double value) {
    struct entry *entry = entry_of(cell);
    if (__builtin_expect(!entry, 0)) return; // a special cell is handed out after its entry was made
    uint32_t bucket;
    if (entry->special.size) {
        bucket = exponential_record(entry, cell, value);
    } else {
        bucket = pm_buckets_find(buckets, value);
        pm_histogram_add(buckets, cell, value);
    }
    if (__builtin_expect(!entry->special.sampler, 1)) return;
    // Neighbours in the distribution go to different slots, so that the slots cover it.
    offer(entry, entry->special.size ? bucket % entry->special.slots : bucket, value);
}

void pm_special_add(uint32_t cell, uint64_t amount) {
    pm_cell_add(cell, amount);
    struct entry *entry = entry_of(cell);
    if (entry && entry->special.sampler) offer(entry, 0, (double)(int64_t)amount);
}

void pm_special_add_double(uint32_t cell, double amount) {
    pm_cell_add_double(cell, amount);
    struct entry *entry = entry_of(cell);
    if (entry && entry->special.sampler) offer(entry, 0, amount);
}
