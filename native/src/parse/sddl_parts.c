#include "parse/sddl_parts.h"

#include "core/unicode.h"

#include <string.h>

enum { LONGEST_NUMBER = 11 /* 0 and eleven octal digits */ };

bool span_is(span s, const char *text) {
    return s.length == strlen(text) && ascii_equal_n(s.text, text, s.length);
}

/* ---- Rights ---- */

static const struct {
    char letters[3];
    uint32_t mask;
} right_names[] = {
    {"FA", 0x1F01FF}, {"FR", 0x120089}, {"FW", 0x120116}, {"FX", 0x1200A0}, {"GA", 0x1F01FF},
    {"GR", 0x120089}, {"GW", 0x120116}, {"GX", 0x1200A0}, {"KA", 0xF003F},  {"KR", 0x20019},
    {"KW", 0x20006},  {"KX", 0x20019},  {"CC", 0x1},      {"DC", 0x2},      {"LC", 0x4},
    {"SW", 0x8},      {"RP", 0x10},     {"WP", 0x20},     {"DT", 0x40},     {"LO", 0x80},
    {"CR", 0x100},    {"SD", 0x10000},  {"RC", 0x20000},  {"WD", 0x40000},  {"WO", 0x80000},
};

/* Generic rights in a number, as those of files. */
static uint32_t without_generic(uint32_t mask) {
    static const struct {
        uint32_t generic;
        uint32_t mask;
    } map[] = {
        {0x80000000, 0x120089}, {0x40000000, 0x120116}, {0x20000000, 0x1200A0}, {0x10000000, 0x1F01FF}};
    uint32_t result = mask & 0x0FFFFFFF;
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
        result |= (mask & map[i].generic) != 0 ? map[i].mask : 0;
    }
    return result;
}

static uint32_t digit_of(char c) {
    char lower = ascii_lower(c);
    return c >= '0' && c <= '9'           ? (uint32_t)(c - '0')
           : lower >= 'a' && lower <= 'f' ? (uint32_t)(lower - 'a') + 10
                                          : UINT32_MAX;
}

/* Hexadecimal behind 0x, octal behind 0, else decimal. */
static bool read_number(span s, uint32_t *out) {
    uint64_t number = 0;
    bool hexadecimal = s.length > 2 && s.text[0] == '0' && ascii_lower(s.text[1]) == 'x';
    uint32_t base = hexadecimal ? 16 : s.length > 1 && s.text[0] == '0' ? 8 : 10;
    for (size_t i = hexadecimal ? 2 : 0; i < s.length; i++) {
        uint32_t digit = digit_of(s.text[i]);
        if (digit >= base || s.length > LONGEST_NUMBER + 1) {
            return false;
        }
        number = number * base + digit;
    }
    *out = without_generic((uint32_t)number);
    return number <= UINT32_MAX;
}

bool sddl_read_rights(span s, uint32_t *out) {
    *out = 0;
    if (s.length > 0 && s.text[0] >= '0' && s.text[0] <= '9') {
        return read_number(s, out);
    }
    for (size_t at = 0; at < s.length; at += 2) {
        size_t i = 0;
        size_t count = sizeof right_names / sizeof right_names[0];
        while (i < count && (s.length - at < 2 || !ascii_equal_n(s.text + at, right_names[i].letters, 2))) {
            i++;
        }
        if (i == count) {
            return false;
        }
        *out |= right_names[i].mask;
    }
    return true;
}

/* ---- Entries ---- */

bool sddl_has_flag(span flags, const char *flag) {
    for (size_t at = 0; at + 2 <= flags.length; at += 2) {
        if (ascii_equal_n(flags.text + at, flag, 2)) {
            return true;
        }
    }
    return false;
}

/* "A;OICI;FA;;;SY": more fields (a condition) are part of the last one. */
static bool split(span entry, span fields[ENTRY_FIELDS]) {
    size_t count = 0;
    const char *start = entry.text;
    const char *end = entry.text + entry.length;
    for (const char *at = start; at <= end; at++) {
        if (at == end || *at == ';') {
            if (count < ENTRY_FIELDS) {
                fields[count] = (span){.text = start, .length = (size_t)(at - start)};
            }
            count++;
            start = at + 1;
        }
    }
    return count >= ENTRY_FIELDS;
}

/* The end of the entry that begins at "(", or NULL: a condition has parentheses of its own, and quotes. */
static const char *entry_end(const char *at) {
    size_t depth = 0;
    bool quoted = false;
    for (; *at != '\0'; at++) {
        quoted = (*at == '"') != quoted;
        depth += !quoted && *at == '(';
        if (!quoted && *at == ')' && --depth == 0) {
            return at;
        }
    }
    return NULL;
}

const char *sddl_each_entry(const char *list, sddl_visitor visit, void *user) {
    const char *at = list + strcspn(list, "(:");
    if (*at == ':') {
        return NULL; /* the list has no entry; the next part follows */
    }
    while (*at == '(') {
        const char *end = entry_end(at);
        span fields[ENTRY_FIELDS];
        if (end == NULL || !split((span){.text = at + 1, .length = (size_t)(end - at - 1)}, fields)) {
            return "an access entry is cut off";
        }
        if (!visit(user, fields)) {
            return NULL;
        }
        at = end + 1;
    }
    return *at != '\0' && !ascii_starts(at, "S:") ? "the access list does not end as it should" : NULL;
}

/* ---- The whole text ---- */

/* The part that begins with tag ("D:"); NULL if there is none. A SID or a flag has no colon, so the first one
 * found is the tag, unless it stands inside an entry. */
const char *sddl_part(const char *sddl, const char *tag) {
    size_t entries = strcspn(sddl, "(");
    for (size_t i = 0; i + 1 < entries; i++) {
        if (ascii_equal_n(sddl + i, tag, 2)) {
            return sddl + i + 2;
        }
    }
    return NULL;
}

span sddl_owner(const char *sddl) {
    const char *owner = sddl_part(sddl, "O:");
    if (owner == NULL) {
        return (span){0};
    }
    /* The next part's letter stands before its colon. */
    size_t length = strcspn(owner, ":(");
    length -= owner[length] == ':' && length > 0 ? 1 : 0;
    return (span){.text = owner, .length = length};
}
