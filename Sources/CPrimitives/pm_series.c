#define _GNU_SOURCE
#include "pm_series.h"

#include <stdlib.h>
#include <sys/random.h>

#include "pm_random.h"

#define PM_INLINE static inline __attribute__((always_inline))
#define PM_UNROLL _Pragma("clang loop unroll(full)")

struct pm_table {
    struct pm_table *older; // readers may still walk it, so it stays until the family goes
    uint64_t mask;
    uint64_t slots[];
};

struct pm_arena_chunk {
    struct pm_arena_chunk *older;
    size_t size, free; // of bytes; the free ones come first
    uint8_t bytes[];
};

enum { SLACK = 16, FIRST_CHUNK = 512, LARGEST_CHUNK = 64 << 10, FIRST_SLOTS = 8 };
static const uint64_t address_bits = 0x0000ffffffffffffull;

// The table of a family without series: one slot, empty and never filled.
static uint64_t no_slots[sizeof(struct pm_table) / 8 + 1];
static struct pm_table *no_table(void) { return (struct pm_table *)(void *)no_slots; }

static const uint8_t discard_record[PM_SERIES_HEAD + SLACK];
const pm_series pm_series_discard = discard_record + PM_SERIES_HEAD;

// What stands in the slot of a series that was removed. It equals no values: its sizes are those of a record for
// the slow comparison, which finds a first value there of a length that none has.
static const uint8_t removed_record[PM_SERIES_HEAD + 12 + SLACK] = {
    [6] = 0xff,  [7] = 0xff,  [8] = 0xff,  [9] = 0xff,                // sizes
    [17] = 0xff, [18] = 0xff, [19] = 0xff, [20] = 0xff, [21] = 0x7f, // behind tag, 0, tag, 0, tag, 0, tag
};
static const pm_series removed = removed_record + PM_SERIES_HEAD;

// ---- values

// A value in the form that hashing and comparing want: up to 15 bytes in place, with their number in bits 56
// to 59 of `high`; of longer ones the first 16 bytes, the last 16, and where they all stand.
struct value {
    uint64_t low, high;
    uint64_t last_low, last_high;
    const uint8_t *bytes;
    size_t count;
};

PM_INLINE struct value value_of_long(const uint8_t *bytes, size_t count) {
    const uint8_t *last = bytes + count - 16;
    return (struct value){
        .low = pm_load64(bytes),
        .high = pm_load64(bytes + 8),
        .last_low = pm_load64(last),
        .last_high = pm_load64(last + 8),
        .bytes = bytes,
        .count = count,
    };
}

static struct value value_of_bytes(const uint8_t *bytes, size_t count) {
    if (count > 15) return value_of_long(bytes, count);
    struct value v = {.bytes = bytes, .count = count};
    pm_load_short(bytes, count, &v.low, &v.high);
    v.high |= (uint64_t)count << 56;
    return v;
}

// A Swift String of the usual kind: small, or with more than 15 bytes in a row.
PM_INLINE struct value value_of_usual(uint64_t first, uint64_t second) {
    if (!pm_string_is_small(second)) return value_of_long(pm_string_bytes(second), pm_string_count(first));
    return (struct value){
        .low = first, .high = second & 0x0fffffffffffffffull, .count = pm_string_small_count(second)};
}

// Whether it is of the usual kind and has at most `longest` bytes.
PM_INLINE bool is_usual(uint64_t first, uint64_t second, int64_t longest) {
    bool is_small = pm_string_is_small(second);
    size_t count = is_small ? pm_string_small_count(second) : pm_string_count(first);
    return (is_small | (pm_string_is_direct(first, second) & (count > 15))) & ((int64_t)count <= longest);
}

// ---- hash

PM_INLINE uint64_t multiply(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// Of a value of more than 32 bytes, what is neither among its first nor its last 16.
static __attribute__((noinline)) uint64_t hash_middle(uint64_t key0, uint64_t key1, const uint8_t *bytes,
                                                      size_t count) {
    uint64_t hash = count;
    for (size_t i = 16; i + 16 < count; i += 16) {
        hash = multiply(pm_load64(bytes + i) ^ key0 ^ hash, pm_load64(bytes + i + 8) ^ key1);
    }
    return hash;
}

// Two keys a value, so that the multiplications of several values run side by side.
PM_INLINE uint64_t hash_value(const uint64_t *keys, const struct value *v) {
    uint64_t hash = multiply(v->low ^ keys[0], v->high ^ keys[1]);
    if (v->count > 15) {
        uint64_t middle = v->count > 32 ? hash_middle(keys[0], keys[1], v->bytes, v->count) : v->count;
        hash += multiply(v->last_low ^ keys[1] ^ middle, v->last_high ^ keys[0]);
    }
    return hash;
}

PM_INLINE uint64_t hash_step(const struct pm_family *family, uint32_t label, const struct value *v, uint64_t hash) {
    if (label >= PM_SERIES_VALUES) hash = hash << 7 | hash >> 57; // the keys come round again
    return hash + hash_value(family->keys + 2 * (label % PM_SERIES_VALUES), v);
}

// The low bits choose the slot and the high ones are kept in it, so both must depend on everything.
PM_INLINE uint64_t hash_end(uint64_t hash) { return hash ^ hash >> 29; }

// ---- comparing

// Ones over as many bytes as the index says.
#define PM_ONES(n) ((n) >= 8 ? ~0ull : (1ull << ((n) % 8 * 8)) - 1)
#define PM_MASK(n) {PM_ONES(n), (n) > 8 ? PM_ONES((n) % 8) : 0}
static const uint64_t masks[16][2] = {
    PM_MASK(0), PM_MASK(1), PM_MASK(2),  PM_MASK(3),  PM_MASK(4),  PM_MASK(5),  PM_MASK(6),  PM_MASK(7),
    PM_MASK(8), PM_MASK(9), PM_MASK(10), PM_MASK(11), PM_MASK(12), PM_MASK(13), PM_MASK(14), PM_MASK(15),
};

// Zero when the bytes at `at` are the value's, whose length is known to be the same.
PM_INLINE uint64_t differs(const struct value *v, const uint8_t *at) {
    uint64_t low = pm_load64(at) ^ v->low, high = pm_load64(at + 8) ^ v->high;
    if (v->count <= 15) return (low & masks[v->count][0]) | (high & masks[v->count][1]);
    const uint8_t *last = at + v->count - 16;
    low |= pm_load64(last) ^ v->last_low;
    high |= pm_load64(last + 8) ^ v->last_high;
    if (v->count > 32) high |= (uint64_t)(memcmp(at + 16, v->bytes + 16, v->count - 32) != 0);
    return low | high;
}

PM_INLINE uint32_t series_sizes(pm_series series) {
    uint32_t sizes;
    memcpy(&sizes, series - 4, 4);
    return sizes;
}

PM_INLINE bool is_short(pm_series series, const struct pm_family *family, const struct value *values,
                        uint32_t count, uint32_t sizes) {
    if (series_sizes(series) != sizes) return false;
    uint64_t difference = 0;
    size_t before = 0;
    PM_UNROLL
    for (uint32_t i = 0; i < count; i++) {
        difference |= differs(&values[i], series + family->starts[i] + before);
        before += values[i].count;
    }
    return difference == 0;
}

static size_t read_length(const uint8_t **at) {
    size_t length = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        length |= (size_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return length;
    }
}

// Walks attributes of any length: tag, length, 0a, length, key, 12, length, 0a, length, value.
static bool is_any(pm_series series, const struct pm_text *values, uint32_t count) {
    const uint8_t *at = series;
    for (uint32_t i = 0; i < count; i++) {
        at++;
        read_length(&at);
        at++;
        size_t key = read_length(&at);
        at += key + 1;
        read_length(&at);
        at++;
        size_t size = read_length(&at);
        if (size != values[i].count || (size && memcmp(at, values[i].bytes, size) != 0)) return false;
        at += size;
    }
    return true;
}

// ---- looking up

// Walks the slots from a hash's on; `MATCHES` tests the series that has the hash's high bits.
#define PM_PROBE(family, hash, MATCHES)                                                    \
    const struct pm_table *table = __atomic_load_n(&(family)->table, __ATOMIC_ACQUIRE);    \
    for (uint64_t i = (hash) & table->mask;; i = (i + 1) & table->mask) {                  \
        uint64_t slot = __atomic_load_n(&table->slots[i], __ATOMIC_ACQUIRE);               \
        if (!slot) return NULL;                                                            \
        if (((slot ^ (hash)) & ~address_bits) == 0) {                                      \
            pm_series series = (pm_series)(uintptr_t)(slot & address_bits);                \
            if (MATCHES) return series;                                                    \
        }                                                                                  \
    }

PM_INLINE pm_series find_short(const struct pm_family *family, const struct value *values, uint32_t count) {
    uint64_t hash = 0;
    uint32_t sizes = 0;
    PM_UNROLL
    for (uint32_t i = 0; i < count; i++) {
        hash = hash_step(family, i, &values[i], hash);
        sizes |= (uint32_t)values[i].count << (8 * i);
    }
    hash = hash_end(hash);
    PM_PROBE(family, hash, is_short(series, family, values, count, sizes))
}

static uint64_t hash_texts(const struct pm_family *family, const struct pm_text *values) {
    uint64_t hash = 0;
    for (uint32_t i = 0; i < family->labels; i++) {
        struct value v = value_of_bytes(values[i].bytes, values[i].count);
        hash = hash_step(family, i, &v, hash);
    }
    return hash_end(hash);
}

pm_series pm_family_find(const struct pm_family *family, const struct pm_text *values) {
    uint64_t hash = hash_texts(family, values);
    PM_PROBE(family, hash, is_any(series, values, family->labels))
}

// Strings that are not all of the usual kind: long ones, or a few bytes in the large form, as a string has
// that was cut down or had room reserved.
static __attribute__((noinline)) pm_series find_unusual(const struct pm_family *family, const uint64_t *words) {
    struct pm_text texts[PM_SERIES_VALUES];
    for (uint32_t i = 0; i < family->labels; i++) {
        uint64_t first = words[2 * i], second = words[2 * i + 1];
        if (pm_string_is_small(second)) {
            texts[i] = (struct pm_text){(const uint8_t *)&words[2 * i], pm_string_small_count(second)};
        } else if (pm_string_is_direct(first, second)) {
            texts[i] = (struct pm_text){pm_string_bytes(second), pm_string_count(first)};
        } else {
            return NULL;
        }
    }
    return pm_family_find(family, texts);
}

// A front leaves out the values that are not kept and asks another family with the others.
static __attribute__((noinline, cold)) pm_series find_behind(const struct pm_family *family, const uint64_t *w,
                                                             uint32_t count) {
    if (!family->reads_strings | (family->given != count)) return NULL;
    const struct pm_family *target = family->target;
    if (!target) return __atomic_load_n(&family->only, __ATOMIC_ACQUIRE);
    uint64_t k[2 * PM_SERIES_VALUES];
    for (uint32_t i = 0; i < family->kept_count; i++) memcpy(k + 2 * i, w + 2 * family->kept[i], 16);
    switch (family->kept_count) {
    case 1: return pm_family_find1(target, k[0], k[1]);
    case 2: return pm_family_find2(target, k[0], k[1], k[2], k[3]);
    case 3: return pm_family_find3(target, k[0], k[1], k[2], k[3], k[4], k[5]);
    case 4: return pm_family_find4(target, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]);
    default: return NULL;
    }
}

// The number of strings is known where this is inlined, and no address is taken on the usual way, so that all
// of it is done in registers.
PM_INLINE pm_series find_strings(const struct pm_family *family, const uint64_t *words, uint32_t count) {
    struct value values[PM_SERIES_VALUES];
    if (__builtin_expect(!family->reads_strings | (family->labels != count), 0)) {
        uint64_t copy[2 * PM_SERIES_VALUES];
        memcpy(copy, words, 2 * count * sizeof *copy);
        return find_behind(family, copy, count);
    }
    bool usual = true;
    PM_UNROLL
    for (uint32_t i = 0; i < count; i++) usual &= is_usual(words[2 * i], words[2 * i + 1], family->longest[i]);
    if (__builtin_expect(!usual, 0)) {
        uint64_t copy[2 * PM_SERIES_VALUES];
        memcpy(copy, words, 2 * count * sizeof *copy);
        return find_unusual(family, copy);
    }
    PM_UNROLL
    for (uint32_t i = 0; i < count; i++) values[i] = value_of_usual(words[2 * i], words[2 * i + 1]);
    return find_short(family, values, count);
}

pm_series pm_family_find1(const struct pm_family *family, uint64_t a0, uint64_t a1) {
    uint64_t words[] = {a0, a1};
    return find_strings(family, words, 1);
}

pm_series pm_family_find2(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1) {
    uint64_t words[] = {a0, a1, b0, b1};
    return find_strings(family, words, 2);
}

pm_series pm_family_find3(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1,
                          uint64_t c0, uint64_t c1) {
    uint64_t words[] = {a0, a1, b0, b1, c0, c1};
    return find_strings(family, words, 3);
}

pm_series pm_family_find4(const struct pm_family *family, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1,
                          uint64_t c0, uint64_t c1, uint64_t d0, uint64_t d1) {
    uint64_t words[] = {a0, a1, b0, b1, c0, c1, d0, d1};
    return find_strings(family, words, 4);
}

// ---- inserting

static struct pm_table *table_new(uint64_t slots, struct pm_table *older) {
    struct pm_table *table = calloc(1, sizeof *table + slots * sizeof(uint64_t));
    if (!table) return NULL;
    table->older = older;
    table->mask = slots - 1;
    return table;
}

// The series that a slot holds, or `removed`.
static pm_series slot_series(uint64_t slot) { return (pm_series)(uintptr_t)(slot & address_bits); }

// Puts a series that is not there into the first slot that holds none; true when that slot was empty.
static bool table_put(struct pm_table *table, uint64_t hash, pm_series series) {
    uint64_t i = hash & table->mask;
    // Only whoever inserts or removes writes slots, and they hold a lock.
    while (table->slots[i] && slot_series(table->slots[i]) != removed) i = (i + 1) & table->mask;
    bool was_empty = !table->slots[i];
    uint64_t slot = (hash & ~address_bits) | (uint64_t)(uintptr_t)series;
    __atomic_store_n(&table->slots[i], slot, __ATOMIC_RELEASE); // pairs with the load in PM_PROBE
    return was_empty;
}

// The hash of a record, from the values in its attributes.
static uint64_t hash_record(const struct pm_family *family, pm_series series) {
    const uint8_t *at = series;
    uint64_t hash = 0;
    for (uint32_t i = 0; i < family->labels; i++) {
        at++;
        read_length(&at);
        at++;
        size_t key = read_length(&at);
        at += key + 1;
        read_length(&at);
        at++;
        size_t size = read_length(&at);
        struct value v = value_of_bytes(at, size);
        hash = hash_step(family, i, &v, hash);
        at += size;
    }
    return hash_end(hash);
}

static bool table_grow(struct pm_family *family) {
    struct pm_table *old = family->table;
    bool is_first = old == no_table();
    // When half of the slots or more are those of removed series, dropping them makes room enough.
    uint64_t slots = family->count > (old->mask + 1) / 2 ? (old->mask + 1) * 2 : old->mask + 1;
    struct pm_table *table = table_new(is_first ? FIRST_SLOTS : slots, is_first ? NULL : old);
    if (!table) return false;
    for (uint64_t i = 0; i <= old->mask; i++) {
        pm_series series = slot_series(old->slots[i]);
        if (!series || series == removed) continue;
        table_put(table, hash_record(family, series), series);
    }
    family->used = family->count;
    __atomic_store_n(&family->table, table, __ATOMIC_RELEASE); // pairs with the load in PM_PROBE
    return true;
}

// Memory for a record, from the end of the newest chunk downwards.
static uint8_t *arena_take(struct pm_family *family, size_t bytes) {
    struct pm_arena_chunk *chunk = family->chunks;
    if (!chunk || chunk->free < bytes) {
        size_t size = chunk ? chunk->size * 2 : FIRST_CHUNK;
        if (size > LARGEST_CHUNK) size = LARGEST_CHUNK;
        if (size < bytes) size = bytes;
        struct pm_arena_chunk *fresh = calloc(1, sizeof *fresh + size + SLACK);
        if (!fresh) return NULL;
        *fresh = (struct pm_arena_chunk){.older = chunk, .size = size, .free = size};
        family->chunks = chunk = fresh;
    }
    chunk->free -= bytes;
    return chunk->bytes + chunk->free;
}

static uint32_t sizes_of(const struct pm_family *family, const struct pm_text *values) {
    uint32_t sizes = 0;
    for (uint32_t i = 0; i < family->labels && i < PM_SERIES_VALUES; i++) {
        if ((int64_t)values[i].count > family->longest[i]) return UINT32_MAX;
        sizes |= (uint32_t)values[i].count << (8 * i);
    }
    return sizes;
}

// Writes a record down; NULL when there is no memory, or none at an address that a slot can hold.
static uint8_t *record_new(struct pm_family *family, uint32_t cell, uint32_t sizes, const uint8_t *attributes,
                           uint16_t length) {
    uint8_t *head = arena_take(family, (size_t)PM_SERIES_HEAD + length);
    if (!head || (uint64_t)(uintptr_t)head & ~address_bits) return NULL;
    memcpy(head, &cell, 4);
    memcpy(head + 4, &length, 2);
    memcpy(head + 6, &sizes, 4);
    if (length) memcpy(head + PM_SERIES_HEAD, attributes, length);
    return head + PM_SERIES_HEAD;
}

pm_series pm_family_insert(struct pm_family *family, uint32_t cell, const uint8_t *attributes, uint16_t length,
                           const struct pm_text *values) {
    bool is_full = (uint64_t)family->used + 1 > (family->table->mask + 1) / 8 * 7;
    if (values && is_full && !table_grow(family)) return NULL;
    uint32_t sizes = values ? sizes_of(family, values) : UINT32_MAX;
    pm_series series = record_new(family, cell, sizes, attributes, length);
    if (series && values) {
        family->used += table_put(family->table, hash_texts(family, values), series);
        family->count++;
    }
    return series;
}

pm_series pm_family_annex(struct pm_family *family, uint32_t cell, const uint8_t *attributes, uint16_t length) {
    return record_new(family, cell, UINT32_MAX, attributes, length);
}

bool pm_family_remove(struct pm_family *family, pm_series series) {
    struct pm_table *table = family->table;
    uint64_t i = hash_record(family, series) & table->mask;
    for (; slot_series(table->slots[i]) != series; i = (i + 1) & table->mask) {
        if (!table->slots[i]) return false;
    }
    // With the old hash's bits, though no hash would do harm. An older table may still lead to the series.
    uint64_t slot = (table->slots[i] & ~address_bits) | (uint64_t)(uintptr_t)removed;
    __atomic_store_n(&table->slots[i], slot, __ATOMIC_RELEASE);
    family->count--;
    return true;
}

// ---- making

void pm_family_start(struct pm_family *family, const size_t *key_sizes, uint32_t labels) {
    *family = (struct pm_family){.table = no_table(), .labels = labels};
    if (getrandom(family->keys, sizeof family->keys, GRND_NONBLOCK) != (ssize_t)sizeof family->keys) {
        for (int i = 0; i < 8; i++) family->keys[i] = pm_random_word();
    }
    size_t start = 0;
    for (uint32_t i = 0; i < labels && i < PM_SERIES_VALUES; i++) {
        start += key_sizes[i] + 8; // tag, length, 0a, length, key, 12, length, 0a, length
        // The length of the KeyValue counts six of those eight bytes, the key and the value.
        bool fits = key_sizes[i] + 6 <= 127;
        family->starts[i] = (uint16_t)start;
        family->longest[i] = fits ? (int16_t)(127 - 6 - key_sizes[i]) : -1;
    }
}

void pm_family_start_front(struct pm_family *front, const struct pm_family *target, uint32_t given,
                           const uint8_t *kept, uint32_t kept_count) {
    *front = (struct pm_family){
        .table = no_table(),
        .labels = UINT32_MAX,
        .reads_strings = target->reads_strings,
        .refused = target->refused,
        .buckets = target->buckets,
        .given = given,
        .target = kept_count ? target : NULL,
        .kept_count = kept_count,
    };
    for (uint32_t i = 0; i < kept_count && i < PM_SERIES_VALUES; i++) front->kept[i] = kept[i];
}

void pm_family_set_only(struct pm_family *front, pm_series series) {
    __atomic_store_n(&front->only, series, __ATOMIC_RELEASE); // pairs with the load in find_behind
}

void pm_family_end(struct pm_family *family) {
    struct pm_table *first = family->table == no_table() ? NULL : family->table;
    for (struct pm_table *table = first, *older; table; table = older) {
        older = table->older;
        free(table);
    }
    for (struct pm_arena_chunk *chunk = family->chunks, *older; chunk; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
}

size_t pm_family_bytes(const struct pm_family *family) {
    size_t bytes = sizeof *family;
    for (const struct pm_table *t = family->table; t; t = t->older) bytes += sizeof *t + (t->mask + 1) * 8;
    for (const struct pm_arena_chunk *c = family->chunks; c; c = c->older) bytes += sizeof *c + c->size + SLACK;
    return bytes;
}
