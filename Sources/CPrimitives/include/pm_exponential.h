#pragma once
#include "pm_histogram.h"

// Base-2 exponential histograms: one a thread and series, which only that thread writes.
//
// Bucket i at scale s holds the magnitudes in (2^(i / 2^s), 2^((i + 1) / 2^s)]; positive and negative values have
// buckets of their own, at one scale. It is always the largest scale up to the given one at which both sides fit
// into `size` buckets: a value outside of them halves the scale's fineness as often as needed.

enum {
    PM_SCALE_MOST = 20,
    // At this scale every double has index -1 or 0, so two buckets are always enough.
    PM_SCALE_LEAST = -11,
    PM_EXPONENTIAL_MOST = 1024, // buckets of one sign
};

struct pm_exponential;

// Makes the tables that indexes are found by; before anything else here, once or often, on any thread.
void pm_exponential_prepare(void);

// The bucket of a finite magnitude that is not 0, exactly, at a scale of -11 to 20.
int32_t pm_exponential_index(double magnitude, int32_t scale);

// An empty histogram of up to `size` (2 to 1,024) buckets a sign; NULL when there is no memory.
struct pm_exponential *pm_exponential_new(uint32_t size, int32_t scale);

// Adds a finite value; only the owning thread may. Returns the index of its bucket, 0 for a value of 0.
int32_t pm_exponential_add(struct pm_exponential *histogram, double value);

// The values that all threads had to leave out because there was no memory for their buckets.
uint64_t pm_exponential_discarded(void);
void pm_exponential_discard(void);

// The buckets of one sign as they were read: `count` from `low` on, the first and the last not 0.
struct pm_exponential_side {
    int32_t low;
    uint32_t count;
    const uint64_t *counts;
};

// What one thread has, as it was read.
struct pm_exponential_reading {
    int32_t scale;
    uint64_t zeros;
    double sum, minimum, maximum; // the last two infinite when there is none
    struct pm_exponential_side sides[2];
};

// Reads a thread's histogram into `out`, its counts into `memory`, which holds 2 * size words. False when the
// thread kept writing through all tries: sum, extremes and counts may then differ by values under way.
bool pm_exponential_read(const struct pm_exponential *histogram, struct pm_exponential_reading *out,
                         uint64_t *memory);

// The largest scale, not above those of the readings, at which the values of all fit into `size` buckets a sign;
// `scale` when there are none. Fills in the buckets that take them all, without counts.
int32_t pm_exponential_fit(const struct pm_exponential_reading *readings, size_t count, uint32_t size,
                           int32_t scale, struct pm_exponential_side *positive, struct pm_exponential_side *negative);

// Adds the counts of one side to `counts`, whose first bucket is `low` at `scale`.
void pm_exponential_fold(const struct pm_exponential_reading *reading, int side, int32_t scale, int32_t low,
                         uint64_t *counts);
