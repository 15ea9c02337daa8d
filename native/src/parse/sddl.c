#include "parse/sddl.h"

#include "core/unicode.h"

#include <string.h>

enum { ALL_FILE_RIGHTS = 0x1F01FF, OWNER_RIGHTS = 0x60000 /* READ_CONTROL and WRITE_DAC */ };
enum { ENTRY_FIELDS = 6, LONGEST_NUMBER = 11 /* 0 and eleven octal digits */ };
enum { FIELD_TYPE, FIELD_FLAGS, FIELD_RIGHTS, FIELD_OBJECT, FIELD_INHERITED_OBJECT, FIELD_SID };

typedef struct span {
    const char *text;
    size_t length;
} span;

static bool span_is(span s, const char *text) {
    return s.length == strlen(text) && ascii_equal_n(s.text, text, s.length);
}

/* ---- Accounts ---- */

/* What SYSTEM is. */
static const char *const system_sids[] = {"SY", "S-1-5-18", "BA", "S-1-5-32-544",
                                          "WD", "S-1-1-0",  "AU", "S-1-5-11"};

static bool is_system(span sid) {
    for (size_t i = 0; i < sizeof system_sids / sizeof system_sids[0]; i++) {
        if (span_is(sid, system_sids[i])) {
            return true;
        }
    }
    return false;
}

static bool is_owner_rights(span sid) {
    return span_is(sid, "OW") || span_is(sid, "S-1-3-4");
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

static bool read_rights(span s, uint32_t *out) {
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

typedef struct evaluation {
    bool owner; /* SYSTEM, or a group that it is in, owns the object */
    uint32_t decided;
    uint32_t granted;
    const char *problem;
} evaluation;

static bool has_flag(span flags, const char *flag) {
    for (size_t at = 0; at + 2 <= flags.length; at += 2) {
        if (ascii_equal_n(flags.text + at, flag, 2)) {
            return true;
        }
    }
    return false;
}

static void apply(evaluation *e, const span fields[ENTRY_FIELDS]) {
    uint32_t mask = 0;
    bool concerns = is_system(fields[FIELD_SID]) || (e->owner && is_owner_rights(fields[FIELD_SID]));
    if (!concerns || has_flag(fields[FIELD_FLAGS], "IO")) {
        return;
    }
    bool allow = span_is(fields[FIELD_TYPE], "A");
    if (!allow && !span_is(fields[FIELD_TYPE], "D")) {
        e->problem = "an access entry of SYSTEM's is neither a simple allow nor a simple deny";
        return;
    }
    if (!read_rights(fields[FIELD_RIGHTS], &mask)) {
        e->problem = "the rights of an access entry are not understood";
        return;
    }
    e->granted |= allow ? mask & ~e->decided : 0;
    e->decided |= mask;
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

/* Every entry behind "D:" and the list's flags. */
static void apply_list(evaluation *e, const char *at) {
    at += strcspn(at, "(:");
    if (*at == ':') {
        return; /* the list has no entry; the next part follows */
    }
    while (*at == '(' && e->problem == NULL) {
        const char *end = entry_end(at);
        span fields[ENTRY_FIELDS];
        if (end == NULL || !split((span){.text = at + 1, .length = (size_t)(end - at - 1)}, fields)) {
            e->problem = "an access entry is cut off";
            return;
        }
        apply(e, fields);
        at = end + 1;
    }
    if (e->problem == NULL && *at != '\0' && !ascii_starts(at, "S:")) {
        e->problem = "the access list does not end as it should";
    }
}

/* ---- The whole text ---- */

/* The part that begins with tag ("D:"); NULL if there is none. A SID or a flag has no colon, so the first one
 * found is the tag, unless it stands inside an entry. */
static const char *find_part(const char *sddl, const char *tag) {
    size_t entries = strcspn(sddl, "(");
    for (size_t i = 0; i + 1 < entries; i++) {
        if (ascii_equal_n(sddl + i, tag, 2)) {
            return sddl + i + 2;
        }
    }
    return NULL;
}

static bool owned_by_system(const char *sddl) {
    const char *owner = find_part(sddl, "O:");
    if (owner == NULL) {
        return false;
    }
    /* The next part's letter stands before its colon. */
    size_t length = strcspn(owner, ":(");
    length -= owner[length] == ':' ? 1 : 0;
    return is_system((span){.text = owner, .length = length});
}

bool sddl_system_rights(const char *sddl, uint32_t *out, fact *why) {
    const char *list = find_part(sddl, "D:");
    *out = 0;
    if (list == NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL, "the security descriptor has no access list");
        return false;
    }
    evaluation e = {.owner = owned_by_system(sddl)};
    if (ascii_starts(list, "NO_ACCESS_CONTROL")) {
        e.granted = ALL_FILE_RIGHTS;
    } else {
        apply_list(&e, list);
    }
    if (e.problem != NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL, e.problem);
        return false;
    }
    *out = e.granted | (e.owner ? OWNER_RIGHTS : 0);
    *why = fact_known(NULL);
    return true;
}
