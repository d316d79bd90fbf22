#pragma once
// How the C library keeps memory that was let go of.
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// From now on blocks of `bytes` and more go back to the system as soon as they are freed, and twice as much is kept
// of smaller ones. Otherwise glibc raises its own bound to the largest block it has seen freed, up to 32 MiB, and
// keeps as much in the heap of each thread. What the environment says (MALLOC_..._) goes before. For a program's
// start, before there are other threads.
static inline void pm_memory_return_blocks(int bytes) {
#if defined(__GLIBC__)
    if (getenv("MALLOC_MMAP_THRESHOLD_") || getenv("MALLOC_TRIM_THRESHOLD_")) return;
    mallopt(M_MMAP_THRESHOLD, bytes);
    mallopt(M_TRIM_THRESHOLD, 2 * bytes);
#else
    (void)bytes;
#endif
}
