/* Loaded by LD_PRELOAD: while POLKU_KILL_AT is a number n, the process kills itself before the n-th call that makes
 * something lasting of what it wrote: syncing, renaming, removing or cutting a file. Each of them counts, in any thread.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int steps;

static void step(void) {
    const char *last = getenv("POLKU_KILL_AT");
    if (last && atomic_fetch_add(&steps, 1) + 1 == atoi(last)) kill(getpid(), SIGKILL);
}

#define STEP(type, name, parameters, arguments)                            \
    type name parameters {                                                 \
        static type (*real) parameters;                                    \
        if (!real) real = (type (*) parameters) dlsym(RTLD_NEXT, #name);   \
        step();                                                            \
        return real arguments;                                             \
    }

STEP(int, fsync, (int file), (file))
STEP(int, fdatasync, (int file), (file))
STEP(int, rename, (const char *from, const char *to), (from, to))
STEP(int, unlink, (const char *path), (path))
STEP(int, ftruncate, (int file, off_t length), (file, length))
STEP(int, ftruncate64, (int file, off64_t length), (file, length))
