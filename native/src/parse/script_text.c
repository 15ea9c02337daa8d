#include "parse/script_text.h"

#include "core/stored_number.h"
#include "core/unicode.h"

#include <string.h>

static const struct {
    const char *mark;
    size_t size;
    script_encoding encoding;
} byte_order_marks[] = {
    {"\xEF\xBB\xBF", 3, SCRIPT_UTF8},
    {"\xFF\xFE", 2, SCRIPT_UTF16_LITTLE},
    {"\xFE\xFF", 2, SCRIPT_UTF16_BIG},
};

static script_encoding encoding_of(bytes file) {
    for (size_t i = 0; i < sizeof byte_order_marks / sizeof byte_order_marks[0]; i++) {
        size_t size = byte_order_marks[i].size;
        if (file.size >= size && memcmp(file.data, byte_order_marks[i].mark, size) == 0) {
            return byte_order_marks[i].encoding;
        }
    }
    return SCRIPT_UNMARKED;
}

static uint16_t unit_at(const script_text *script, size_t number) {
    const uint8_t *at = script->file.data + 2 * number;
    return script->encoding == SCRIPT_UTF16_BIG ? read_big_u16(at) : read_u16(at);
}

static bool is_wide(const script_text *script) {
    return script->encoding == SCRIPT_UTF16_LITTLE || script->encoding == SCRIPT_UTF16_BIG;
}

bool script_text_read(bytes file, arena *memory, script_text *out) {
    *out = (script_text){.file = file, .encoding = encoding_of(file)};
    if (!is_wide(out)) {
        out->text = (const char *)file.data;
        out->length = file.size;
        return true;
    }
    size_t units = file.size / 2;
    char *text = arena_alloc(memory, units);
    if (text == NULL) {
        return false;
    }
    for (size_t i = 0; i < units; i++) {
        uint16_t unit = unit_at(out, i);
        text[i] = (char)(unit < 0x80 ? unit : 0x1A);
    }
    out->text = text;
    out->length = units;
    return true;
}

/* UTF-16LE on its way into a digest. */
typedef struct sink {
    digest running;
    size_t used;
    uint8_t buffer[4096];
} sink;

static void flush(sink *to) {
    digest_add(&to->running, to->buffer, to->used);
    to->used = 0;
}

static void put_unit(sink *to, uint32_t unit) {
    if (to->used + 2 > sizeof to->buffer) {
        flush(to);
    }
    to->buffer[to->used++] = (uint8_t)(unit & 0xFF);
    to->buffer[to->used++] = (uint8_t)(unit >> 8 & 0xFF);
}

static void put_code_point(sink *to, uint32_t code_point) {
    if (code_point < 0x10000) {
        put_unit(to, code_point);
        return;
    }
    put_unit(to, 0xD800 + ((code_point - 0x10000) >> 10));
    put_unit(to, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
}

/* Windows-1252 is Latin-1 but for 0x80 to 0x9F; unassigned bytes stand for the control character of that
 * number. */
static uint32_t from_western(uint8_t byte) {
    static const uint16_t special[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                         0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                         0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                         0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? special[byte - 0x80] : byte;
}

static void put_text(sink *to, const script_text *script, size_t units, bool western) {
    if (is_wide(script)) {
        for (size_t i = 0; i < units; i++) {
            put_unit(to, unit_at(script, i));
        }
    } else if (western && script->encoding == SCRIPT_UNMARKED) {
        for (size_t i = 0; i < units; i++) {
            put_unit(to, from_western(script->file.data[i]));
        }
    } else {
        size_t at = 0;
        while (at < units) {
            put_code_point(to, utf8_next(script->text, units, &at));
        }
    }
}

bool script_text_digest(const script_text *script, size_t units, bool western, digest_kind kind,
                        digest_value *out) {
    sink to;
    to.used = 0;
    *out = (digest_value){0};
    if (!digest_start(&to.running, kind)) {
        return false;
    }
    put_text(&to, script, units, western);
    flush(&to);
    return digest_finish(&to.running, out);
}

bool script_text_ambiguous(const script_text *script, size_t units) {
    if (script->encoding != SCRIPT_UNMARKED) {
        return false;
    }
    for (size_t i = 0; i < units; i++) {
        if (script->file.data[i] >= 0x80) {
            return true;
        }
    }
    return false;
}
