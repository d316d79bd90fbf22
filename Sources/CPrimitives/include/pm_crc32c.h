#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected), as in RFC 3720 appendix B.4.
//
// `crc` is the checksum of what came before: 0 at the start, so that
// pm_crc32c(pm_crc32c(0, a, n), b, m) is the checksum of a and b joined. Any other start value seeds it.
uint32_t pm_crc32c(uint32_t crc, const void *data, size_t length);

// The same checksum from tables, on every machine: what pm_crc32c falls back to.
uint32_t pm_crc32c_portable(uint32_t crc, const void *data, size_t length);

// Whether pm_crc32c uses the processor's own instruction here.
bool pm_crc32c_is_hardware(void);
