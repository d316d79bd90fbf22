#pragma once
// Small inline C for what Swift cannot say: thread-local cells, checksums, clocks and digits.
// One header a subject; every name begins with pm_.
#include "pm_bytes.h"
#include "pm_cells.h"
#include "pm_clock.h"
#include "pm_crc32c.h"
#include "pm_digits.h"
#include "pm_exponential.h"
#include "pm_gauge.h"
#include "pm_histogram.h"
#include "pm_line.h"
#include "pm_random.h"
#include "pm_series.h"
#include "pm_siphash.h"
#include "pm_special.h"
#include "pm_text.h"
#include "pm_thread.h"
#include "pm_ticks.h"
