#pragma once
#include <errno.h>
#include <stdint.h>
#include <time.h>

// Nanoseconds since the Unix epoch, by the wall clock.
static inline uint64_t pm_clock_realtime(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// Nanoseconds of a clock that never jumps; its zero has no meaning.
static inline uint64_t pm_clock_monotonic(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// Sleeps for so many nanoseconds, through signals.
static inline void pm_clock_sleep(uint64_t nanoseconds) {
    struct timespec left = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}
