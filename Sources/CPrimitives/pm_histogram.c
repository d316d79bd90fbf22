#include "pm_histogram.h"

#include <math.h>

#include "pm_special.h"

void pm_buckets_start(struct pm_buckets *buckets, const double *bounds, uint32_t count, bool extremes) {
    uint32_t places = count < 16 ? 16 : count;
    buckets->count = count;
    buckets->padded = count <= 16 ? 16 : 0;
    buckets->extremes = extremes ? 2 : 0;
    buckets->unused = 0;
    for (uint32_t i = 0; i < places; i++) buckets->bounds[i] = i < count ? bounds[i] : INFINITY;
}

void pm_histogram_add_first(const struct pm_buckets *buckets, uint32_t cell, double value) {
    if (cell & PM_CELL_SPECIAL) {
        pm_special_record(buckets, cell ^ PM_CELL_SPECIAL, value);
        return;
    }
    uint64_t *words = pm_cell_make(cell);
    struct pm_block *block = pm_block_mine;
    if (!pm_block_chunk(block, cell >> PM_CHUNK_SHIFT)) return; // no memory, and the shared block has no sequence
    pm_histogram_put(buckets, block, words, pm_buckets_find(buckets, value), value);
}
