#pragma once
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

/// Hashes a passphrase by a setting and writes the result with its NUL; 0, or -1 when the setting is not
/// understood, the passphrase too long, the room too small or memory short.
///
/// A door because crypt_r's work area is 32 KiB, too much to import as a value, and must not keep the
/// passphrase.
static inline int pm_crypt(const char *phrase, const char *setting, char *output, size_t room) {
    struct crypt_data *data = calloc(1, sizeof(struct crypt_data));
    if (!data) return -1;
    const char *hash = crypt_r(phrase, setting, data);
    int status = -1;
    // A failure is said by a null pointer or by a text that begins with an asterisk.
    if (hash && hash[0] != '*') {
        size_t length = strlen(hash);
        if (length < room) {
            memcpy(output, hash, length + 1);
            status = 0;
        }
    }
    explicit_bzero(data, sizeof(struct crypt_data));
    free(data);
    return status;
}
