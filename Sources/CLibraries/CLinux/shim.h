#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* <unistd.h> and <sched.h> declare these only with GNU's extensions, which Swift's module of them does not enable. */
extern int syncfs(int descriptor);
extern int sched_getaffinity(pid_t thread, size_t byteCount, cpu_set_t *processors);
extern int sched_setaffinity(pid_t thread, size_t byteCount, const cpu_set_t *processors);

/* prctl is variadic, which Swift does not import. */
static inline int suishen_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Names the calling thread; a longer name is cut to 15 bytes. */
static inline int suishen_name_thread(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}
