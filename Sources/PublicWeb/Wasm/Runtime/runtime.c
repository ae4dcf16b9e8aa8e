/* The few functions of a C library that Swift's code for WebAssembly calls; there is no operating system below it. */
#include <stddef.h>
#include <stdint.h>

/* Where the linker has ended the module's own data. */
extern unsigned char __heap_base;

enum { page_bytes = 65536, header_bytes = 16, class_min = 5, class_count = 31 };

/* Blocks have sizes of powers of two. A block begins with its power; a free one then points to the next free one. */
static void *free_blocks[class_count];
static uintptr_t heap_end;

static unsigned class_of(size_t byte_count) {
    unsigned class = class_min;
    while (class < class_count && ((size_t)1 << class) < byte_count + header_bytes) class++;
    return class;
}

static void *allocate(size_t byte_count) {
    if (byte_count > ((size_t)1 << (class_count - 1)) - header_bytes) return NULL;
    unsigned class = class_of(byte_count);
    unsigned char *content = free_blocks[class];
    if (content) {
        free_blocks[class] = *(void **)content;
        return content;
    }
    if (!heap_end) heap_end = ((uintptr_t)&__heap_base + header_bytes - 1) & ~(uintptr_t)(header_bytes - 1);
    uint64_t end = (uint64_t)heap_end + ((uint64_t)1 << class);
    uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * page_bytes;
    if (end > UINT32_MAX) return NULL;
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + page_bytes - 1) / page_bytes) == (size_t)-1)
        return NULL;
    unsigned char *block = (unsigned char *)heap_end;
    heap_end = (uintptr_t)end;
    *(uint32_t *)block = class;
    return block + header_bytes;
}

int posix_memalign(void **pointer, size_t alignment, size_t byte_count) {
    /* Swift's own values need 16 bytes at most. */
    if (alignment > header_bytes) return 22;
    *pointer = allocate(byte_count);
    return *pointer ? 0 : 12;
}

void free(void *pointer) {
    if (!pointer) return;
    uint32_t class = *(uint32_t *)((unsigned char *)pointer - header_bytes);
    *(void **)pointer = free_blocks[class];
    free_blocks[class] = pointer;
}

void *memcpy(void *target, const void *source, size_t byte_count) {
    return __builtin_memcpy(target, source, byte_count);
}

void *memmove(void *target, const void *source, size_t byte_count) {
    return __builtin_memmove(target, source, byte_count);
}

void *memset(void *target, int value, size_t byte_count) { return __builtin_memset(target, value, byte_count); }

int memcmp(const void *left, const void *right, size_t byte_count) {
    const unsigned char *one = left, *other = right;
    for (; byte_count; byte_count--, one++, other++)
        if (*one != *other) return *one < *other ? -1 : 1;
    return 0;
}

/* Swift asks for these bytes to seed its hash tables. They are no secret: a page that fills its own tables badly is slow
   for its own reader alone. */
void arc4random_buf(void *bytes, size_t byte_count) { __builtin_memset(bytes, 0x5a, byte_count); }

/* The nearest whole number; halves go away from zero. */
double round(double value) {
    double whole = __builtin_trunc(value);
    return __builtin_fabs(value - whole) < 0.5 ? whole : whole + __builtin_copysign(1, value);
}

/* What the compiler calls for arithmetic that WebAssembly has no instruction for. */

__int128 __multi3(__int128 left, __int128 right) {
    uint64_t a = (uint64_t)left, b = (uint64_t)right, mask = 0xffffffff;
    uint64_t low = (a & mask) * (b & mask), cross = (a >> 32) * (b & mask) + (low >> 32);
    uint64_t other = (a & mask) * (b >> 32) + (cross & mask);
    uint64_t high = (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32);
    high += a * (uint64_t)((unsigned __int128)right >> 64) + b * (uint64_t)((unsigned __int128)left >> 64);
    return (__int128)((unsigned __int128)high << 64 | (other << 32 | (low & mask)));
}

static __int128 joined(uint64_t high, uint64_t low) { return (__int128)((unsigned __int128)high << 64 | low); }

__int128 __ashlti3(__int128 value, int32_t count) {
    uint64_t high = (uint64_t)((unsigned __int128)value >> 64), low = (uint64_t)value;
    if (count >= 64) return joined(low << (count - 64), 0);
    return count ? joined(high << count | low >> (64 - count), low << count) : value;
}

__int128 __lshrti3(__int128 value, int32_t count) {
    uint64_t high = (uint64_t)((unsigned __int128)value >> 64), low = (uint64_t)value;
    if (count >= 64) return joined(0, high >> (count - 64));
    return count ? joined(high >> count, low >> count | high << (64 - count)) : value;
}

/* A double as a half (IEEE 754 binary16), to the nearest one, of two to the even one. */
uint16_t __truncdfhf2(double value) {
    union { double value; uint64_t bits; } given = { value };
    uint16_t sign = given.bits >> 48 & 0x8000;
    int32_t exponent = (int32_t)(given.bits >> 52 & 0x7ff) - 1023;
    uint64_t fraction = given.bits & 0xfffffffffffff;
    if (exponent == 1024) return sign | (fraction ? 0x7e00 : 0x7c00);
    if (exponent > 15) return sign | 0x7c00;
    if (exponent < -25) return sign;
    int32_t dropped = exponent < -14 ? 28 - exponent : 42;
    uint64_t whole = fraction | 1ull << 52, rest = whole & ((1ull << dropped) - 1), middle = 1ull << (dropped - 1);
    whole >>= dropped;
    whole += rest > middle || (rest == middle && (whole & 1));
    return sign | (uint16_t)(whole + (exponent < -14 ? 0 : (uint64_t)(exponent + 14) << 10));
}

uint16_t __truncsfhf2(float value) { return __truncdfhf2(value); }

/* A half as a float (IEEE 754 binary16). */
float __extendhfsf2(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
    union { uint32_t bits; float value; } result;
    if (exponent == 0x1f) {
        result.bits = sign | 0x7f800000 | fraction << 13;
    } else if (exponent) {
        result.bits = sign | (exponent + 112) << 23 | fraction << 13;
    } else {
        /* A fraction alone counts 2^-24. */
        result.value = (float)fraction * 0x1p-24f;
        result.bits |= sign;
    }
    return result.value;
}
