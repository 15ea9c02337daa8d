#include "parse/files_json.h"

#include "core/unicode.h"
#include "parse/json_capture.h"

#include <stdlib.h>
#include <string.h>

/* Names of System.IO.FileAttributes. */
static const struct {
    const char *word;
    int64_t bit;
} attribute_words[] = {
    {"ReadOnly", 0x1},
    {"Hidden", 0x2},
    {"System", 0x4},
    {"Directory", 0x10},
    {"Archive", 0x20},
    {"Device", 0x40},
    {"Normal", 0x80},
    {"Temporary", 0x100},
    {"SparseFile", 0x200},
    {"ReparsePoint", 0x400},
    {"Compressed", 0x800},
    {"Offline", 0x1000},
    {"NotContentIndexed", 0x2000},
    {"Encrypted", 0x4000},
    {"IntegrityStream", 0x8000},
    {"NoScrubData", 0x20000},
};

/* Upper case, backslashes, none at the end. */
static const char *key_of(const char *path, arena *memory) {
    size_t length = strlen(path);
    /* Upper-casing keeps a character within two bytes of its length. */
    char *key = length < SIZE_MAX / 3 ? arena_alloc(memory, length * 3 + 1) : NULL;
    if (key == NULL) {
        arena_set_failed(memory);
        return "";
    }
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        uint32_t c = utf8_next(path, length, &at);
        used += utf8_encode(c == '/' ? '\\' : unicode_upper(c), key + used);
    }
    while (used > 0 && key[used - 1] == '\\') {
        key[--used] = '\0';
    }
    return key;
}

static bool attribute_of_word(const char *word, size_t length, int64_t *bits) {
    for (size_t i = 0; i < sizeof attribute_words / sizeof attribute_words[0]; i++) {
        if (strlen(attribute_words[i].word) == length &&
            ascii_equal_n(word, attribute_words[i].word, length)) {
            *bits |= attribute_words[i].bit;
            return true;
        }
    }
    return false;
}

/* "Archive, Compressed". */
static bool attributes_of_text(const char *text, int64_t *out) {
    *out = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, ", ");
        if (length > 0 && !attribute_of_word(text, length, out)) {
            return false;
        }
        text += length;
        text += strspn(text, ", ");
    }
    return *out != 0;
}

static fact_number attributes_of(const json_t *entry, const char *where) {
    int64_t number = 0;
    const char *text = json_capture_text(entry, "Attributes");
    if (json_capture_number(entry, "Attributes", &number) ||
        (text != NULL && attributes_of_text(text, &number))) {
        return (fact_number){.fact = fact_known(where), .value = number};
    }
    return (fact_number){.fact = text != NULL
                                     ? fact_unknown(REASON_MALFORMED, where, "Attributes is not understood")
                                     : fact_unknown(REASON_NOT_COLLECTED, where, NULL)};
}

static fact_text security_of(const json_t *entry, arena *memory, const char *where) {
    const char *text = json_capture_text(entry, "Sddl");
    if (text == NULL || text[0] == '\0') {
        return (fact_text){
            .fact = fact_unknown(REASON_UNREADABLE, where, "the capture has no security descriptor")};
    }
    return (fact_text){.fact = fact_known(where), .value = arena_text(memory, text)};
}

static fact_number zone_of(const json_t *entry, const char *where) {
    int64_t number = 0;
    if (json_is_null(json_object_get(entry, "Zone"))) {
        return (fact_number){.fact = fact_absent(where)};
    }
    if (json_capture_number(entry, "Zone", &number)) {
        return (fact_number){.fact = fact_known(where), .value = number};
    }
    return (fact_number){.fact = fact_unknown(REASON_NOT_COLLECTED, where, NULL)};
}

static int compare(const void *a, const void *b) {
    const files_json_entry *left = a;
    const files_json_entry *right = b;
    int order = strcmp(left->key, right->key);
    /* Entries of one key in the order they were written, for which qsort gives no guarantee. */
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

/* Of neighbours with one key the last stays. */
static size_t drop_repeated(files_json_entry *items, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && strcmp(items[i].key, items[i + 1].key) == 0) {
            continue;
        }
        items[kept++] = items[i];
    }
    return kept;
}

static bool fill(const json_t *array, const char *where, arena *memory, files_json *out, fact *why) {
    size_t count = json_array_size(array);
    files_json_entry *items = arena_array(memory, count, sizeof *items);
    for (size_t i = 0; i < count && items != NULL; i++) {
        const json_t *entry = json_array_get(array, i);
        const char *path = json_capture_text(entry, "FullName");
        if (path == NULL || path[0] == '\0') {
            *why = fact_unknown(REASON_MALFORMED, where,
                                arena_printf(memory, "item %zu has no FullName", i + 1));
            return false;
        }
        items[i] = (files_json_entry){
            .key = key_of(path, memory),
            .path = arena_text(memory, path),
            .order = i,
            .marks = {.attributes = attributes_of(entry, where),
                      .security = security_of(entry, memory, where),
                      .zone = zone_of(entry, where)},
        };
    }
    if (items == NULL || arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, where, NULL);
        return false;
    }
    if (count > 0) {
        qsort(items, count, sizeof *items, compare);
    }
    *out = (files_json){.items = items, .count = drop_repeated(items, count)};
    return true;
}

bool files_json_read(const uint8_t *data, size_t size, const char *where, arena *memory, files_json *out,
                     fact *why) {
    *out = (files_json){0};
    json_t *array = json_capture_load(data, size, memory, why);
    if (array == NULL) {
        why->where = where;
        return false;
    }
    *why = fact_known(where);
    bool read = fill(array, where, memory, out, why);
    json_decref(array);
    return read;
}

const file_marks *files_json_find(const files_json *files, const char *path, arena *memory) {
    const char *key = key_of(path, memory);
    size_t low = 0;
    size_t high = files->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(files->items[middle].key, key);
        if (order == 0) {
            return &files->items[middle].marks;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
