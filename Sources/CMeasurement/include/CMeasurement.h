#pragma once
#include <stdbool.h>
#include <stdint.h>

// What measurements of record paths need of the process, and no library has: a program that links this target
// gets a memory allocator that counts, which is the C library's own behind it.

// How often the calling thread has asked for memory: malloc, calloc, realloc and the aligned forms.
uint64_t pm_allocations_mine(void);

// Whether they are counted: not with a sanitizer, which has an allocator of its own, nor without glibc.
bool pm_allocations_are_counted(void);

// Takes the processor's counter for steady from now on, so that instructions are the same on all machines.
// To be called before anything is recorded; times are worth nothing where the counter is not steady.
void pm_ticks_assume_steady(void);
