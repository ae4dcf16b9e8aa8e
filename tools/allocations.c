/* Counts the heap allocations of the thread that reads frames from stdin; tools/frames loads it before verify.
 *
 * FRAME_BYTES is the size of a frame. At the end it prints one line on stderr, over all frames but the first
 * FRAMES_SKIPPED: the number of frames with allocations before the next frame, the most of one frame, and the
 * allocations in the first frames, where buffers are made. Other threads are not counted: one looks four times a second
 * whether the gate's folder has changed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

/* Of each thread; this model needs no allocation for the variable itself. */
static _Thread_local unsigned long calls __attribute__((tls_model("initial-exec")));

void *malloc(size_t size) { calls++; return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { calls++; return __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { calls++; return __libc_realloc(block, size); }
void *memalign(size_t alignment, size_t size) { calls++; return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { calls++; return __libc_memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    calls++;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

static unsigned long frame_bytes, skipped, bytes, frames, frames_taking, most, first, calls_before;

__attribute__((constructor)) static void begin(void) {
    const char *size = getenv("FRAME_BYTES"), *count = getenv("FRAMES_SKIPPED");
    frame_bytes = size ? strtoul(size, NULL, 10) : 0;
    skipped = count ? strtoul(count, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void) {
    fprintf(stderr, "allocations: %lu frames, %lu with any, at most %lu, %lu in the first frames\n",
            frames - skipped, frames_taking, most, first);
}

ssize_t read(int descriptor, void *buffer, size_t size) {
    static ssize_t (*original)(int, void *, size_t);
    if (!original) original = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    int is_film = descriptor == 0 && frame_bytes > 0;
    if (is_film && bytes == frame_bytes) {
        /* The frame is done, and the process asks for the next one. */
        unsigned long taken = calls - calls_before;
        if (++frames > skipped) {
            frames_taking += taken > 0;
            if (taken > most) most = taken;
        } else {
            first += taken;
        }
        bytes = 0;
    }
    ssize_t count = original(descriptor, buffer, size);
    if (is_film && count > 0) bytes += (unsigned long)count;
    if (is_film && bytes == frame_bytes) calls_before = calls;
    return count;
}
