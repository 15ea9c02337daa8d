#include "image_text.h"

#include "core/text_builder.h"
#include "core/unicode.h"
#include "file_tree.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

static void add_with_crlf(text_builder *out, bytes text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = (char)text.data[i];
        if (c == '\n' && (i == 0 || text.data[i - 1] != '\r')) {
            text_add_char(out, '\r');
        }
        text_add_char(out, c);
    }
}

/* Four bytes for each of the source's are enough for every encoding that iconv has. */
static bool convert(const char *encoding, const text_builder *text, arena *memory, bytes *out) {
    iconv_t converter = iconv_open(encoding, "UTF-8");
    if (converter == (iconv_t)-1) { // NOLINT(performance-no-int-to-ptr): how iconv says no
        return false;
    }
    size_t room = text->length * 4;
    uint8_t *data = arena_alloc(memory, room + 1);
    char *from = text->data;
    size_t left = text->length;
    char *to = (char *)data;
    size_t room_left = room;
    bool converted = data != NULL && iconv(converter, &from, &left, &to, &room_left) == 0;
    (void)iconv_close(converter);
    *out = (bytes){.data = data, .size = room - room_left};
    return converted;
}

static bool encode(const char *path, const char *encoding, arena *memory, text_builder *text,
                   const maker_error *error) {
    bytes content = {0};
    if (!file_load(path, memory, &content, error)) {
        return false;
    }
    if (!utf8_valid((const char *)content.data, content.size)) {
        return maker_fail(error, "%s: not UTF-8", path);
    }
    bool wide = strcmp(encoding, "UTF-16") == 0;
    if (wide) {
        text_add(text, "\xEF\xBB\xBF");
    }
    add_with_crlf(text, content);
    bytes encoded = {.data = (const uint8_t *)"", .size = 0};
    if (text_builder_failed(text)) {
        return maker_fail(error, "%s: no memory", path);
    }
    if (text->length > 0 && !convert(wide ? "UTF-16LE" : encoding, text, memory, &encoded)) {
        return maker_fail(error, "%s: cannot be written as %s: %s", path, encoding, strerror(errno));
    }
    return file_store(path, encoded.data, encoded.size, error);
}

bool image_text_encode(const char *path, const char *encoding, const maker_error *error) {
    arena memory = {0};
    text_builder text = {0};
    bool encoded = encode(path, encoding, &memory, &text, error);
    text_builder_free(&text);
    arena_free(&memory);
    return encoded;
}
