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
//
// A number with PM_CELL_SPECIAL set names the cell without it, and says that more is to be done than adding
// (pm_special.h). Its place in the directory is always empty, so that the branch that every record has, for a
// chunk that is yet to be made, leads there as well, and series of the plain kind pay nothing.

enum {
    PM_CHUNK_SHIFT = 10,
    PM_CHUNK_CELLS = 1 << PM_CHUNK_SHIFT,
    PM_CHUNK_LIMIT = 4096,
    PM_CELL_SPECIAL = PM_CHUNK_LIMIT << PM_CHUNK_SHIFT,
};

struct pm_block {
    uint64_t sequence;      // odd while words that belong together are being written
    struct pm_block *older; // the next in the list of all blocks
    struct pm_block *spare; // the next in the list of blocks that wait for a thread
    uint64_t unused[5];
    uint64_t *chunks[]; // PM_CHUNK_LIMIT of them, and as many that stay NULL, for special cells
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
// The same, but NULL when there is no memory.
uint64_t *pm_cell_try(uint32_t cell);

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

// What the functions below come to when the thread has no chunk for the cell yet, or the cell is special.
void pm_cell_add_first(uint32_t cell, uint64_t amount) __attribute__((noinline));
void pm_cell_add_double_first(uint32_t cell, double amount) __attribute__((noinline));

static inline void pm_cell_add(uint32_t cell, uint64_t amount) {
    uint64_t *chunk = __atomic_load_n(&pm_block_mine->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) {
        pm_cell_add_first(cell, amount); // a tail call: nothing need be kept over it
        return;
    }
    pm_word_add(chunk + (cell & (PM_CHUNK_CELLS - 1)), amount);
}

static inline void pm_cell_add_double(uint32_t cell, double amount) {
    uint64_t *chunk = __atomic_load_n(&pm_block_mine->chunks[cell >> PM_CHUNK_SHIFT], __ATOMIC_RELAXED);
    if (__builtin_expect(!chunk, 0)) {
        pm_cell_add_double_first(cell, amount);
        return;
    }
    pm_word_add_double(chunk + (cell & (PM_CHUNK_CELLS - 1)), amount);
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

// Copies `count` words of one thread that are written together, as they were at one instant. False when the
// thread kept writing through all tries: the last word may then miss a value that the others have.
bool pm_group_read(const struct pm_block *block, const uint64_t *words, uint32_t count, uint64_t *out);
