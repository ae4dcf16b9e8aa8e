#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* <unistd.h>, <stdio.h> and <sched.h> declare these only with GNU's extensions, which Swift's module of them does not enable. */
extern int syncfs(int descriptor);
extern int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);
extern int sched_getaffinity(pid_t thread, size_t byteCount, cpu_set_t *processors);
extern int sched_setaffinity(pid_t thread, size_t byteCount, const cpu_set_t *processors);

/* Renames a file, and fails with EEXIST instead of replacing another one. */
static inline int suishen_rename_new(const char *from, const char *to) {
    const unsigned int noReplace = 1; /* RENAME_NOREPLACE of <linux/fs.h> */
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, noReplace) == 0) return 0;
    if (errno != EINVAL) return -1;
    /* This file system knows no such rename; a second name and the end of the first one do the same. */
    return link(from, to) == 0 ? unlink(from) : -1;
}

/* prctl is variadic, which Swift does not import. */
static inline int suishen_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Names the calling thread; a longer name is cut to 15 bytes. */
static inline int suishen_name_thread(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}
