#define _GNU_SOURCE
#include "pm_cells.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "pm_special.h"

static const size_t block_bytes = sizeof(struct pm_block) + 2 * PM_CHUNK_LIMIT * sizeof(uint64_t *);

// What a thread has before its first cell: laid out like a block, and never written.
static uint64_t none[sizeof(struct pm_block) / 8 + 2 * PM_CHUNK_LIMIT] __attribute__((aligned(64)));
// Where words go that could get no memory. Threads overwrite each other there, and nobody reads it.
static uint64_t discard[PM_CHUNK_CELLS] __attribute__((aligned(64)));

_Thread_local struct pm_block *pm_block_mine __attribute__((tls_model("initial-exec"))) =
    (struct pm_block *)(void *)none;
uint64_t *pm_shared_chunks[PM_CHUNK_LIMIT] = {discard};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t leaving;
static bool has_key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of the spare list, and of adding to the others
static struct pm_block *newest, *spare;
static uint32_t chunks_reserved; // without chunk 0

static struct pm_block *nothing(void) { return (struct pm_block *)(void *)none; }

// A thread ends: its block waits for the next one. A later destructor that records takes another block.
static void leave(void *value) {
    struct pm_block *block = value;
    pm_block_mine = nothing();
    pthread_mutex_lock(&lock);
    block->spare = spare;
    spare = block;
    pthread_mutex_unlock(&lock);
}

static void take_lock(void) { pthread_mutex_lock(&lock); }
static void give_lock(void) { pthread_mutex_unlock(&lock); }

static void prepare(void) {
    has_key = pthread_key_create(&leaving, leave) == 0; // without a key, blocks are not used again
    pthread_atfork(take_lock, give_lock, give_lock);
}

static struct pm_block *block_new(void) {
    struct pm_block *block =
        mmap(NULL, block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) return NULL;
    block->older = newest;
    __atomic_store_n(&newest, block, __ATOMIC_RELEASE); // pairs with pm_block_newest
    return block;
}

// Gives the calling thread a block: one that a thread has left, or a new one.
static struct pm_block *attach(void) {
    pthread_once(&once, prepare);
    pthread_mutex_lock(&lock);
    struct pm_block *block = spare;
    if (block) {
        spare = block->spare;
    } else {
        block = block_new();
    }
    pthread_mutex_unlock(&lock);
    if (!block) return NULL;
    // A thread that was cancelled amid a histogram left an odd number.
    uint64_t sequence = __atomic_load_n(&block->sequence, __ATOMIC_RELAXED);
    __atomic_store_n(&block->sequence, sequence + (sequence & 1), __ATOMIC_RELAXED);
    if (has_key) pthread_setspecific(leaving, block);
    pm_block_mine = block;
    return block;
}

static uint64_t *chunk_new(void) {
    uint64_t *chunk = aligned_alloc(64, PM_CHUNK_CELLS * sizeof *chunk);
    if (chunk) memset(chunk, 0, PM_CHUNK_CELLS * sizeof *chunk);
    return chunk;
}

uint64_t *pm_cell_try(uint32_t cell) {
    struct pm_block *block = pm_block_mine;
    if (block == nothing()) block = attach();
    if (!block) return NULL;
    uint64_t **place = &block->chunks[cell >> PM_CHUNK_SHIFT];
    uint64_t *chunk = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (!chunk) { // a block that a thread has left may have it
        chunk = chunk_new();
        if (!chunk) return NULL;
        __atomic_store_n(place, chunk, __ATOMIC_RELEASE); // pairs with pm_block_chunk
    }
    return chunk + (cell & (PM_CHUNK_CELLS - 1));
}

uint64_t *pm_cell_make(uint32_t cell) {
    uint64_t *words = pm_cell_try(cell);
    return words ? words : discard;
}

void pm_cell_add_first(uint32_t cell, uint64_t amount) {
    if (cell & PM_CELL_SPECIAL) {
        pm_special_add(cell ^ PM_CELL_SPECIAL, amount);
    } else {
        pm_word_add(pm_cell_make(cell), amount);
    }
}

void pm_cell_add_double_first(uint32_t cell, double amount) {
    if (cell & PM_CELL_SPECIAL) {
        pm_special_add_double(cell ^ PM_CELL_SPECIAL, amount);
    } else {
        pm_word_add_double(pm_cell_make(cell), amount);
    }
}

const struct pm_block *pm_block_newest(void) { return __atomic_load_n(&newest, __ATOMIC_ACQUIRE); }

uint32_t pm_chunk_reserve(void) {
    pthread_mutex_lock(&lock);
    uint32_t chunk = chunks_reserved < PM_CHUNK_LIMIT - 1 ? ++chunks_reserved : 0;
    pthread_mutex_unlock(&lock);
    return chunk;
}

uint32_t pm_chunk_reserve_shared(void) {
    uint64_t *words = chunk_new();
    if (!words) return 0;
    uint32_t chunk = pm_chunk_reserve();
    if (chunk == 0) {
        free(words);
        return 0;
    }
    // A cell's number reaches other threads by what publishes it, so this store needs no order of its own.
    __atomic_store_n(&pm_shared_chunks[chunk], words, __ATOMIC_RELEASE);
    return chunk;
}

bool pm_group_read(const struct pm_block *block, const uint64_t *words, uint32_t count, uint64_t *out) {
    // A thread that records nothing but histograms leaves gaps of a few nanoseconds, and only some reads fit
    // into one; 256 tries of about 20 ns are the most that a scrape waits for one thread's series.
    for (int try = 0; try < 256; try++) {
        uint64_t before = __atomic_load_n(&block->sequence, __ATOMIC_ACQUIRE);
        for (uint32_t i = 0; i < count; i++) out[i] = __atomic_load_n(&words[i], __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        uint64_t after = __atomic_load_n(&block->sequence, __ATOMIC_RELAXED);
        if (before == after && (before & 1) == 0) return true;
    }
    return false;
}
