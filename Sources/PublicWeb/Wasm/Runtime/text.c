/* The tables of composed characters are a tenth of the wallet's module. Without them two texts are equal only where they
   have the same characters in the same order, which for keys and names of issuers is the stricter rule. */
#include <stdint.h>

uint16_t _swift_stdlib_getNormData(uint32_t scalar) {
    (void)scalar;
    return 0;
}

uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar) {
    (void)scalar;
    return 0;
}

const uint8_t _swift_stdlib_nfd_decompositions[1] = {0};

/* No pair of characters is composed. */
uint32_t _swift_stdlib_getComposition(uint32_t first, uint32_t second) {
    (void)first;
    (void)second;
    return UINT32_MAX;
}
