#include "text/decode.h"

#include "core/unicode.h"
#include "text/code_page.h"

#include <string.h>

typedef enum encoding { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_CODE_PAGE } encoding;

/* One input on its way: scratch holds what only the decoding needs. */
typedef struct decoding {
    const uint8_t *data; /* behind the byte order mark */
    size_t size;
    size_t mark; /* its length, for offsets in messages */
    const char *oem_code_page;
    arena scratch;
    text_builder converted;
    arena *memory;
    fact *why;
} decoding;

static bool fail(const decoding *input, unknown_reason reason, const char *detail) {
    *input->why = fact_unknown(reason, NULL, detail);
    return false;
}

static bool fail_at(const decoding *input, unknown_reason reason, size_t offset, const char *what) {
    return fail(input, reason, arena_printf(input->memory, "byte %zu %s", offset + input->mark, what));
}

static const struct {
    encoding encoding;
    size_t size;
    uint8_t bytes[3];
} marks[] = {
    {ENCODING_UTF8, 3, {0xEF, 0xBB, 0xBF}},
    {ENCODING_UTF16LE, 2, {0xFF, 0xFE}},
    {ENCODING_UTF16BE, 2, {0xFE, 0xFF}},
};

static bool take_mark(decoding *input, encoding *found) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (input->size >= marks[i].size && memcmp(input->data, marks[i].bytes, marks[i].size) == 0) {
            *found = marks[i].encoding;
            input->mark = marks[i].size;
            input->data += marks[i].size;
            input->size -= marks[i].size;
            return true;
        }
    }
    return false;
}

static size_t first_invalid_byte(const decoding *input) {
    size_t at = 0;
    while (at < input->size) {
        size_t before = at;
        uint32_t code_point = utf8_next((const char *)input->data, input->size, &at);
        if (code_point == 0xFFFD && at == before + 1) {
            return before;
        }
    }
    return at;
}

/* UTF-16 betrays itself by the NULs of its ASCII characters: line ends, spaces and digits in any language.
 * Fewer of them are stray bytes in something else. UTF-16 that happens to be valid UTF-8 is nearly all ASCII.
 */
static encoding guess_encoding(const decoding *input, bool valid_utf8) {
    size_t nuls[2] = {0, 0};
    for (size_t i = 0; i < input->size; i++) {
        nuls[i % 2] += input->data[i] == 0;
    }
    size_t most = nuls[0] > nuls[1] ? nuls[0] : nuls[1];
    size_t units = input->size / 2 + 1;
    bool enough = most >= (valid_utf8 ? units / 4 + 1 : units / 32 + 1);
    if (nuls[0] != nuls[1] && enough) {
        return nuls[1] > nuls[0] ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    }
    return valid_utf8 ? ENCODING_UTF8 : ENCODING_CODE_PAGE;
}

static bool from_utf8(decoding *input, bytes *out) {
    size_t invalid = first_invalid_byte(input);
    if (invalid < input->size) {
        return fail_at(input, REASON_MALFORMED, invalid, "is not UTF-8, which the byte order mark promises");
    }
    const void *nul = memchr(input->data, 0, input->size);
    if (nul != NULL) {
        return fail_at(input, REASON_MALFORMED, (size_t)((const uint8_t *)nul - input->data), "is a NUL");
    }
    *out = (bytes){input->data, input->size};
    return true;
}

static bool from_utf16(decoding *input, bool big_endian, bytes *out) {
    if (input->size % 2 != 0) {
        return fail_at(input, REASON_MALFORMED, input->size - 1,
                       "is half a character of UTF-16, which is cut off");
    }
    const uint8_t *units = input->data;
    if (big_endian && input->size > 0) {
        uint8_t *swapped = arena_alloc(&input->scratch, input->size);
        if (swapped == NULL) {
            return fail(input, REASON_NO_MEMORY, NULL);
        }
        for (size_t i = 0; i < input->size; i++) {
            swapped[i] = input->data[i ^ 1];
        }
        units = swapped;
    }
    for (size_t i = 0; i < input->size; i += 2) {
        if (units[i] == 0 && units[i + 1] == 0) {
            return fail_at(input, REASON_MALFORMED, i, "begins a NUL character");
        }
    }
    size_t length = 0;
    const char *text = utf8_from_utf16(&input->scratch, units, input->size / 2, &length);
    if (arena_failed(&input->scratch)) {
        return fail(input, REASON_NO_MEMORY, NULL);
    }
    *out = (bytes){(const uint8_t *)text, length};
    return true;
}

/* A damaged registry value may be long and is not to be repeated whole. */
static const char *printable_number(const char *code_page) {
    size_t digits = strspn(code_page, "0123456789");
    return digits > 0 && digits <= 5 && code_page[digits] == '\0' ? code_page : "(not a number)";
}

/* As code_page_decode, for UTF-8 that is not valid; converters differ in what they let through. */
static code_page_result repair_utf8(const decoding *input, text_builder *out) {
    size_t at = 0;
    while (at < input->size) {
        char character[4];
        uint32_t code_point = utf8_next((const char *)input->data, input->size, &at);
        text_add_n(out, character, utf8_encode(code_point, character));
    }
    return text_builder_failed(out) ? CODE_PAGE_NO_MEMORY : CODE_PAGE_DECODED;
}

static code_page_result convert(decoding *input) {
    if (strcmp(input->oem_code_page, "65001") == 0) {
        return repair_utf8(input, &input->converted);
    }
    return code_page_decode(input->oem_code_page, input->data, input->size, &input->converted);
}

static bool from_code_page(decoding *input, bytes *out) {
    size_t offset = first_invalid_byte(input);
    if (input->oem_code_page == NULL) {
        return fail_at(input, REASON_DEPENDS, offset, "is not UTF-8 and the server's code page is not known");
    }
    const void *nul = memchr(input->data, 0, input->size);
    if (nul != NULL) {
        return fail_at(input, REASON_MALFORMED, (size_t)((const uint8_t *)nul - input->data), "is a NUL");
    }
    switch (convert(input)) {
    case CODE_PAGE_DECODED:
        *out = (bytes){(const uint8_t *)text_builder_text(&input->converted), input->converted.length};
        return true;
    case CODE_PAGE_UNSUPPORTED:
        return fail_at(input, REASON_UNREADABLE, offset,
                       arena_printf(input->memory, "is not UTF-8 and code page %s is not supported",
                                    printable_number(input->oem_code_page)));
    case CODE_PAGE_NO_MEMORY:
    default:
        return fail(input, REASON_NO_MEMORY, NULL);
    }
}

/* A copy in the arena whose line ends are \n. */
static bool with_plain_line_ends(decoding *input, bytes text, const char **out) {
    char *copy = arena_alloc(input->memory, text.size + 1);
    if (copy == NULL) {
        return fail(input, REASON_NO_MEMORY, NULL);
    }
    size_t used = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\r') {
            copy[used++] = (char)text.data[i];
            continue;
        }
        size_t end = i;
        while (end < text.size && text.data[end] == '\r') {
            end++;
        }
        bool one_line_end = end < text.size && text.data[end] == '\n';
        size_t lines = one_line_end ? 1 : end - i;
        memset(copy + used, '\n', lines);
        used += lines;
        i = one_line_end ? end : end - 1;
    }
    copy[used] = '\0';
    *out = copy;
    return true;
}

static bool decode(decoding *input, const char **out) {
    encoding found = ENCODING_UTF8;
    if (!take_mark(input, &found)) {
        found = guess_encoding(input, utf8_valid((const char *)input->data, input->size));
    }
    bytes text = {0};
    bool decoded = found == ENCODING_UTF8        ? from_utf8(input, &text)
                   : found == ENCODING_CODE_PAGE ? from_code_page(input, &text)
                                                 : from_utf16(input, found == ENCODING_UTF16BE, &text);
    return decoded && with_plain_line_ends(input, text, out);
}

bool decode_text(const uint8_t *data, size_t size, const char *oem_code_page, arena *memory, const char **out,
                 fact *why) {
    *out = "";
    decoding input = {
        .data = data, .size = size, .oem_code_page = oem_code_page, .memory = memory, .why = why};
    if (size > DECODE_LIMIT) {
        return fail(&input, REASON_TOO_LARGE, "more than 64 MiB of text");
    }
    if (size == 0) {
        return true;
    }
    bool decoded = decode(&input, out);
    text_builder_free(&input.converted);
    arena_free(&input.scratch);
    return decoded;
}
