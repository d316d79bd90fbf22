#include "pm_thread.h"

_Thread_local uint32_t pm_thread_number_cached __attribute__((tls_model("initial-exec")));

uint32_t pm_thread_number_assign(void) {
    static uint32_t last;
    uint32_t number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    pm_thread_number_cached = number ? number : 1;
    return pm_thread_number_cached;
}
