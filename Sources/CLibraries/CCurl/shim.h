#include <curl/curl.h>
#include <dlfcn.h>
#include <stdbool.h>

/* libcurl's functions, found when the library is opened: nothing links it, so that a process that asks no remote
   service never loads it. */
struct shim_curl {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *handle);
    void (*easy_reset)(CURL *handle);
    CURLcode (*easy_perform)(CURL *handle);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    /* Variadic, which Swift cannot call; the functions below call it. */
    void *easy_setopt;
};

/* Opens libcurl. Returns false when it is not installed, lacks a function or cannot be started. */
static inline bool shim_curl_open(struct shim_curl *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    *(void **)&curl->global_init = dlsym(library, "curl_global_init");
    *(void **)&curl->easy_init = dlsym(library, "curl_easy_init");
    *(void **)&curl->easy_cleanup = dlsym(library, "curl_easy_cleanup");
    *(void **)&curl->easy_reset = dlsym(library, "curl_easy_reset");
    *(void **)&curl->easy_perform = dlsym(library, "curl_easy_perform");
    *(void **)&curl->easy_strerror = dlsym(library, "curl_easy_strerror");
    *(void **)&curl->slist_append = dlsym(library, "curl_slist_append");
    *(void **)&curl->slist_free_all = dlsym(library, "curl_slist_free_all");
    curl->easy_setopt = dlsym(library, "curl_easy_setopt");
    return curl->global_init && curl->easy_init && curl->easy_cleanup && curl->easy_reset && curl->easy_perform
        && curl->easy_strerror && curl->slist_append && curl->slist_free_all && curl->easy_setopt
        && curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

typedef CURLcode (*shim_curl_setter)(CURL *handle, CURLoption option, ...);

static inline CURLcode shim_curl_set_text(const struct shim_curl *curl, CURL *handle, CURLoption option, const char *value) {
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, value);
}

static inline CURLcode shim_curl_set_number(const struct shim_curl *curl, CURL *handle, CURLoption option, long value) {
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, value);
}

static inline CURLcode shim_curl_set_size(const struct shim_curl *curl, CURL *handle, CURLoption option, curl_off_t value) {
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, value);
}

static inline CURLcode shim_curl_set_pointer(const struct shim_curl *curl, CURL *handle, CURLoption option, void *value) {
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, value);
}

static inline CURLcode shim_curl_set_copied(
    const struct shim_curl *curl, CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, &blob);
}

typedef size_t (*shim_curl_taker)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode shim_curl_set_taker(
    const struct shim_curl *curl, CURL *handle, CURLoption option, shim_curl_taker taker) {
    return ((shim_curl_setter)curl->easy_setopt)(handle, option, taker);
}
