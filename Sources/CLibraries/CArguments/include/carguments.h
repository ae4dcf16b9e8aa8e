// Gives the Swift library the command line from the C library.
//
// The Swift library itself reads /proc/self/maps at every start, a line for each part of each library, to find the
// arguments on the stack. That takes a tenth of a millisecond or more, even when nobody reads the arguments. In a
// program with the Swift library linked statically, this module's two functions replace the library's. If a later
// Swift needs more functions, the link fails.
#pragma once

#include <stdint.h>

char **_swift_stdlib_getUnsafeArgvArgc(int32_t *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int32_t count);
