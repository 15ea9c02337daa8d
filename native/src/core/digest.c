#include "core/digest.h"

#include <string.h>

static const size_t sizes[DIGEST_COUNT] = {
    [DIGEST_SHA1] = 20,
    [DIGEST_SHA256] = 32,
    [DIGEST_SHA384] = 48,
    [DIGEST_SHA512] = 64,
};

size_t digest_size(digest_kind kind) {
    return (unsigned)kind < DIGEST_COUNT ? sizes[kind] : 0;
}

bool digest_equal(const digest_value *a, const digest_value *b) {
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

bool digest_of(digest_kind kind, const void *data, size_t size, digest_value *out) {
    *out = (digest_value){0};
    digest running = {0};
    if (!digest_start(&running, kind)) {
        return false;
    }
    digest_add(&running, data, size);
    return digest_finish(&running, out);
}

static const char *hex(arena *memory, const uint8_t *data, size_t size, const char *digits) {
    char *text = size < SIZE_MAX / 2 ? arena_alloc(memory, 2 * size + 1) : NULL;
    if (text == NULL) {
        arena_set_failed(memory);
        return "";
    }
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[data[i] >> 4];
        text[2 * i + 1] = digits[data[i] & 0xF];
    }
    return text;
}

const char *hex_lower(arena *memory, const uint8_t *data, size_t size) {
    return hex(memory, data, size, "0123456789abcdef");
}

const char *hex_upper(arena *memory, const uint8_t *data, size_t size) {
    return hex(memory, data, size, "0123456789ABCDEF");
}
