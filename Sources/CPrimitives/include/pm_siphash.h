#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// SipHash-2-4 of `length` bytes under a 128-bit key: a keyed 64-bit fingerprint that is the same in every
// process that has the key. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.

static inline uint64_t pm_siphash_rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

static inline void pm_siphash_round(uint64_t v[4]) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = pm_siphash_rotate(v[1], 13) ^ v[0];
    v[3] = pm_siphash_rotate(v[3], 16) ^ v[2];
    v[0] = pm_siphash_rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = pm_siphash_rotate(v[1], 17) ^ v[2];
    v[3] = pm_siphash_rotate(v[3], 21) ^ v[0];
    v[2] = pm_siphash_rotate(v[2], 32);
}

static inline uint64_t pm_siphash24(uint64_t k0, uint64_t k1, const void *data, size_t length) {
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575ull, k1 ^ 0x646f72616e646f6dull, k0 ^ 0x6c7967656e657261ull,
                     k1 ^ 0x7465646279746573ull};
    const uint8_t *bytes = data;
    size_t rest = length;
    for (; rest >= 8; rest -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        v[3] ^= word;
        pm_siphash_round(v);
        pm_siphash_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)length << 56;
    for (size_t i = 0; i < rest; i++) last |= (uint64_t)bytes[i] << (8 * i);
    v[3] ^= last;
    pm_siphash_round(v);
    pm_siphash_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) pm_siphash_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
