#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "pm_clock.h"

// The processor's own counter: a third of the price of clock_gettime(2), in a unit of its own.
// Only to be used when pm_ticks_are_steady() says that it runs at one rate on all cores.

static inline uint64_t pm_ticks(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#else
    return pm_clock_monotonic();
#endif
}

bool pm_ticks_are_steady(void);
