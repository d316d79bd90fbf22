#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Cells: 64-bit words that threads add to without waiting for each other.
//
// A cell has a number, the same for all threads, and a word of its own in each thread that has touched it;
// its value is the sum of those words. A thread's words stand in its block: a directory of chunks of 1,024
// words, each made when the thread first needs it and never moved. Only the thread writes them, so adding is
// a load and a store. A thread that ends leaves its block, values and all, to the next thread that begins: no
// value is ever moved, a sum never goes back, and there are as many blocks as threads have run at once.
//
// Cells are never given back, because a handle to one is no more than its number. Their number is bounded;
// cell 0 begins a chunk whose values nobody reads, for whoever could get no other.

enum {
    PM_CHUNK_SHIFT = 10,
    PM_CHUNK_CELLS = 1 << PM_CHUNK_SHIFT,
    PM_CHUNK_LIMIT = 4096,
};

struct pm_block {
    uint64_t sequence;      // odd while words that belong together are being written
    struct pm_block *older; // the next in the list of all blocks
    struct pm_block *spare; // the next in the list of blocks that wait for a thread
    uint64_t unused[5];
    uint64_t *chunks[]; // PM_CHUNK_LIMIT of them
};

// The calling thread's block. It begins as a shared one without chunks, so that the common case has one branch.
extern _Thread_local struct pm_block *pm_block_mine __attribute__((tls_model("initial-exec")));

// Shared cells: one word for all threads, for values that are set. Chunks are made when they are reserved.
extern uint64_t *pm_shared_chunks[PM_CHUNK_LIMIT];

// Reserves a chunk's number for cells of threads: 1 to 4,095, or 0 when there is none left.
uint32_t pm_chunk_reserve(void);
// Reserves a chunk and makes it for shared cells; 0 when there is none left or no memory.
uint32_t pm_chunk_reserve_shared(void);

// The list of all blocks, the newest first; a block once seen stays where it is.
const struct pm_block *pm_block_newest(void);
static inline const struct pm_block *pm_block_older(const struct pm_block *block) { return block->older; }

// A chunk of a block, or NULL when its thread has not touched it.
static inline const uint64_t *pm_block_chunk(const struct pm_block *block, uint32_t chunk) {
    return __atomic_load_n(&block->chunks[chunk], __ATOMIC_ACQUIRE);
}

static inline uint64_t pm_cell_load(const uint64_t *cell) { return __atomic_load_n(cell, __ATOMIC_RELAXED); }

// The words of the calling thread from `cell` on, made now; a discarded chunk when there is no memory.
uint64_t *pm_cell_make(uint32_t cell) __attribute__((noinline, cold));

// A group of cells never straddles a chunk, so the words of the rest of the group follow.
static inline uint64_t *pm_cell_mine(uint32_t cell) {
    uint64_t *chunk = __atomic_load_n(&pm_block_mine->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) return pm_cell_make(cell);
    return chunk + (cell & (PM_CHUNK_CELLS - 1));
}

static inline void pm_word_add(uint64_t *word, uint64_t amount) {
    __atomic_store_n(word, __atomic_load_n(word, __ATOMIC_RELAXED) + amount, __ATOMIC_RELAXED);
}

static inline void pm_word_add_double(uint64_t *word, double amount) {
    uint64_t bits = __atomic_load_n(word, __ATOMIC_RELAXED);
    double value;
    memcpy(&value, &bits, 8);
    value += amount;
    memcpy(&bits, &value, 8);
    __atomic_store_n(word, bits, __ATOMIC_RELAXED);
}

void pm_cell_add_first(uint32_t cell, uint64_t amount) __attribute__((noinline, cold));

static inline void pm_cell_add(uint32_t cell, uint64_t amount) {
    uint64_t *chunk = __atomic_load_n(&pm_block_mine->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) {
        pm_cell_add_first(cell, amount); // a tail call: nothing need be kept over it
        return;
    }
    pm_word_add(chunk + (cell & (PM_CHUNK_CELLS - 1)), amount);
}

static inline void pm_cell_add_double(uint32_t cell, double amount) {
    pm_word_add_double(pm_cell_mine(cell), amount);
}

static inline uint64_t *pm_shared_cell(uint32_t cell) {
    uint64_t *chunk = __atomic_load_n(&pm_shared_chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    return chunk + (cell & (PM_CHUNK_CELLS - 1));
}

static inline void pm_shared_set(uint32_t cell, uint64_t bits) {
    __atomic_store_n(pm_shared_cell(cell), bits, __ATOMIC_RELAXED);
}

static inline uint64_t pm_shared_load(uint32_t cell) {
    return __atomic_load_n(pm_shared_cell(cell), __ATOMIC_RELAXED);
}

// Histograms: a group of one word a bucket and one for the sum.

struct pm_buckets {
    uint32_t count;  // of bounds; there is one bucket more
    uint32_t padded; // 16 when the bounds are filled up with infinity to 16, else 0
    double bounds[];
};

// The memory that a table of so many bounds takes.
static inline size_t pm_buckets_bytes(uint32_t count) {
    return sizeof(struct pm_buckets) + (count < 16 ? 16 : count) * sizeof(double);
}

// Fills a table with ascending finite bounds.
void pm_buckets_start(struct pm_buckets *buckets, const double *bounds, uint32_t count);

typedef double pm_double2 __attribute__((vector_size(16)));
typedef int64_t pm_int2 __attribute__((vector_size(16)));

// The bucket of a value: the number of bounds below it.
static inline uint32_t pm_buckets_find(const struct pm_buckets *buckets, double value) {
    const double *bounds = buckets->bounds;
    if (__builtin_expect(buckets->padded != 0, 1)) { // no branch depends on the value
        pm_double2 all = {value, value};
        pm_int2 even = {0, 0}, odd = {0, 0};
        for (int i = 0; i < 16; i += 4) {
            pm_double2 a, b;
            memcpy(&a, bounds + i, 16);
            memcpy(&b, bounds + i + 2, 16);
            even -= a < all;
            odd -= b < all;
        }
        even += odd;
        return (uint32_t)(even[0] + even[1]);
    }
    uint32_t at = 0;
    for (uint32_t rest = buckets->count; rest > 0;) { // [at, at + rest] holds the answer
        uint32_t half = (rest + 1) >> 1;
        at += half & -(uint32_t)(bounds[at + half - 1] < value); // no branch, it would be a toss-up
        rest -= half;
    }
    return at;
}

// Adds a finite value to the group that begins at `cell`.
static inline void pm_histogram_add(const struct pm_buckets *buckets, uint32_t cell, double value) {
    uint32_t bucket = pm_buckets_find(buckets, value);
    uint64_t *words = pm_cell_mine(cell);
    struct pm_block *block = pm_block_mine;
    uint64_t sequence = __atomic_load_n(&block->sequence, __ATOMIC_RELAXED);
    __atomic_store_n(&block->sequence, sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire fence of pm_group_read
    pm_word_add(words + bucket, 1);
    pm_word_add_double(words + buckets->count + 1, value);
    __atomic_store_n(&block->sequence, sequence + 2, __ATOMIC_RELEASE);
}

// Copies `count` words of one thread that are written together, as they were at one instant. False when the
// thread kept writing through all tries: the last word may then miss a value that the others have.
bool pm_group_read(const struct pm_block *block, const uint64_t *words, uint32_t count, uint64_t *out);
