#include "pm_ticks.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>

// The kernel watches the counter and turns to another clock when it finds it unsteady.
static bool kernel_trusts_it(void) {
    char text[8] = {0};
    int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length >= 4 && memcmp(text, "tsc\n", 4) == 0;
}

static bool is_steady(void) {
    unsigned a, b, c, d;
    const unsigned invariant = 1u << 8; // CPUID 0x80000007, EDX bit 8: one rate in all power states
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & invariant) && kernel_trusts_it();
}
#else
// The generic timer of Arm is steady by its architecture, and so is the monotonic clock elsewhere.
static bool is_steady(void) { return true; }
#endif

int pm_tick_source;
uint64_t pm_tick_due;
uint64_t pm_tick_bits;

// Threads that ask at once find the same, unless the kernel changes its mind in between: the first one holds.
bool pm_ticks_are_steady(void) {
    int source = __atomic_load_n(&pm_tick_source, __ATOMIC_RELAXED);
    if (source == 0) {
        int found = is_steady() ? 1 : 2;
        if (__atomic_compare_exchange_n(
                &pm_tick_source, &source, found, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            source = found;
    }
    return source == 1;
}

uint64_t pm_steady_ticks_slowly(void) { return pm_ticks_are_steady() ? pm_ticks() : pm_clock_monotonic(); }

static struct pm_tick_reading read_all(uint64_t (*ticks)(void), int tries) {
    struct pm_tick_reading best = {0};
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < tries; i++) {
        uint64_t before = ticks();
        uint64_t monotonic = pm_clock_monotonic();
        uint64_t middle = ticks();
        uint64_t unix_time = pm_clock_realtime();
        uint64_t whole = ticks() - before;
        if (whole >= shortest) continue;
        shortest = whole;
        uint64_t width = middle - before + 1; // a bound of nothing would be a lie
        best = (struct pm_tick_reading){before + width / 2, monotonic, unix_time, width};
    }
    return best;
}

static uint64_t counter(void) { return pm_ticks(); }
static uint64_t steady(void) { return pm_steady_ticks(); }

struct pm_tick_reading pm_tick_read(int tries) { return read_all(steady, tries); }

static struct pm_tick_reading at_load;

__attribute__((constructor)) static void look(void) { at_load = read_all(counter, 8); }

struct pm_tick_reading pm_tick_origin(void) { return at_load; }

static uint64_t error_bits;

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static double value_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

double pm_tick_error(void) {
    pm_tick_rate(0);
    return value_of(__atomic_load_n(&error_bits, __ATOMIC_RELAXED));
}

// The rate between two readings; 0 when there is none.
static double rate_between(const struct pm_tick_reading *from, const struct pm_tick_reading *to, double *error) {
    if (to->ticks <= from->ticks || to->monotonic <= from->monotonic) return 0;
    double passed = (double)(to->ticks - from->ticks);
    *error = ((double)from->width + (double)to->width) / 2 / passed;
    return (double)(to->monotonic - from->monotonic) / passed;
}

// The first time. Threads that ask at once all measure, and the first one's rate holds: nobody waits for
// another, who may be gone after a fork.
static void measure_first(void) {
    struct pm_tick_reading now;
    double rate = 1, error = 0;
    uint64_t due = UINT64_MAX;
    if (pm_ticks_are_steady()) {
        for (int i = 0; i < 40; i++) {
            now = pm_tick_read(8);
            rate = rate_between(&at_load, &now, &error);
            if (rate > 0 && error <= 50e-6) break;
            nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
        }
        due = now.ticks + (now.ticks - at_load.ticks);
        if (!(rate > 0)) rate = 1; // a clock that stands still
    }
    uint64_t none = 0;
    if (!__atomic_compare_exchange_n(
            &pm_tick_bits, &none, bits_of(rate), false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return;
    __atomic_store_n(&error_bits, bits_of(error), __ATOMIC_RELAXED);
    __atomic_store_n(&pm_tick_due, due, __ATOMIC_RELEASE);
}

// Whoever takes the due time away is alone with these until it is set again.
static struct pm_tick_reading window_start, window_end;

void pm_tick_measure(void) {
    uint64_t due = __atomic_load_n(&pm_tick_due, __ATOMIC_ACQUIRE);
    if (due == 0) {
        if (__atomic_load_n(&pm_tick_bits, __ATOMIC_RELAXED) == 0) measure_first();
        return;
    }
    struct pm_tick_reading now = pm_tick_read(8);
    if (now.ticks < due) return; // asked about ticks that are still to come
    if (!__atomic_compare_exchange_n(
            &pm_tick_due, &due, UINT64_MAX, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    if (window_start.ticks == 0) window_start = window_end = at_load;
    double error = 0;
    double rate = rate_between(&window_start, &now, &error);
    uint64_t step = now.ticks - window_start.ticks;
    if (rate > 0) {
        __atomic_store_n(&error_bits, bits_of(error), __ATOMIC_RELAXED);
        __atomic_store_n(&pm_tick_bits, bits_of(rate), __ATOMIC_RELAXED);
        double minute = 64e9 / rate;
        if ((double)step >= minute) {
            window_start = window_end;
            step = (uint64_t)minute;
        }
        window_end = now;
    }
    __atomic_store_n(&pm_tick_due, now.ticks + step, __ATOMIC_RELEASE);
}
