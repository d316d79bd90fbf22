#pragma once
#include <stdint.h>

// A small number for the calling thread: 1, 2, 3 ... in the order in which threads first ask.
// It is a hint for spreading work, not an identity: it is never given back.
extern _Thread_local uint32_t pm_thread_number_cached __attribute__((tls_model("initial-exec")));

uint32_t pm_thread_number_assign(void);

static inline uint32_t pm_thread_number(void) {
    uint32_t number = pm_thread_number_cached;
    return __builtin_expect(number != 0, 1) ? number : pm_thread_number_assign();
}
