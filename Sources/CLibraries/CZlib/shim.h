#include <zlib.h>

// inflateInit2 and deflateInit2 are macros, which Swift does not import.

static inline int suishen_inflate_start(z_stream *stream) {
    return inflateInit2(stream, 15);
}

// 15 bits for a zlib stream (RFC 1950), 31 for a gzip file (RFC 1952), as deflateInit2 counts them.
static inline int suishen_deflate_start(z_stream *stream, int level, int windowBits, int strategy) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, 8, strategy);
}
