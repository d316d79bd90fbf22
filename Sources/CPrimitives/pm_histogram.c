#include "pm_histogram.h"

#include <math.h>

#include "pm_exponential.h"
#include "pm_special.h"

void pm_buckets_start(struct pm_buckets *buckets, const double *bounds, uint32_t count, bool extremes) {
    uint32_t places = count < 16 ? 16 : count;
    buckets->count = count;
    buckets->padded = count <= 16 ? 16 : 0;
    buckets->extremes = extremes ? 2 : 0;
    buckets->exponential = 0;
    for (uint32_t i = 0; i < places; i++) buckets->bounds[i] = i < count ? bounds[i] : INFINITY;
}

void pm_histogram_add_first(const struct pm_buckets *buckets, uint32_t cell, double value) {
    if (cell & PM_CELL_SPECIAL) {
        cell ^= PM_CELL_SPECIAL;
        if (__builtin_expect(buckets->exponential != 0, 1)) { // the usual case needs nothing of the side table
            struct pm_exponential *histogram = pm_exponential_mine(cell);
            if (__builtin_expect(histogram != NULL, 1)) {
                pm_exponential_add(histogram, value);
                return;
            }
        }
        pm_special_record(buckets, cell, value);
        return;
    }
    uint64_t *words = pm_cell_make(cell);
    struct pm_block *block = pm_block_mine;
    if (!pm_block_chunk(block, cell >> PM_CHUNK_SHIFT)) return; // no memory, and the shared block has no sequence
    pm_histogram_put(buckets, block, words, pm_buckets_find(buckets, value), value);
}
