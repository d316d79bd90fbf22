#include "CMeasurement.h"
#include "pm_ticks.h"

void pm_ticks_assume_steady(void) { __atomic_store_n(&pm_tick_source, 1, __ATOMIC_RELAXED); }
