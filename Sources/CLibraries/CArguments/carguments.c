#include "carguments.h"

static char **argument_list;
static int32_t argument_count;

// glibc passes main's arguments to every constructor.
__attribute__((constructor)) static void keep_arguments(int count, char **arguments) {
    argument_list = arguments;
    argument_count = count;
}

char **_swift_stdlib_getUnsafeArgvArgc(int32_t *count) {
    *count = argument_count;
    return argument_list;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int32_t count) {
    argument_list = arguments;
    argument_count = count;
}
