#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* Declared by <unistd.h> to those alone who ask for GNU's extensions, which Swift's module of it does not. */
extern int syncfs(int descriptor);

/* prctl is variadic, which Swift does not import. */
static inline int suishen_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
