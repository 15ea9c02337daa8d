#include "script_signer.h"

#include "core/unicode.h"
#include "parse/base64.h"
#include "test_signer.h"

#include <string.h>

enum { LINE_LENGTH = 64 };

static bool is_utf16(const char *text, size_t length) {
    return length >= 2 && memcmp(text, "\xFF\xFE", 2) == 0;
}

static bool text_digest(const char *text, size_t length, digest_kind kind, digest_value *out) {
    arena memory = {0};
    bytes wide = {(const uint8_t *)text, length};
    if (!is_utf16(text, length)) {
        wide = utf16_from_utf8(&memory, text, length);
    }
    bool good = !arena_failed(&memory) && digest_of(kind, wide.data, wide.size, out);
    arena_free(&memory);
    return good;
}

static void put_line(text_builder *to, bool is_xml, const char *content, size_t length) {
    text_add(to, is_xml ? "<!-- " : "# ");
    text_add_n(to, content, length);
    text_add(to, is_xml ? " -->\r\n" : "\r\n");
}

static void put_base64(text_builder *to, bool is_xml, const text_builder *data) {
    text_builder encoded = {0};
    base64_add(&encoded, (bytes){.data = (const uint8_t *)data->data, .size = data->length});
    for (size_t at = 0; at < encoded.length; at += LINE_LENGTH) {
        size_t left = encoded.length - at;
        put_line(to, is_xml, encoded.data + at, left < LINE_LENGTH ? left : LINE_LENGTH);
    }
    text_builder_free(&encoded);
}

static void put_block(text_builder *to, bool is_xml, const text_builder *signature) {
    static const char begin[] = "SIG # Begin signature block";
    static const char end[] = "SIG # End signature block";
    text_add(to, "\r\n");
    put_line(to, is_xml, begin, sizeof begin - 1);
    put_base64(to, is_xml, signature);
    put_line(to, is_xml, end, sizeof end - 1);
}

bool script_sign(const char *text, size_t length, bool is_xml, digest_kind kind, text_builder *out) {
    digest_value value;
    text_builder signature = {0};
    text_builder block = {0};
    bool good = text_digest(text, length, kind, &value) && test_sign(SIGNED_SCRIPT, kind, &value, &signature);
    put_block(&block, is_xml, &signature);
    text_add_n(out, text, length);
    for (size_t i = 0; i < block.length; i++) {
        text_add_char(out, block.data[i]);
        if (is_utf16(text, length)) {
            text_add_char(out, '\0');
        }
    }
    good =
        good && !text_builder_failed(&block) && !text_builder_failed(&signature) && !text_builder_failed(out);
    text_builder_free(&block);
    text_builder_free(&signature);
    return good;
}
