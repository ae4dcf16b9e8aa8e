#include <dlfcn.h>
#include <stdbool.h>
#include <zbar.h>

/* The functions of zbar that are used. */
#define SHIM_ZBAR_FUNCTIONS(USE)                                                                                      \
    USE(image_create)                                                                                                 \
    USE(image_destroy)                                                                                                \
    USE(image_first_symbol)                                                                                           \
    USE(image_set_data)                                                                                               \
    USE(image_set_format)                                                                                             \
    USE(image_set_size)                                                                                               \
    USE(image_scanner_create)                                                                                         \
    USE(image_scanner_destroy)                                                                                        \
    USE(image_scanner_set_config)                                                                                     \
    USE(scan_image)                                                                                                   \
    USE(symbol_first_component)                                                                                       \
    USE(symbol_get_data)                                                                                              \
    USE(symbol_get_data_length)                                                                                       \
    USE(symbol_get_loc_size)                                                                                          \
    USE(symbol_get_loc_x)                                                                                             \
    USE(symbol_get_loc_y)                                                                                             \
    USE(symbol_get_type)                                                                                              \
    USE(symbol_next)

/* zbar's functions, found when the library is opened: nothing links it. It loads 17 further libraries, for windows and
   cameras, which take longer than a whole verification. */
struct shim_zbar {
#define SHIM_ZBAR_DECLARE(name) __typeof__(zbar_##name) *name;
    SHIM_ZBAR_FUNCTIONS(SHIM_ZBAR_DECLARE)
#undef SHIM_ZBAR_DECLARE
};

/* Opens zbar. Returns false when it is not installed, cannot be loaded or lacks a function. */
static inline bool shim_zbar_open(struct shim_zbar *zbar) {
    void *library = dlopen("libzbar.so.0", RTLD_LAZY | RTLD_LOCAL);
    if (!library) return false;
#define SHIM_ZBAR_FIND(name)                                                                                          \
    *(void **)&zbar->name = dlsym(library, "zbar_" #name);                                                            \
    if (!zbar->name) return false;
    SHIM_ZBAR_FUNCTIONS(SHIM_ZBAR_FIND)
#undef SHIM_ZBAR_FIND
    return true;
}
