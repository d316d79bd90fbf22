#pragma once
#include <zlib.h>

// deflateInit2 and inflateInit2 are macros that pass the header's version along. Window bits 15 + 16 mean a
// gzip header and trailer.

static inline int pm_gzip_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int pm_gzip_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
