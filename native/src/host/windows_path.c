#include "host/windows_path.h"

#include "core/unicode.h"

#include <string.h>

static bool is_slash(char c) {
    return c == '\\' || c == '/';
}

bool is_drive_letter(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool reject(fact *why, unknown_reason reason, const char *where, const char *detail) {
    *why = fact_unknown(reason, where, detail);
    return false;
}

/* Length of a leading "\\?\" or "\??\", else 0. */
static size_t verbatim_prefix(const char *text) {
    bool verbatim = is_slash(text[0]) && (is_slash(text[1]) || text[1] == '?') && text[1] != '\0' &&
                    text[2] == '?' && is_slash(text[3]);
    return verbatim ? 4 : 0;
}

/* A drive letter, a colon and a slash or the end begin at text. */
static bool has_drive(const char *text, const char *where, fact *why) {
    if (is_drive_letter(text[0]) && text[1] == ':' && (is_slash(text[2]) || text[2] == '\0')) {
        return true;
    }
    if (is_slash(where[0]) && is_slash(where[1])) {
        return reject(why, REASON_NOT_ON_HOST, where,
                      "the path names another computer, a device or a volume without letter");
    }
    return reject(why, REASON_MALFORMED, where, "the path does not begin with a drive letter and a slash");
}

/* The escape U+001A stands for a lone surrogate, which Windows allows. */
static bool valid_name(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if ((c < 0x20 && c != 0x1A) || strchr("<>:\"|?*", c) != NULL) {
            return false;
        }
    }
    return utf8_valid(name, length);
}

static bool is_dots(const char *name, size_t length) {
    return (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.');
}

static size_t without_tail(const char *name, size_t length) {
    while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '.')) {
        length--;
    }
    return length;
}

/* Adds one name to the path, or takes one away. */
static bool take_part(const char *name, size_t length, bool verbatim, arena *memory, windows_path *path) {
    if (!verbatim && is_dots(name, length)) {
        path->count -= length == 2 && path->count > 0;
        return true;
    }
    if (!verbatim) {
        length = without_tail(name, length);
    }
    if (length == 0) {
        return true;
    }
    if (is_dots(name, length) || !valid_name(name, length)) {
        return false;
    }
    path->parts[path->count++] = arena_text_n(memory, name, length);
    return true;
}

static const char *joined(const windows_path *path, size_t room, arena *memory) {
    char *text = arena_alloc(memory, room);
    if (text == NULL) {
        return "";
    }
    size_t used = 0;
    text[used++] = path->drive;
    text[used++] = ':';
    for (size_t i = 0; i < path->count; i++) {
        size_t length = strlen(path->parts[i]);
        text[used++] = '\\';
        memcpy(text + used, path->parts[i], length);
        used += length;
    }
    if (path->count == 0) {
        text[used++] = '\\';
    }
    return text;
}

bool windows_path_parse(const char *text, arena *memory, windows_path *out, fact *why) {
    *out = (windows_path){0};
    size_t size = strlen(text);
    const char *where = arena_text(memory, text);
    if (size > WINDOWS_PATH_LIMIT) {
        return reject(why, REASON_TOO_LARGE, NULL, "the path is longer than Windows allows");
    }
    size_t prefix = verbatim_prefix(text);
    if (!has_drive(text + prefix, where, why)) {
        return false;
    }
    out->drive = (char)unicode_upper((uint32_t)text[prefix]);
    out->parts = arena_array(memory, size / 2 + 1, sizeof *out->parts);
    if (out->parts == NULL) {
        return reject(why, REASON_NO_MEMORY, where, NULL);
    }
    const char *at = text + prefix + 2;
    while (*at != '\0') {
        size_t length = strcspn(at, "\\/");
        if (!take_part(at, length, prefix > 0, memory, out)) {
            return reject(why, REASON_MALFORMED, where,
                          "a name in the path is one that Windows does not allow");
        }
        at += length + (at[length] != '\0');
    }
    out->text = joined(out, size + 4, memory);
    return true;
}
