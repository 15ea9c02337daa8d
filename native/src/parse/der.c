#include "parse/der.h"

#include <string.h>

enum { HIGH_TAG = 0x1F, LONG_LENGTH = 0x80, MAX_LENGTH_BYTES = 4 };

der_reader der_over(bytes data) {
    return (der_reader){.rest = data};
}

der_reader der_inside(const der_item *item) {
    return der_over(item->content);
}

static bool fail(der_reader *reader) {
    reader->failed = true;
    return false;
}

/* Reads the length at *at, moves *at behind it. */
static bool read_length(der_reader *reader, size_t *at, size_t *length) {
    uint8_t first = reader->rest.data[(*at)++];
    *length = first;
    if (first < LONG_LENGTH) {
        return true;
    }
    size_t count = first & 0x7Fu;
    if (count == 0) {
        reader->indefinite = true;
        return false;
    }
    if (count > MAX_LENGTH_BYTES || count > reader->rest.size - *at) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | reader->rest.data[(*at)++];
    }
    *length = value;
    return true;
}

bool der_next(der_reader *reader, der_item *out) {
    *out = (der_item){0};
    if (reader->failed || reader->rest.size == 0) {
        return false;
    }
    bytes rest = reader->rest;
    size_t at = 1;
    size_t length = 0;
    if (rest.size < 2 || (rest.data[0] & HIGH_TAG) == HIGH_TAG || !read_length(reader, &at, &length) ||
        length > rest.size - at) {
        return fail(reader);
    }
    out->tag = rest.data[0];
    out->content = (bytes){rest.data + at, length};
    out->whole = (bytes){rest.data, at + length};
    reader->rest = (bytes){rest.data + at + length, rest.size - at - length};
    return true;
}

bool der_expect(der_reader *reader, uint8_t tag, der_item *out) {
    return (der_next(reader, out) && out->tag == tag) || fail(reader);
}

bool der_optional(der_reader *reader, uint8_t tag, der_item *out) {
    if (reader->failed || reader->rest.size == 0 || reader->rest.data[0] != tag) {
        *out = (der_item){0};
        return false;
    }
    return der_next(reader, out);
}

bool bytes_equal(bytes a, bytes b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
