// The command line as the C library hands it over, in place of where the Swift library looks for it.
//
// At every start that one reads /proc/self/maps, a line for each part of each library, to find the arguments on the
// stack: a tenth of a millisecond and more, though nobody has asked yet. What defines its two functions stands in for it
// in a program that has the Swift library inside; should a later Swift want more of them, the linker says so.
#pragma once

#include <stdint.h>

char **_swift_stdlib_getUnsafeArgvArgc(int32_t *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int32_t count);
