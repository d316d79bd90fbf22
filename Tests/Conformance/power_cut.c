// Makes kill -9 behave like a power cut, and the disk fail in the ways that a test asks for.
//
// Preloaded into the collector. A write to a file whose path holds POWER_CUT_PATH stays in memory, where reads see
// it as they would in the page cache, until fdatasync or fsync of its file descriptor, which first waits
// POWER_CUT_DELAY_US microseconds: a webhook that was acknowledged before its sync is then lost with the process.
// Of POWER_CUT_EARLY in a hundred writes, a part that ends between two sectors is put on disk at once, as the kernel
// may do in its own time and in any order (the seed is POWER_CUT_SEED). Closing a file writes what is held. Other
// files are left alone, and so are SQLite's -shm files, which are mapped. Names are on disk at once.
//
// Faults of the disk: while a file POWER_CUT_FAIL exists, syncs fail with EIO, and what was held is dropped, as the
// kernel drops pages that it could not write. While a file POWER_CUT_GATE exists, syncs wait. While a file
// POWER_CUT_ARMED exists, calls of the kind POWER_CUT_CALL ("write" or "sync") are counted, and those whose numbers
// are in the list POWER_CUT_AT fail with POWER_CUT_ERRNO; a write that finds the disk full (ENOSPC) writes half
// before. Each failure adds a byte to the file POWER_CUT_REPORT. With the errno 0 a call that fails says that it did
// not, which is what a collector that looks at no result would see.
//
// Planted faults, so that a test can see that it would notice a loss, for paths that hold POWER_CUT_LIES_PATH (all
// when it is not set): with POWER_CUT_LIES syncs succeed at once, but only put on disk what is older than that many
// milliseconds; with POWER_CUT_LATE_US they succeed at once, and are made that many microseconds later. With
// POWER_CUT_PASS writes are not held, so that a trace of the system calls shows what the collector does.
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

// Whether the path of a descriptor holds what a variable says; unset, it does when `otherwise` says so.
static int is_named(int fd, const char *variable, int otherwise) {
    const char *part = getenv(variable);
    char link[64], path[4096];
    if (part == NULL) return otherwise;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL && strstr(path, "-shm") == NULL;
}

static int is_ours(int fd) {
    return is_named(fd, "POWER_CUT_PATH", 0);
}

static int exists(const char *variable) {
    const char *path = getenv(variable);
    return path != NULL && access(path, F_OK) == 0;
}

// Whether this call of a kind is one that is to fail.
static int is_due(const char *kind) {
    static long calls;
    const char *call = getenv("POWER_CUT_CALL"), *at = getenv("POWER_CUT_AT"), *report = getenv("POWER_CUT_REPORT");
    if (call == NULL || at == NULL || strcmp(call, kind) != 0 || !exists("POWER_CUT_ARMED")) return 0;
    long number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    for (char *rest = (char *)at; *rest != 0; rest += *rest == ',') {
        char *end;
        long place = strtol(rest, &end, 10);
        if (end == rest) break;
        rest = end;
        if (place != number) continue;
        int file = report != NULL ? open(report, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
        if (file >= 0) {
            if (write(file, "!", 1) != 1) abort();
            syscall(SYS_close, file);
        }
        return 1;
    }
    return 0;
}

static int code(void) {
    const char *number = getenv("POWER_CUT_ERRNO");
    return number != NULL ? atoi(number) : EIO;
}

static int fail(void) {
    errno = code();
    return -1;
}

// Puts a part of a write on disk before its sync, sometimes; the lock is held.
static void write_early(const struct held *write) {
    static unsigned seed;
    const char *share = getenv("POWER_CUT_EARLY"), *first_seed = getenv("POWER_CUT_SEED");
    if (share == NULL) return;
    if (seed == 0) seed = 1 + (first_seed != NULL ? (unsigned)strtoul(first_seed, NULL, 10) : 0);
    if (rand_r(&seed) % 100 >= atoi(share)) return;
    off_t end = write->offset + (off_t)write->length;
    off_t cut = (write->offset + rand_r(&seed) % (long)(write->length + 512)) / 512 * 512;
    if (cut > end) cut = end;
    if (cut <= write->offset) return;
    (void)!syscall(SYS_pwrite64, write->fd, write->bytes, (size_t)(cut - write->offset), write->offset);
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
    // The length of a file is known at once, as in the page cache; what is in between is zeros.
    if (fstat(fd, &file) == 0 && file.st_size < offset + (off_t)length && ftruncate(fd, offset + (off_t)length) != 0) {
        pthread_mutex_unlock(&lock);
        free(write);
        return -1;
    }
    write_early(write);
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

struct late {
    int fd, copy;
    useconds_t wait;
    long call, until;
};

static void *sync_late(void *argument) {
    struct late late = *(struct late *)argument;
    free(argument);
    usleep(late.wait);
    release(late.fd, late.until, 0);
    syscall(late.call, late.copy);
    syscall(SYS_close, late.copy);
    return NULL;
}

// Has a descriptor synced later, whatever becomes of it until then.
static int leave_for_later(int fd, long call, useconds_t wait) {
    pthread_t thread;
    struct late *late = malloc(sizeof *late);
    if (late == NULL) abort();
    *late = (struct late){fd, dup(fd), wait, call, now()};
    if (pthread_create(&thread, NULL, sync_late, late) != 0) abort();
    return pthread_detach(thread);
}

static int sync_held(int fd, long call) {
    const char *lies = getenv("POWER_CUT_LIES"), *late = getenv("POWER_CUT_LATE_US");
    const char *delay = getenv("POWER_CUT_DELAY_US");
    if (!is_ours(fd)) return (int)syscall(call, fd);
    if (exists("POWER_CUT_FAIL")) {
        release(fd, LONG_MAX, 1);
        errno = EIO;
        return -1;
    }
    if (is_due("sync")) {
        release(fd, LONG_MAX, 1);
        return code() == 0 ? 0 : fail();
    }
    while (exists("POWER_CUT_GATE")) usleep(5000);
    int is_lied_to = is_named(fd, "POWER_CUT_LIES_PATH", 1);
    if (lies != NULL && is_lied_to) {
        release(fd, now() - atol(lies), 0);
        return 0;
    }
    if (late != NULL && is_lied_to) return leave_for_later(fd, call, (useconds_t)atoi(late));
    if (is_held(fd) || getenv("POWER_CUT_PASS") != NULL) {
        if (delay != NULL) usleep((useconds_t)atoi(delay));
        if (release(fd, LONG_MAX, 0) != 0) {
            errno = EIO;
            return -1;
        }
    }
    return (int)syscall(call, fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    static __thread int is_full;
    if (is_ours(fd)) {
        if (is_full) {
            is_full = 0;
            return fail();
        }
        if (is_due("write")) {
            if (code() == 0) return (ssize_t)length;
            if (code() != ENOSPC || length < 2) return fail();
            is_full = 1;
            length /= 2;
        }
        if (getenv("POWER_CUT_PASS") == NULL) return hold(fd, bytes, length, offset);
    }
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
