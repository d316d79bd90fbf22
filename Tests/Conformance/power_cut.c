// Makes kill -9 behave like a power cut for the journal: what was written and not synced is lost.
//
// Preloaded into the collector. A write to a file whose path holds POWER_CUT_PATH stays in memory, where reads see
// it as they would in the page cache, until fdatasync or fsync of its file descriptor, which first waits
// POWER_CUT_DELAY_US microseconds: a webhook that was acknowledged before its sync is then lost with the process.
// Closing a file writes what is held, as the kernel would in its own time. While a file POWER_CUT_FAIL exists,
// syncs fail with EIO, and what was held is dropped, as the kernel drops pages that it could not write. With
// POWER_CUT_LIES syncs succeed at once, but only put on disk what is older than that many milliseconds; so a test
// can see that it would notice a loss. Other files are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct held {
    int fd;
    dev_t device;
    ino_t inode;
    off_t offset;
    size_t length;
    long milliseconds;
    struct held *next;
    char bytes[];
};

static struct held *first, **last = &first;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int is_journal(int fd) {
    const char *part = getenv("POWER_CUT_PATH");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (part == NULL || length <= 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

static ssize_t hold(int fd, const void *bytes, size_t length, off_t offset) {
    struct stat file;
    struct held *write = malloc(sizeof *write + length);
    if (write == NULL || fstat(fd, &file) != 0) {
        free(write);
        errno = EIO;
        return -1;
    }
    write->fd = fd;
    write->device = file.st_dev;
    write->inode = file.st_ino;
    write->offset = offset;
    write->length = length;
    write->milliseconds = now();
    write->next = NULL;
    memcpy(write->bytes, bytes, length);
    pthread_mutex_lock(&lock);
    *last = write;
    last = &write->next;
    pthread_mutex_unlock(&lock);
    return (ssize_t)length;
}

// Hands the held writes of a descriptor to the kernel, oldest first, up to a time; or drops them.
static int release(int fd, long until, int drops) {
    int failed = 0;
    pthread_mutex_lock(&lock);
    for (struct held **place = &first; *place != NULL;) {
        struct held *write = *place;
        if (write->fd != fd || write->milliseconds > until) {
            place = &write->next;
            continue;
        }
        size_t done = 0;
        while (!drops && done < write->length) {
            long count = syscall(
                SYS_pwrite64, fd, write->bytes + done, write->length - done, write->offset + (off_t)done);
            if (count <= 0) {
                failed = 1;
                break;
            }
            done += (size_t)count;
        }
        *place = write->next;
        if (last == &write->next) last = place;
        free(write);
    }
    pthread_mutex_unlock(&lock);
    return failed ? -1 : 0;
}

// Lays the held writes of the file over what was read of it: how many bytes there are to read now.
static ssize_t overlay(int fd, char *bytes, size_t length, off_t offset, ssize_t count) {
    struct stat file;
    if (first == NULL || count < 0 || fstat(fd, &file) != 0) return count;
    pthread_mutex_lock(&lock);
    for (struct held *write = first; write != NULL; write = write->next) {
        if (write->device != file.st_dev || write->inode != file.st_ino) continue;
        off_t from = write->offset > offset ? write->offset : offset;
        off_t end = write->offset + (off_t)write->length;
        if (end > offset + (off_t)length) end = offset + (off_t)length;
        if (from >= end) continue;
        if (from > offset + count) memset(bytes + count, 0, (size_t)(from - offset - count));
        memcpy(bytes + (from - offset), write->bytes + (from - write->offset), (size_t)(end - from));
        if (end - offset > count) count = end - offset;
    }
    pthread_mutex_unlock(&lock);
    return count;
}

static int is_held(int fd) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (struct held *write = first; write != NULL && !found; write = write->next) found = write->fd == fd;
    pthread_mutex_unlock(&lock);
    return found;
}

static int sync_held(int fd, long call) {
    const char *fail = getenv("POWER_CUT_FAIL"), *lies = getenv("POWER_CUT_LIES");
    const char *delay = getenv("POWER_CUT_DELAY_US");
    if (fail != NULL && is_journal(fd) && access(fail, F_OK) == 0) {
        release(fd, LONG_MAX, 1);
        errno = EIO;
        return -1;
    }
    if (is_held(fd)) {
        if (delay != NULL) usleep((useconds_t)atoi(delay));
        if (release(fd, lies != NULL ? now() - atol(lies) : LONG_MAX, 0) != 0) {
            errno = EIO;
            return -1;
        }
    }
    return (int)syscall(call, fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    if (is_journal(fd)) return hold(fd, bytes, length, offset);
    return syscall(SYS_pwrite64, fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
    return pwrite(fd, bytes, length, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    ssize_t done = 0;
    for (int index = 0; index < count; index++) {
        ssize_t written = pwrite(fd, parts[index].iov_base, parts[index].iov_len, offset + done);
        if (written < 0) return done > 0 ? done : written;
        done += written;
        if ((size_t)written < parts[index].iov_len) break;
    }
    return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
    return pwritev(fd, parts, count, offset);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
    ssize_t count = syscall(SYS_pread64, fd, bytes, length, offset);
    return overlay(fd, bytes, length, offset, count);
}

ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) {
    return pread(fd, bytes, length, offset);
}

int fdatasync(int fd) {
    return sync_held(fd, SYS_fdatasync);
}

int fsync(int fd) {
    return sync_held(fd, SYS_fsync);
}

int close(int fd) {
    if (is_held(fd)) release(fd, LONG_MAX, 0);
    return (int)syscall(SYS_close, fd);
}
