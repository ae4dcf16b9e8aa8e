#include "csha256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define ACCELERATED __attribute__((target("sha,sse4.1,ssse3")))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { block_size = 64, digest_size = 32, pair_size = 2 * digest_size, lane_count = 4 };

// FIPS 180-4 section 4.2.2.
static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// One unfinished hash: its words in the instructions' order, {a b e f} and {c d g h}.
typedef struct {
    __m128i abef, cdgh;
} lane_state;

// A leaf after its prefix, 0x00: whole blocks are read in place, and the rest is copied to be padded. The copy begins
// up to a block earlier, so that every copy has the same length and needs no call.
typedef struct {
    const uint8_t *message;
    size_t whole_count, block_count;
    uint8_t before[block_size], last[2 * block_size];
} lane_input;

bool csha256_is_supported(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

ACCELERATED INLINE lane_state start(void) {
    return (lane_state){_mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
                        _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19)};
}

// Four big-endian words from memory.
ACCELERATED INLINE __m128i swapped(__m128i words) {
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
}

ACCELERATED INLINE __m128i load(const uint8_t *bytes) { return swapped(_mm_loadu_si128((const __m128i *)bytes)); }

ACCELERATED INLINE void store(__m128i words, uint8_t *bytes) {
    _mm_storeu_si128((__m128i *)bytes, swapped(words));
}

// The first and the last four words of a digest; {d c b a} and {h g f e} are reversed by the shuffle.
ACCELERATED INLINE __m128i first_half(lane_state state) {
    return _mm_shuffle_epi32(_mm_unpackhi_epi64(state.cdgh, state.abef), 0x1B);
}

ACCELERATED INLINE __m128i last_half(lane_state state) {
    return _mm_shuffle_epi32(_mm_unpacklo_epi64(state.cdgh, state.abef), 0x1B);
}

ACCELERATED INLINE void finish(lane_state state, uint8_t *digest) {
    store(first_half(state), digest);
    store(last_half(state), digest + 16);
}

// The 64 rounds of one block in each of `lanes` hashes; overwrites the blocks' words. The lanes' instructions are
// interleaved, because one lane alone leaves the unit idle.
ACCELERATED INLINE void rounds(lane_state *states, __m128i words[][4], int lanes) {
    UNROLL for (int group = 0; group < 16; group++) {
        const __m128i constants = _mm_load_si128((const __m128i *)(round_constants + 4 * group));
        UNROLL for (int lane = 0; lane < lanes; lane++) {
            __m128i *w = words[lane];
            __m128i sum = _mm_add_epi32(w[group & 3], constants);
            states[lane].cdgh = _mm_sha256rnds2_epu32(states[lane].cdgh, states[lane].abef, sum);
            sum = _mm_shuffle_epi32(sum, 0x0E);
            states[lane].abef = _mm_sha256rnds2_epu32(states[lane].abef, states[lane].cdgh, sum);
            if (group < 12) {
                __m128i next = _mm_sha256msg1_epu32(w[group & 3], w[(group + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(w[(group + 3) & 3], w[(group + 2) & 3], 4));
                w[group & 3] = _mm_sha256msg2_epu32(next, w[(group + 3) & 3]);
            }
        }
    }
}

ACCELERATED INLINE lane_state plus(lane_state left, lane_state right) {
    return (lane_state){_mm_add_epi32(left.abef, right.abef), _mm_add_epi32(left.cdgh, right.cdgh)};
}

// Adds one block to each of `lanes` hashes; overwrites the blocks' words.
ACCELERATED INLINE void compress(lane_state *states, __m128i words[][4], int lanes) {
    lane_state before[lane_count];
    UNROLL for (int lane = 0; lane < lanes; lane++) before[lane] = states[lane];
    rounds(states, words, lanes);
    UNROLL for (int lane = 0; lane < lanes; lane++) states[lane] = plus(states[lane], before[lane]);
}

ACCELERATED INLINE void load_block(__m128i *words, const uint8_t *block) {
    UNROLL for (int part = 0; part < 4; part++) words[part] = load(block + 16 * part);
}

// The block of a prefix and the next 63 bytes; the message has 64 bytes.
ACCELERATED INLINE void load_prefixed(__m128i *words, char prefix, const uint8_t *message) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)message);
    words[0] = swapped(_mm_alignr_epi8(bytes, _mm_set1_epi8(prefix), 15));
    UNROLL for (int part = 1; part < 4; part++) words[part] = load(message + 16 * part - 1);
}

INLINE void put_bit_count(uint8_t *end, size_t byte_count) {
    uint64_t bits = __builtin_bswap64((uint64_t)byte_count * 8);
    memcpy(end - 8, &bits, 8);
}

INLINE void prepare(lane_input *input, const uint8_t *message, size_t length) {
    size_t total = length + 1, rest = total % block_size;
    input->message = message;
    input->whole_count = total / block_size;
    input->block_count = input->whole_count + (rest < block_size - 8 ? 1 : 2);
    memset(input->last, 0, sizeof input->last);
    if (length >= block_size) {
        memcpy((uint8_t *)input + offsetof(lane_input, last) + rest - block_size, message + length - block_size,
               block_size);
    } else if (total < block_size) {
        memcpy(input->last + 1, message, length);
    }
    input->last[rest] = 0x80;
    put_bit_count(input->last + block_size * (input->block_count - input->whole_count), total);
}

ACCELERATED INLINE void load_input(__m128i *words, const lane_input *input, size_t number) {
    if (number >= input->whole_count) {
        load_block(words, input->last + block_size * (number - input->whole_count));
    } else if (number > 0) {
        load_block(words, input->message + block_size * number - 1);
    } else {
        load_prefixed(words, 0x00, input->message);
    }
}

ACCELERATED INLINE void hash_leaves(const lane_input *inputs, int lanes, uint8_t *digests) {
    lane_state states[lane_count];
    __m128i words[lane_count][4];
    size_t shared = SIZE_MAX;
    UNROLL for (int lane = 0; lane < lanes; lane++) {
        states[lane] = start();
        if (inputs[lane].block_count < shared) shared = inputs[lane].block_count;
    }
    for (size_t number = 0; number < shared; number++) {
        UNROLL for (int lane = 0; lane < lanes; lane++) load_input(words[lane], &inputs[lane], number);
        compress(states, words, lanes);
    }
    for (int lane = 0; lane < lanes; lane++) {
        for (size_t number = shared; number < inputs[lane].block_count; number++) {
            load_input(words[0], &inputs[lane], number);
            compress(&states[lane], words, 1);
        }
        finish(states[lane], digests + digest_size * lane);
    }
}

ACCELERATED void csha256_leaves(const uint8_t *base, const uint32_t *offsets, const uint32_t *lengths, size_t count,
                                uint8_t *digests) {
    lane_input inputs[lane_count];
    size_t done = 0;
    for (; done + lane_count <= count; done += lane_count) {
        for (int lane = 0; lane < lane_count; lane++)
            prepare(&inputs[lane], base + offsets[done + lane], lengths[done + lane]);
        hash_leaves(inputs, lane_count, digests + digest_size * done);
    }
    for (; done < count; done++) {
        prepare(&inputs[0], base + offsets[done], lengths[done]);
        hash_leaves(inputs, 1, digests + digest_size * done);
    }
}

// A node's 65 bytes: one block, then a block of the last byte, the 0x80 mark, and the length in bits.
ACCELERATED INLINE void hash_nodes(const uint8_t *pairs, int lanes, uint8_t *digests) {
    lane_state states[lane_count];
    __m128i words[lane_count][4];
    UNROLL for (int lane = 0; lane < lanes; lane++) {
        states[lane] = start();
        load_prefixed(words[lane], 0x01, pairs + pair_size * lane);
    }
    compress(states, words, lanes);
    UNROLL for (int lane = 0; lane < lanes; lane++) {
        uint32_t last = pairs[pair_size * lane + pair_size - 1];
        words[lane][0] = _mm_cvtsi32_si128((int)(last << 24 | 0x800000));
        words[lane][1] = words[lane][2] = _mm_setzero_si128();
        words[lane][3] = _mm_set_epi32((1 + pair_size) * 8, 0, 0, 0);
    }
    compress(states, words, lanes);
    UNROLL for (int lane = 0; lane < lanes; lane++) finish(states[lane], digests + digest_size * lane);
}

ACCELERATED void csha256_nodes(const uint8_t *pairs, size_t count, uint8_t *digests) {
    size_t done = 0;
    // A group is read before its digests are written, and the digests never overlap the next group's pairs.
    for (; done + lane_count <= count; done += lane_count)
        hash_nodes(pairs + pair_size * done, lane_count, digests + digest_size * done);
    for (; done < count; done++) hash_nodes(pairs + pair_size * done, 1, digests + digest_size * done);
}

ACCELERATED void csha256_walk(const uint8_t *label, uint8_t *value, uint32_t start_index, uint32_t end_index) {
    // One block: label, index, value, 0x80, zeros, and the length of 36 bytes in bits. A digest's words are the
    // words of the next message, so no value goes through memory.
    const __m128i label_words = load(label), bit_count = _mm_set_epi32(36 * 8, 0, 0, 0);
    const __m128i end_mark = _mm_set_epi32(0, 0, (int)0x80000000, 0);
    __m128i current = load(value);
    for (uint32_t index = start_index; index-- > end_index;) {
        __m128i words[1][4] = {{
            label_words,
            _mm_or_si128(_mm_slli_si128(current, 4), _mm_cvtsi32_si128((int)index)),
            _mm_or_si128(_mm_srli_si128(current, 12), end_mark),
            bit_count,
        }};
        lane_state state = start();
        rounds(&state, words, 1);
        current = first_half(plus(state, start()));
    }
    store(current, value);
}

#else

bool csha256_is_supported(void) { return false; }

void csha256_leaves(const uint8_t *base, const uint32_t *offsets, const uint32_t *lengths, size_t count,
                    uint8_t *digests) {
    (void)base, (void)offsets, (void)lengths, (void)count, (void)digests;
    // No input reaches this: callers first check csha256_is_supported().
    __builtin_trap();
}

void csha256_nodes(const uint8_t *pairs, size_t count, uint8_t *digests) {
    (void)pairs, (void)count, (void)digests;
    // No input reaches this: callers first check csha256_is_supported().
    __builtin_trap();
}

void csha256_walk(const uint8_t *label, uint8_t *value, uint32_t start_index, uint32_t end_index) {
    (void)label, (void)value, (void)start_index, (void)end_index;
    // No input reaches this: callers first check csha256_is_supported().
    __builtin_trap();
}

#endif
