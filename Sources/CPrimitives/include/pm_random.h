#pragma once
#include <stdint.h>

// Random 64-bit words for ids and jitter, not for secrets: xoshiro256++ with a state a thread.
//
// The state is seeded by getrandom(2) at a thread's first word, and again in the child after fork(2),
// so that no two threads or processes draw the same sequence.
// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.

struct pm_random_state {
    uint64_t word[4]; // all zero: not seeded; the generator itself never gets there
};
extern _Thread_local struct pm_random_state pm_random_state __attribute__((tls_model("initial-exec")));

void pm_random_seed(void);

static inline uint64_t pm_random_rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

// One step of a state that is in the caller's hands.
static inline uint64_t pm_random_step(struct pm_random_state *state) {
    uint64_t *s = state->word;
    uint64_t result = pm_random_rotate(s[0] + s[3], 23) + s[0];
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = pm_random_rotate(s[3], 45);
    return result;
}

static inline void pm_random_ready(void) {
    const uint64_t *s = pm_random_state.word;
    if (__builtin_expect((s[0] | s[1] | s[2] | s[3]) == 0, 0)) pm_random_seed();
}

// 64 random bits.
static inline uint64_t pm_random_word(void) {
    pm_random_ready();
    return pm_random_step(&pm_random_state);
}

// What the root of a trace needs, drawn with the state in registers.
struct pm_random_ids {
    uint64_t trace_high, trace_low, span;
};

static inline struct pm_random_ids pm_random_ids(void) {
    pm_random_ready();
    struct pm_random_state s = pm_random_state;
    struct pm_random_ids ids;
    ids.trace_high = pm_random_step(&s);
    ids.trace_low = pm_random_step(&s);
    ids.span = pm_random_step(&s);
    pm_random_state = s;
    return ids;
}
