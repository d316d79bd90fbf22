#include "pm_exponential.h"

#include <sched.h>
#include <stdlib.h>

#include "pm_exponential_index.h"

// The used buckets are low to high. Bucket i stands at i - base, or `size` farther when that is negative: they
// are at most `size` in a row, so widening moves nothing.
struct side {
    int32_t low, high, base; // low above high when there is none
    uint64_t *counts;
};

// All fields but `size` are read by other threads.
struct pm_exponential {
    uint64_t sequence;  // odd while a value is added
    uint64_t structure; // odd while scale or bases change, which they do a few dozen times at most
    uint64_t zeros, sum, extremes[2];
    uint32_t size;
    int32_t scale;
    struct side sides[2];
};

#define LOAD(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define STORE(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)

static uint64_t discarded;

uint64_t pm_exponential_discarded(void) { return LOAD(discarded); }
void pm_exponential_discard(void) { __atomic_add_fetch(&discarded, 1, __ATOMIC_RELAXED); }

static void *lines_new(size_t bytes) { // lines of its own, so that threads do not slow each other down
    bytes = (bytes + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, bytes);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

struct pm_exponential *pm_exponential_new(uint32_t size, int32_t scale) {
    struct pm_exponential *histogram = lines_new(sizeof *histogram);
    if (!histogram) return NULL;
    histogram->size = size;
    histogram->scale = scale;
    for (int i = 0; i < 2; i++) histogram->sides[i] = (struct side){.low = INT32_MAX, .high = INT32_MIN};
    return histogram;
}

// A thread that was cancelled in between left an odd number, which this one makes no even one of.
static void begin(uint64_t *sequence) {
    STORE(*sequence, LOAD(*sequence) | 1);
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire fence of read_once
}

static void end(uint64_t *sequence) { __atomic_store_n(sequence, LOAD(*sequence) + 1, __ATOMIC_RELEASE); }

static uint64_t *place(uint64_t *counts, int32_t index, int32_t base, uint32_t size) {
    int32_t offset = index - base;
    return counts + (offset < 0 ? offset + (int32_t)size : offset);
}

static bool fits(int64_t low, int64_t high, int shift, uint32_t size) {
    return (high >> shift) - (low >> shift) < (int64_t)size;
}

// Makes one bucket out of 2^shift of them, all over a side.
static void coarsen(struct side *side, int shift, uint32_t size) {
    uint64_t old[PM_EXPONENTIAL_MOST];
    if (side->low > side->high) return;
    uint32_t count = (uint32_t)(side->high - side->low) + 1;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *word = place(side->counts, side->low + (int32_t)i, side->base, size);
        old[i] = LOAD(*word);
        STORE(*word, 0);
    }
    int32_t base = side->low >> shift;
    for (uint32_t i = 0; i < count; i++) {
        pm_word_add(place(side->counts, (side->low + (int32_t)i) >> shift, base, size), old[i]);
    }
    STORE(side->base, base);
    STORE(side->low, base);
    STORE(side->high, side->high >> shift);
}

// Makes room for an index beyond a side's range, which may take a coarser scale; false without memory.
static __attribute__((noinline)) bool widen(struct pm_exponential *histogram, struct side *side, int32_t index) {
    uint32_t size = histogram->size;
    if (side->low > side->high) {
        uint64_t *counts = side->counts ? side->counts : lines_new(size * sizeof *counts);
        if (!counts) return false;
        begin(&histogram->structure);
        STORE(side->counts, counts);
        STORE(side->base, index);
        STORE(side->low, index);
        STORE(side->high, index);
        end(&histogram->structure);
        return true;
    }
    int32_t low = index < side->low ? index : side->low, high = index > side->high ? index : side->high;
    int shift = 0;
    while (!fits(low, high, shift, size)) shift++;
    if (shift == 0) {
        STORE(side->low, low);
        STORE(side->high, high);
        return true;
    }
    begin(&histogram->structure);
    for (int i = 0; i < 2; i++) coarsen(&histogram->sides[i], shift, size);
    STORE(histogram->scale, histogram->scale - shift);
    STORE(side->low, low >> shift);
    STORE(side->high, high >> shift);
    end(&histogram->structure);
    return true;
}

int32_t pm_exponential_add(struct pm_exponential *histogram, double value) {
    uint64_t bits = pm_bits_of(value), magnitude = bits & ~(1ull << 63);
    int32_t index = 0;
    begin(&histogram->sequence);
    if (__builtin_expect(magnitude != 0, 1)) {
        struct side *side = &histogram->sides[bits >> 63];
        int32_t scale = histogram->scale;
        index = pm_index(magnitude, scale);
        if (__builtin_expect(index < side->low || index > side->high, 0)) {
            if (!widen(histogram, side, index)) {
                pm_exponential_discard();
                end(&histogram->sequence);
                return 0;
            }
            index >>= scale - histogram->scale;
        }
        pm_word_add(place(side->counts, index, side->base, histogram->size), 1);
    } else {
        pm_word_add(&histogram->zeros, 1);
    }
    pm_word_add_double(&histogram->sum, value);
    pm_extremes_put(histogram->extremes, value);
    end(&histogram->sequence);
    return index;
}

// ---- reading

// Copies the used buckets of a side. False when what was read cannot have been there at one time.
static bool side_read(const struct side *side, uint32_t size, struct pm_exponential_side *out, uint64_t *memory) {
    int64_t low = LOAD(side->low), high = LOAD(side->high);
    int32_t base = LOAD(side->base);
    uint64_t *counts = LOAD(side->counts);
    *out = (struct pm_exponential_side){.counts = memory};
    if (low > high) return true;
    int64_t first = low - base, last = high - base;
    if (high - low >= size || first <= -(int64_t)size || last >= size || !counts) return false;
    uint32_t count = 0, end = 0, start = 0;
    for (int64_t i = low; i <= high; i++, count++) {
        uint64_t *word = place(counts, (int32_t)i, base, size);
        memory[count] = LOAD(*word);
        if (memory[count]) end = count + 1;
    }
    while (start < end && !memory[start]) start++; // widened, and the value not yet counted
    out->low = (int32_t)(low + start);
    out->count = end - start;
    out->counts = memory + start;
    return true;
}

bool pm_exponential_read(const struct pm_exponential *histogram, struct pm_exponential_reading *out,
                         uint64_t *memory) {
    // 256 tries for a sum that belongs to the counts, as in pm_group_read. Counts must belong to their scale in
    // any case: changing it takes microseconds, so more tries are made only when the thread has lost its core.
    for (int try = 0; try < 4096; try++) {
        uint64_t structure = __atomic_load_n(&histogram->structure, __ATOMIC_ACQUIRE);
        uint64_t sequence = __atomic_load_n(&histogram->sequence, __ATOMIC_ACQUIRE);
        bool is_sound = (structure & 1) == 0;
        out->scale = LOAD(histogram->scale);
        out->zeros = LOAD(histogram->zeros);
        out->sum = pm_double_of(LOAD(histogram->sum));
        out->minimum = pm_minimum_of(LOAD(histogram->extremes[0]));
        out->maximum = pm_maximum_of(LOAD(histogram->extremes[1]));
        for (int i = 0; i < 2; i++) {
            uint32_t size = histogram->size;
            is_sound &= side_read(&histogram->sides[i], size, &out->sides[i], memory + (size_t)i * size);
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        is_sound &= LOAD(histogram->structure) == structure;
        if (is_sound && (sequence & 1) == 0 && LOAD(histogram->sequence) == sequence) return true;
        if (is_sound && try >= 256) return false;
        if (!is_sound && try >= 64) sched_yield();
    }
    return false; // a thread that was copied amid a change by fork, and never goes on
}

int32_t pm_exponential_fit(const struct pm_exponential_reading *readings, size_t count, uint32_t size,
                           int32_t scale, struct pm_exponential_side *positive, struct pm_exponential_side *negative) {
    struct pm_exponential_side *sides[] = {positive, negative};
    for (size_t i = 0; i < count; i++) {
        if (readings[i].sides[0].count + readings[i].sides[1].count && readings[i].scale < scale) {
            scale = readings[i].scale;
        }
    }
    int64_t low[2] = {INT64_MAX, INT64_MAX}, high[2] = {INT64_MIN, INT64_MIN};
    for (size_t i = 0; i < count; i++) {
        for (int s = 0; s < 2; s++) {
            const struct pm_exponential_side *side = &readings[i].sides[s];
            if (!side->count) continue;
            int shift = readings[i].scale - scale;
            int64_t first = side->low >> shift, last = ((int64_t)side->low + side->count - 1) >> shift;
            if (first < low[s]) low[s] = first;
            if (last > high[s]) high[s] = last;
        }
    }
    int shift = 0;
    for (int s = 0; s < 2; s++) {
        while (low[s] <= high[s] && !fits(low[s], high[s], shift, size)) shift++;
    }
    for (int s = 0; s < 2; s++) {
        bool is_used = low[s] <= high[s];
        *sides[s] = (struct pm_exponential_side){
            .low = is_used ? (int32_t)(low[s] >> shift) : 0,
            .count = is_used ? (uint32_t)((high[s] >> shift) - (low[s] >> shift)) + 1 : 0,
        };
    }
    return scale - shift;
}

void pm_exponential_fold(const struct pm_exponential_reading *reading, int side, int32_t scale, int32_t low,
                         uint64_t *counts) {
    const struct pm_exponential_side *from = &reading->sides[side];
    int shift = reading->scale - scale;
    for (uint32_t i = 0; i < from->count; i++) {
        counts[((from->low + (int32_t)i) >> shift) - low] += from->counts[i];
    }
}
