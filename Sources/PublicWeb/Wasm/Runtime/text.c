/* The tables of composed characters are a tenth of the wallet's module. Without them each code point is a character, and
   two texts are equal only where they have the same ones in the same order: the stricter rule for keys, and for the
   length and equality of issuers' names. */
#include <stdbool.h>
#include <stdint.h>

uint8_t _swift_stdlib_getGraphemeBreakProperty(uint32_t scalar) {
    (void)scalar;
    return UINT8_MAX;
}

bool _swift_stdlib_isExtendedPictographic(uint32_t scalar) {
    (void)scalar;
    return false;
}

bool _swift_stdlib_isInCB_Consonant(uint32_t scalar) {
    (void)scalar;
    return false;
}

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
