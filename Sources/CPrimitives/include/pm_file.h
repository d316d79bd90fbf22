#pragma once
// What is asked of a file's status, free of the names that C libraries disagree on.
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

typedef struct {
    uint32_t permissions;
    bool is_regular;
    bool is_folder;
    uint64_t inode;
    int64_t size;
    int64_t seconds;
    int64_t nanoseconds;
} pm_file_status;

static inline pm_file_status pm_file_status_from(const struct stat *status) {
    pm_file_status found = {
        status->st_mode & 07777,      S_ISREG(status->st_mode), S_ISDIR(status->st_mode),
        status->st_ino,          status->st_size,          status->st_mtim.tv_sec,
        status->st_mtim.tv_nsec,
    };
    return found;
}

// False with errno set when the system refuses.
static inline bool pm_file_status_of(int descriptor, pm_file_status *found) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return false;
    *found = pm_file_status_from(&status);
    return true;
}

// The same by name, through symbolic links.
static inline bool pm_file_status_at(const char *path, pm_file_status *found) {
    struct stat status;
    if (stat(path, &status) != 0) return false;
    *found = pm_file_status_from(&status);
    return true;
}

// The same of a symbolic link itself.
static inline bool pm_file_status_of_link(const char *path, pm_file_status *found) {
    struct stat status;
    if (lstat(path, &status) != 0) return false;
    *found = pm_file_status_from(&status);
    return true;
}
