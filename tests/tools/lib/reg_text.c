#include "reg_text.h"

#include "core/instant.h"
#include "core/text_builder.h"
#include "core/unicode.h"
#include "host/host.h"

#include <string.h>

typedef struct reader {
    const reg_source *source;
    reg_root_finder finder;
    void *user;
    arena *memory;
    const maker_error *error;
    const char *next; /* the first line not read yet */
    const char *end;
    unsigned line; /* number of the line read last */
    reg_key *key;  /* to which values belong; NULL before the first key line and after a removal */
    bool has_time; /* a time comment waits for its key */
    int64_t time;
} reader;

static bool fail(const reader *in, const char *what) {
    return maker_fail(in->error, "%s:%u: %s", in->source->name, in->line, what);
}

static const char *skip_blanks(const char *at) {
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

/* Cuts the next line out, without its end and the blanks around it; NULL at the end of the text. */
static const char *next_line(reader *in) {
    if (in->next >= in->end) {
        return NULL;
    }
    const char *stop = memchr(in->next, '\n', (size_t)(in->end - in->next));
    const char *begin = in->next;
    size_t length = (size_t)((stop != NULL ? stop : in->end) - begin);
    in->next = stop != NULL ? stop + 1 : in->end;
    in->line++;
    while (length > 0 && strchr(" \t\r", begin[length - 1]) != NULL) {
        length--;
    }
    return skip_blanks(arena_text_n(in->memory, begin, length));
}

/* ---- Values ---- */

/* Reads a quoted text at *at, moves behind its closing quote. The result may contain NULs. */
static bool read_quoted(const reader *in, const char **at, text_builder *out) {
    static const char escapes[] = "\\\\\"\"n\nr\r"; /* pairs: after the backslash, meaning */
    const char *c = *at;
    if (*c++ != '"') {
        return fail(in, "expected a quoted text");
    }
    for (; *c != '"'; c++) {
        if (*c == '\0') {
            return fail(in, "the quoted text has no end");
        }
        if (*c != '\\') {
            text_add_char(out, *c);
            continue;
        }
        c++;
        const char *pair = escapes;
        while (*pair != '\0' && *pair != *c) {
            pair += 2;
        }
        if (*c != '0' && *pair == '\0') {
            return fail(in, "unknown escape in a quoted text (\\\\ \\\" \\n \\r \\0 are known)");
        }
        text_add_n(out, *c == '0' ? "" : pair + 1, 1);
    }
    *at = c + 1;
    return !text_builder_failed(out) || fail(in, "no memory");
}

static int digit_of(char c) {
    char lower = ascii_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Up to 8 hexadecimal digits; false if there is none or there are more. */
static bool read_number(const char **at, uint32_t *out) {
    size_t count = 0;
    uint32_t number = 0;
    for (; digit_of(**at) >= 0; (*at)++, count++) {
        number = number << 4 | (uint32_t)digit_of(**at);
    }
    *out = number;
    return count > 0 && count <= 8;
}

static bool read_text_value(const reader *in, const char **at, reg_value *value) {
    text_builder text = {0};
    if (!read_quoted(in, at, &text)) {
        text_builder_free(&text);
        return false;
    }
    text_add_char(&text, '\0');
    if (value->type == REGISTRY_MULTI_SZ && text.length > 1) {
        text_add_char(&text, '\0');
    }
    value->data = utf16_from_utf8(in->memory, text_builder_text(&text), text.length);
    bool whole = !text_builder_failed(&text);
    text_builder_free(&text);
    return whole || fail(in, "no memory");
}

static bool read_dword(const reader *in, const char **at, reg_value *value) {
    uint32_t number = 0;
    if (!read_number(at, &number)) {
        return fail(in, "dword: needs one to eight hexadecimal digits");
    }
    const uint8_t data[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                            (uint8_t)(number >> 24)};
    value->data = (bytes){arena_copy(in->memory, data, sizeof data), sizeof data};
    return true;
}

/* Hexadecimal bytes with commas between them; a backslash at the end of a line continues on the next. */
static bool read_bytes(reader *in, const char **at, reg_value *value) {
    arena_vector data = ARENA_VECTOR(in->memory, uint8_t);
    const char *c = skip_blanks(*at);
    while (*c != '\0' && *c != ';') {
        if (*c == '\\') {
            c = *skip_blanks(c + 1) == '\0' ? next_line(in) : NULL;
            if (c == NULL) {
                return fail(in, "a backslash must end the line, and another line must follow");
            }
            continue;
        }
        uint32_t byte = 0;
        uint8_t *place = NULL;
        if (!read_number(&c, &byte) || byte > 0xFF || (place = arena_push(&data)) == NULL) {
            return fail(in, "expected hexadecimal bytes with commas between them");
        }
        *place = (uint8_t)byte;
        c = skip_blanks(c);
        if (*c != ',' && *c != '\0' && *c != ';') {
            return fail(in, "expected a comma between hexadecimal bytes");
        }
        c = skip_blanks(*c == ',' ? c + 1 : c);
    }
    *at = c;
    value->data = (bytes){data.items, data.count};
    return true;
}

/* The type in parentheses behind "hex" or "str", if there is one, and the colon. */
static bool read_type(const reader *in, const char **at, uint32_t *type) {
    if (**at == '(') {
        (*at)++;
        if (!read_number(at, type) || *(*at)++ != ')') {
            return fail(in, "expected a type in parentheses");
        }
    }
    return *(*at)++ == ':' || fail(in, "expected a colon");
}

static bool read_data(reader *in, const char **at, reg_value *value) {
    if (**at == '"') {
        value->type = REGISTRY_SZ;
        return read_text_value(in, at, value);
    }
    if (ascii_starts(*at, "dword:")) {
        *at += strlen("dword:");
        value->type = REGISTRY_DWORD;
        return read_dword(in, at, value);
    }
    bool hex = ascii_starts(*at, "hex");
    if (!hex && !ascii_starts(*at, "str")) {
        return fail(in, "unknown kind of value (\"text\", str(n):, dword:, hex:, hex(n): and - are known)");
    }
    *at += strlen("hex");
    value->type = hex ? REGISTRY_BINARY : REGISTRY_SZ;
    if (!read_type(in, at, &value->type)) {
        return false;
    }
    if (hex) {
        return read_bytes(in, at, value);
    }
    bool text =
        value->type == REGISTRY_SZ || value->type == REGISTRY_EXPAND_SZ || value->type == REGISTRY_MULTI_SZ;
    return text ? read_text_value(in, at, value) : fail(in, "str takes the types 1, 2 and 7");
}

static bool read_value_name(const reader *in, const char **at, const char **name) {
    if (**at == '@') {
        (*at)++;
        *name = "";
        return true;
    }
    text_builder text = {0};
    bool read = read_quoted(in, at, &text);
    *name = arena_text(in->memory, text_builder_text(&text));
    if (read && text.length != strlen(*name)) {
        read = fail(in, "a value's name cannot contain NUL");
    }
    text_builder_free(&text);
    return read;
}

static bool read_value(reader *in, const char *line) {
    if (in->key == NULL) {
        return fail(in, "a value needs a key before it");
    }
    reg_value value = {0};
    if (!read_value_name(in, &line, &value.name)) {
        return false;
    }
    line = skip_blanks(line);
    if (*line++ != '=') {
        return fail(in, "expected = behind the value's name");
    }
    line = skip_blanks(line);
    bool removal = *line == '-';
    if (removal) {
        line++;
    } else if (!read_data(in, &line, &value)) {
        return false;
    }
    line = skip_blanks(line);
    if (*line != '\0' && *line != ';') {
        return fail(in, "unexpected text behind the value");
    }
    if (removal) {
        reg_value_remove(in->key, value.name);
        return true;
    }
    return reg_value_set(in->key, &value) || fail(in, "no memory");
}

/* ---- Keys ---- */

/* The key that a path leads to; with make, keys that are missing on the way are made, else NULL. */
static reg_key *walk(const reader *in, reg_key *from, const char *path, bool make) {
    reg_key *key = from;
    while (*path != '\0' && key != NULL) {
        size_t length = strcspn(path, "\\");
        const char *name = arena_text_n(in->memory, path, length);
        key = make ? reg_key_make(in->memory, key, name) : reg_key_find(key, name);
        path += length + (path[length] == '\\' ? 1 : 0);
    }
    return key;
}

static bool remove_key(const reader *in, reg_key *root, const char *rest) {
    const char *last = strrchr(rest, '\\');
    const char *name = last != NULL ? last + 1 : rest;
    if (*name == '\0') {
        return fail(in, "a hive's root cannot be removed");
    }
    const char *parent_path = arena_text_n(in->memory, rest, last != NULL ? (size_t)(last - rest) : 0);
    reg_key *parent = walk(in, root, parent_path, false);
    if (parent != NULL) {
        reg_key_remove(parent, name);
    }
    return true;
}

static bool read_key(reader *in, const char *line) {
    const char *end = strrchr(line, ']');
    const char *behind = end != NULL ? skip_blanks(end + 1) : "?";
    if (*behind != '\0') {
        return fail(in, "a key's line must end with ]");
    }
    bool removal = line[1] == '-';
    const char *begin = line + (removal ? 2 : 1);
    const char *rest = NULL;
    const char *name = arena_text_n(in->memory, begin, (size_t)(end - begin));
    reg_key *root = in->finder(in->user, name, &rest);
    if (root == NULL) {
        return fail(in, "the key lies in none of the hives that can be made");
    }
    if (*rest == '\\' || strstr(rest, "\\\\") != NULL || ascii_ends(rest, "\\")) {
        return fail(in, "a key's name cannot be empty");
    }
    if (removal) {
        in->key = NULL;
        return remove_key(in, root, rest);
    }
    in->key = walk(in, root, rest, true);
    if (in->key == NULL) {
        return fail(in, "no memory");
    }
    if (in->has_time) {
        in->key->timed = true;
        in->key->time = in->time;
        in->has_time = false;
    }
    return true;
}

static bool read_comment(reader *in, const char *line) {
    const char *text = skip_blanks(line + 1);
    if (!ascii_starts(text, "time:")) {
        return true;
    }
    bool has_zone = false;
    if (!instant_parse(skip_blanks(text + strlen("time:")), &in->time, &has_zone) || !has_zone) {
        return fail(in, "a time comment needs a time as 2026-03-02T08:00:00Z");
    }
    in->has_time = true;
    return true;
}

static bool read_line(reader *in, const char *line) {
    static const char header[] = "Windows Registry Editor Version 5.00";
    if (*line == '\0' || ascii_equal(line, header)) {
        return true;
    }
    if (*line == ';') {
        return read_comment(in, line);
    }
    if (*line == '[') {
        return read_key(in, line);
    }
    if (in->has_time) {
        return fail(in, "a time comment belongs before a key's line");
    }
    return read_value(in, line);
}

/* The text as UTF-8 without BOM. */
static bool decode(reader *in) {
    const uint8_t *data = in->source->data;
    size_t size = in->source->size;
    if (size >= 2 && data[0] == 0xFF && data[1] == 0xFE) {
        size_t length = 0;
        in->next = utf8_from_utf16(in->memory, data + 2, (size - 2) / 2, &length);
        in->end = in->next + length;
    } else {
        bool bom = size >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF;
        in->next = (const char *)data + (bom ? 3 : 0);
        in->end = (const char *)data + size;
    }
    size_t length = (size_t)(in->end - in->next);
    if (length > 0 && (memchr(in->next, '\0', length) != NULL || !utf8_valid(in->next, length))) {
        return fail(in, "the text is neither UTF-8 nor UTF-16 with a byte order mark");
    }
    return true;
}

bool reg_text_apply(const reg_source *source, reg_root_finder finder, void *user, arena *memory,
                    const maker_error *error) {
    reader in = {.source = source, .finder = finder, .user = user, .memory = memory, .error = error};
    if (!decode(&in)) {
        return false;
    }
    for (const char *line = next_line(&in); line != NULL; line = next_line(&in)) {
        if (!read_line(&in, line)) {
            return false;
        }
    }
    if (in.has_time) {
        return fail(&in, "a time comment belongs before a key's line");
    }
    return !arena_failed(memory) || fail(&in, "no memory");
}
