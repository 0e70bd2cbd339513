/* Loaded into the server by LD_PRELOAD: what a test cannot ask of a healthy machine.
 *
 * POLKU_FAULT_FSYNC names a file. While it exists and holds a piece of text, fsync and fdatasync of every file whose
 * path contains that text fail with EIO, and what was written to it since it was last safe is gone: the bytes are
 * overwritten with zeros, as after a disk that lost them. (Writes by pwrite only, which is how SQLite writes.)
 *
 * POLKU_FAULT_CLOCK is a number of seconds by which the clock of the day is wrong; clocks that only measure are right.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REMEMBERED 65536

static struct { dev_t device; ino_t file; off_t offset; size_t length; } written[REMEMBERED];
static int writes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int is_failing(int descriptor) {
    const char *trigger = getenv("POLKU_FAULT_FSYNC");
    char wanted[256], link[64], path[4096];
    if (!trigger) return 0;
    int opened = open(trigger, O_RDONLY | O_CLOEXEC);
    if (opened < 0) return 0;
    ssize_t length = read(opened, wanted, sizeof wanted - 1);
    close(opened);
    if (length <= 0) return 0;
    wanted[length] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, wanted) != NULL;
}

/* Forget what was written to the file, which is safe now or, with `lose`, is gone. */
static void settle(int descriptor, int lose) {
    static const char nothing[65536];
    struct stat state;
    if (fstat(descriptor, &state)) return;
    pthread_mutex_lock(&lock);
    for (int each = 0; each < writes;) {
        if (written[each].device != state.st_dev || written[each].file != state.st_ino) {
            each++;
            continue;
        }
        for (size_t done = 0; lose && done < written[each].length;) {
            size_t left = written[each].length - done;
            ssize_t size = real_pwrite(descriptor, nothing, left < sizeof nothing ? left : sizeof nothing,
                                       written[each].offset + (off_t)done);
            if (size <= 0) break;
            done += (size_t)size;
        }
        written[each] = written[--writes];
    }
    pthread_mutex_unlock(&lock);
}

static int synchronise(int descriptor, const char *name) {
    if (is_failing(descriptor)) {
        settle(descriptor, 1);
        errno = EIO;
        return -1;
    }
    int (*wanted)(int) = real(name);
    int result = wanted(descriptor);
    if (!result) settle(descriptor, 0);
    return result;
}

int fsync(int descriptor) { return synchronise(descriptor, "fsync"); }

int fdatasync(int descriptor) { return synchronise(descriptor, "fdatasync"); }

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
    if (!real_pwrite) real_pwrite = real("pwrite64");
    ssize_t size = real_pwrite(descriptor, bytes, length, offset);
    struct stat state;
    if (size > 0 && getenv("POLKU_FAULT_FSYNC") && !fstat(descriptor, &state)) {
        pthread_mutex_lock(&lock);
        if (writes < REMEMBERED) {
            written[writes].device = state.st_dev;
            written[writes].file = state.st_ino;
            written[writes].offset = offset;
            written[writes++].length = (size_t)size;
        }
        pthread_mutex_unlock(&lock);
    }
    return size;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return pwrite64(descriptor, bytes, length, offset);
}

static time_t wrong_by(void) {
    const char *seconds = getenv("POLKU_FAULT_CLOCK");
    return seconds ? (time_t)atoll(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    static int (*wanted)(clockid_t, struct timespec *);
    if (!wanted) wanted = real("clock_gettime");
    int result = wanted(clock, moment);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) moment->tv_sec += wrong_by();
    return result;
}

int gettimeofday(struct timeval *moment, void *zone) {
    static int (*wanted)(struct timeval *, void *);
    if (!wanted) wanted = real("gettimeofday");
    int result = wanted(moment, zone);
    if (!result) moment->tv_sec += wrong_by();
    return result;
}

time_t time(time_t *kept) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (kept) *kept = moment.tv_sec;
    return moment.tv_sec;
}
