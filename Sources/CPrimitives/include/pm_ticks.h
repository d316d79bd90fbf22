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

// Found out once a process, at the first call.
bool pm_ticks_are_steady(void);

// 0: not known yet, 1: the counter, 2: the monotonic clock.
extern int pm_tick_source;

uint64_t pm_steady_ticks_slowly(void) __attribute__((noinline, cold));

// The counter where it is steady, else nanoseconds of the monotonic clock.
static inline uint64_t pm_steady_ticks(void) {
    if (__builtin_expect(__atomic_load_n(&pm_tick_source, __ATOMIC_RELAXED) == 1, 1)) return pm_ticks();
    return pm_steady_ticks_slowly();
}

// The steady ticks and a clock at one instant.
struct pm_tick_reading {
    uint64_t ticks;
    uint64_t monotonic;
    uint64_t unix_time; // some 20 ns late
    uint64_t width; // in ticks: the instant is known to half of it
};

// The tightest of so many tries, 80 ns each: a thread that was put aside between two readings does not count.
struct pm_tick_reading pm_tick_read(int tries);

// The reading that was taken when the library was loaded.
struct pm_tick_reading pm_tick_origin(void);

// Nanoseconds a tick.
//
// The rate is measured against the monotonic clock, from the reading at load on. The first call sleeps until
// the bounds of the two readings allow no error above 50 ppm: about 2 ms after the load, so that a process
// older than that does not notice. From then on it is measured anew whenever the window has doubled, and each
// minute over the last one or two, once that is 64 s.
extern uint64_t pm_tick_due;  // the ticks from which on the rate is measured anew; 0 before the first time
extern uint64_t pm_tick_bits; // the rate
void pm_tick_measure(void) __attribute__((noinline, cold));

static inline double pm_tick_rate(uint64_t now) {
    if (__builtin_expect(now >= __atomic_load_n(&pm_tick_due, __ATOMIC_ACQUIRE), 0)) pm_tick_measure();
    uint64_t bits = __atomic_load_n(&pm_tick_bits, __ATOMIC_RELAXED);
    double rate;
    __builtin_memcpy(&rate, &bits, 8);
    return rate;
}

// The most by which the present rate can be off, as a share: 50e-6 at first.
double pm_tick_error(void);

// The seconds between two steady ticks; 0 when `to` is not the later one.
static inline double pm_tick_seconds(uint64_t from, uint64_t to) {
    double rate = pm_tick_rate(to);
    return to > from ? (double)(to - from) * rate * 1e-9 : 0;
}
