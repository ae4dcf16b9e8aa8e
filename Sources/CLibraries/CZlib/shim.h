#include <zlib.h>

// inflateInit2 and deflateInit2 are macros, which Swift does not import.

static inline int suishen_inflate_start(z_stream *stream) {
    return inflateInit2(stream, 15);
}

static inline int suishen_deflate_start(z_stream *stream, int level, int strategy) {
    return deflateInit2(stream, level, Z_DEFLATED, 15, 8, strategy);
}
