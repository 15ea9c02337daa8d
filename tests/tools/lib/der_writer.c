#include "der_writer.h"

#include <string.h>

enum { MAX_HEADER = 6 };

/* Returns how long the header is. Lengths here stay below 16 MiB. */
static size_t make_header(uint8_t tag, size_t size, char out[MAX_HEADER]) {
    out[0] = (char)tag;
    if (size < 0x80) {
        out[1] = (char)size;
        return 2;
    }
    size_t count = size < 0x100 ? 1 : size < 0x10000 ? 2 : 3;
    out[1] = (char)(0x80 | count);
    for (size_t i = 0; i < count; i++) {
        out[2 + i] = (char)(size >> (8 * (count - 1 - i)) & 0xFF);
    }
    return 2 + count;
}

void der_put(text_builder *to, uint8_t tag, const void *content, size_t size) {
    char header[MAX_HEADER];
    text_add_n(to, header, make_header(tag, size, header));
    text_add_n(to, content, size);
}

void der_wrap(text_builder *to, size_t start, uint8_t tag) {
    char header[MAX_HEADER];
    size_t size = to->length - start;
    size_t header_size = make_header(tag, size, header);
    text_add_n(to, header, header_size);
    if (text_builder_failed(to)) {
        return;
    }
    memmove(to->data + start + header_size, to->data + start, size);
    memcpy(to->data + start, header, header_size);
}
