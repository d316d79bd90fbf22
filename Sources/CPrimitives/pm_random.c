#define _GNU_SOURCE
#include "pm_random.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "pm_clock.h"

_Thread_local struct pm_random_state pm_random_state __attribute__((tls_model("initial-exec")));

static pthread_once_t once = PTHREAD_ONCE_INIT;

// Runs in the one thread that the child has: its state is a copy of the parent's.
static void forget(void) { memset(&pm_random_state, 0, sizeof pm_random_state); }

static void watch_fork(void) { pthread_atfork(NULL, NULL, forget); }

void pm_random_seed(void) {
    struct pm_random_state *s = &pm_random_state;
    pthread_once(&once, watch_fork);
    if (getrandom(s->word, sizeof s->word, 0) == (ssize_t)sizeof s->word) {
        s->word[0] |= (s->word[0] | s->word[1] | s->word[2] | s->word[3]) == 0;
        return;
    }
    // No entropy to be had (a sandbox without the call): clocks and the thread's own address must do.
    uint64_t mixed = pm_clock_realtime() ^ pm_clock_monotonic() << 20 ^ (uint64_t)(uintptr_t)s;
    for (int i = 0; i < 4; i++) { // splitmix64, which never gives four zeros
        mixed += 0x9e3779b97f4a7c15ull;
        uint64_t z = mixed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ z >> 27) * 0x94d049bb133111ebull;
        s->word[i] = z ^ z >> 31;
    }
}
