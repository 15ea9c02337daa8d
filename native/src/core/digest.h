/* Message digests, whole or piece by piece. The header names no library, so that another one can stand behind
 * it. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/arena.h"

typedef enum digest_kind {
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_COUNT
} digest_kind;

enum { DIGEST_MAX_SIZE = 64 };

typedef struct digest_value {
    uint8_t data[DIGEST_MAX_SIZE];
    size_t size;
} digest_value;

/* A digest under way. A zeroed one is not started; everything but digest_start is then harmless. */
typedef struct digest {
    void *handle;
    bool failed;
} digest;

/* False if memory ran out or the machine's policy forbids this kind; then there is nothing to finish. */
bool digest_start(digest *running, digest_kind kind);
/* Failure is remembered and told by digest_finish. */
void digest_add(digest *running, const void *data, size_t size);
/* Ends it and gives its memory back, also on failure. False if any step failed; *out is then empty. */
bool digest_finish(digest *running, digest_value *out);
/* Gives up. */
void digest_drop(digest *running);

/* All in one call; false as above. */
bool digest_of(digest_kind kind, const void *data, size_t size, digest_value *out);

/* Bytes in a value of this kind. */
size_t digest_size(digest_kind kind);
bool digest_equal(const digest_value *a, const digest_value *b);

/* Two hexadecimal digits for each byte: small letters as sha256sum writes them, capitals as Windows writes
 * thumbprints. Never NULL. */
const char *hex_lower(arena *memory, const uint8_t *data, size_t size);
const char *hex_upper(arena *memory, const uint8_t *data, size_t size);

#endif
