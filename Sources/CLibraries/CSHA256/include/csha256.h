// SHA-256 of many Merkle leaves or nodes at once, and along a hash chain, on processors with the SHA extensions.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether this processor has the SHA extensions; otherwise the other functions must not be called.
bool csha256_is_supported(void);

// For each of `count` messages, SHA-256(0x00 || message): RFC 6962 leaf hashes, 32 bytes each, in order.
// Message i has lengths[i] bytes at base + offsets[i].
void csha256_leaves(const uint8_t *base, const uint32_t *offsets, const uint32_t *lengths, size_t count,
                    uint8_t *digests);

// For each of `count` pairs of hashes, SHA-256(0x01 || left || right): RFC 6962 node hashes, 32 bytes each.
// `digests` may be `pairs` itself.
void csha256_nodes(const uint8_t *pairs, size_t count, uint8_t *digests);

// Goes down a hash chain: for each index from `start_index` - 1 to `end_index`, replaces the 16 bytes of `value` with
// the first 16 bytes of SHA-256(label || index || value). The label has 16 bytes, the index 4, big-endian.
void csha256_walk(const uint8_t *label, uint8_t *value, uint32_t start_index, uint32_t end_index);

// Makes the processor fetch the cache line of `address`, which may be any address.
static inline void csha256_prefetch(const void *address) { __builtin_prefetch(address); }
