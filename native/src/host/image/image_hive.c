#include "host/image/image_hive.h"

#include "core/alloc.h"
#include "core/instant.h"
#include "core/unicode.h"
#include "host/image/image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { HEADER_SIZE = 512, SMALLEST_HIVE = 0x2000, NAMES_LIMIT = 16 * 1024 * 1024 };

static fact_state unknown(unknown_reason reason, const image_hive *hive, const char *detail, fact *why) {
    *why = fact_unknown(reason, hive->state.where, detail);
    return FACT_UNKNOWN;
}

static fact_state damaged(const image_hive *hive, const char *detail, fact *why) {
    return unknown(REASON_MALFORMED, hive, detail, why);
}

static fact_state known(const image_hive *hive, const arena *memory, fact *why) {
    if (arena_failed(memory)) {
        return unknown(REASON_NO_MEMORY, hive, NULL, why);
    }
    *why = fact_known(hive->state.where);
    return FACT_KNOWN;
}

static fact_state absent(const image_hive *hive, const arena *memory, fact *why) {
    if (arena_failed(memory)) {
        return unknown(REASON_NO_MEMORY, hive, NULL, why);
    }
    *why = fact_absent(hive->state.where);
    return FACT_ABSENT;
}

/* ---- Opening ---- */

bool image_hive_read_header(const uint8_t *data, size_t size, image_hive_header *out) {
    *out = (image_hive_header){0};
    if (size < HEADER_SIZE || memcmp(data, "regf", 4) != 0) {
        return false;
    }
    uint32_t sum = 0;
    for (size_t at = 0; at < 0x1FC; at += 4) {
        sum ^= cell_u32(data + at);
    }
    out->primary_sequence = cell_u32(data + 4);
    out->secondary_sequence = cell_u32(data + 8);
    out->written = (uint64_t)cell_u32(data + 16) << 32 | cell_u32(data + 12);
    out->root = (size_t)cell_u32(data + 0x24) + CELLS_BASE_BLOCK;
    out->bins_end = (uint64_t)cell_u32(data + 0x28) + CELLS_BASE_BLOCK;
    /* Windows stores 1 for a sum of 0, and -2 for one of -1. hivex, which is to write the hive, compares with
     * the sum itself, and so refuses those. */
    return sum == cell_u32(data + 0x1FC);
}

/* What is wrong with the base block, or NULL. */
static const char *header_defect(image_hive *hive) {
    if (hive->data.size < SMALLEST_HIVE) {
        return "the file is too short to be a hive";
    }
    if (memcmp(hive->data.data, "regf", 4) != 0) {
        return "the file does not begin as a hive does";
    }
    if (!image_hive_read_header(hive->data.data, hive->data.size, &hive->header)) {
        return "the checksum of the hive's header is wrong";
    }
    if (cell_u32(hive->data.data + 20) != 1) {
        return "the hive is of a format that is not known";
    }
    return NULL;
}

void image_hive_descriptor_name(int descriptor, char name[IMAGE_DESCRIPTOR_NAME]) {
    (void)snprintf(name, IMAGE_DESCRIPTOR_NAME, "/proc/self/fd/%d", descriptor);
}

static bool same_state(const struct stat *a, const struct stat *b) {
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Fills what was allocated. Half of the file as it was and half as it is now would be no hive. */
static bool fill(image_hive *hive, int descriptor, const struct stat *before, fact *why) {
    struct stat after;
    size_t got = 0;
    if (!image_read_at(descriptor, 0, hive->copy, hive->data.size, &got) || fstat(descriptor, &after) != 0) {
        return unknown(REASON_UNREADABLE, hive, NULL, why) == FACT_KNOWN;
    }
    return (got == hive->data.size && same_state(before, &after)) ||
           unknown(REASON_UNREADABLE, hive, "it changed while it was read", why) == FACT_KNOWN;
}

/* A copy, because a mapping of the file would be another whenever somebody writes to it, after it was
 * checked, and would end the process once the file is cut off. Not by mem_alloc: this goes back to the system
 * at once, and in huge pages it takes half the time. */
static bool load(image_hive *hive, int descriptor, arena *memory, fact *why) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return unknown(REASON_UNREADABLE, hive, NULL, why) == FACT_KNOWN;
    }
    if ((uint64_t)status.st_size > IMAGE_HIVE_LIMIT) {
        const char *detail =
            arena_printf(memory, "the hive has %lld bytes, more than 512 MiB", (long long)status.st_size);
        return unknown(REASON_TOO_LARGE, hive, detail, why) == FACT_KNOWN;
    }
    if (status.st_size == 0) {
        return damaged(hive, "the file is empty", why) == FACT_KNOWN;
    }
    size_t size = (size_t)status.st_size;
    // cppcheck-suppress invalidFunctionArg ; -1 is what there is for memory without a file
    void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) {
        return unknown(REASON_NO_MEMORY, hive, NULL, why) == FACT_KNOWN;
    }
    (void)madvise(copy, size, MADV_HUGEPAGE);
    hive->copy = copy;
    hive->data = (bytes){.data = copy, .size = size};
    return fill(hive, descriptor, &status, why);
}

/* 2100-01-01: times of keys after it are garbage. */
static const int64_t latest_time = 4102444800;

static const char *hive_defect(image_hive *hive) {
    const char *defect = header_defect(hive);
    if (defect != NULL) {
        return defect;
    }
    size_t root = hive->header.root;
    hive->cells.latest = filetime_from_instant(latest_time);
    return cells_check_bins(hive->data, hive->header.bins_end, root, &hive->cells)
               ? cell_check_key(hive->data, root)
               : "the hive's bins or its root key are damaged";
}

static bool check_copy(image_hive *hive, fact *why) {
    const char *defect = hive_defect(hive);
    return defect == NULL || damaged(hive, defect, why) == FACT_KNOWN;
}

bool image_hive_open(image_hive *hive, int descriptor, const char *where, arena *memory, fact *why) {
    *hive = (image_hive){.state = fact_known(where)};
    *why = hive->state;
    if (load(hive, descriptor, memory, why) && check_copy(hive, why)) {
        return true;
    }
    image_hive_close(hive);
    hive->state = *why;
    return false;
}

void image_hive_close(image_hive *hive) {
    if (hive->copy != NULL) {
        (void)munmap(hive->copy, hive->data.size);
    }
    *hive = (image_hive){.state = hive->state};
}

/* ---- Names ---- */

static uint32_t unit_of(const cell_name *name, size_t i) {
    return name->wide ? (uint32_t)name->data[2 * i] | (uint32_t)name->data[2 * i + 1] << 8 : name->data[i];
}

/* Windows' table of upper-case letters has no surrogate pairs, so units will do. */
bool image_hive_name_equal(const cell_name *name, bytes wanted) {
    if (name->units != wanted.size / 2) {
        return false;
    }
    for (size_t i = 0; i < name->units; i++) {
        uint32_t other = (uint32_t)wanted.data[2 * i] | (uint32_t)wanted.data[2 * i + 1] << 8;
        if (unicode_upper(unit_of(name, i)) != unicode_upper(other)) {
            return false;
        }
    }
    return true;
}

static const char *name_text(const cell_name *name, arena *memory) {
    size_t length = 0;
    if (name->wide) {
        return utf8_from_utf16(memory, name->data, name->units, &length);
    }
    uint8_t *wide = arena_alloc(memory, name->units * 2);
    if (wide == NULL) {
        return "";
    }
    for (size_t i = 0; i < name->units; i++) {
        wide[2 * i] = name->data[i];
    }
    return utf8_from_utf16(memory, wide, name->units, &length);
}

/* ---- Lists ---- */

/* What a key lists, ended by 0 and to be freed, once all of it has been found sound. NULL: *why. */
static size_t *list_of(const image_hive *hive, size_t key, bool of_values, arena *memory, fact *why) {
    const char *defect = of_values ? cell_check_values(hive->data, key) : cell_check_keys(hive->data, key);
    if (defect != NULL) {
        (void)damaged(hive, arena_printf(memory, "%s (key at offset 0x%zx)", defect, key), why);
        return NULL;
    }
    size_t count = of_values ? cell_value_count(hive->data, key) : cell_key_count(hive->data, key);
    if (count > CELLS_MAX_ITEMS) {
        const char *detail =
            arena_printf(memory, "the key has %zu %s, more than %d (key at offset 0x%zx)", count,
                         of_values ? "values" : "sub-keys", (int)CELLS_MAX_ITEMS, key);
        (void)unknown(REASON_TOO_LARGE, hive, detail, why);
        return NULL;
    }
    size_t *list = mem_alloc((count + 1) * sizeof *list);
    if (list == NULL) {
        arena_set_failed(memory);
        (void)unknown(REASON_NO_MEMORY, hive, NULL, why);
        return NULL;
    }
    (of_values ? cell_list_values : cell_list_keys)(hive->data, key, list);
    return list;
}

static cell_name name_in(const image_hive *hive, size_t item, bool is_value) {
    return is_value ? cell_value_name(hive->data, item) : cell_key_name(hive->data, item);
}

/* The item of that name, 0 if there surely is none. */
static fact_state find_named(const image_hive *hive, size_t key, bool is_value, bytes name, arena *memory,
                             size_t *out, fact *why) {
    size_t *list = list_of(hive, key, is_value, memory, why);
    if (list == NULL) {
        return FACT_UNKNOWN;
    }
    *out = 0;
    for (size_t i = 0; list[i] != 0 && *out == 0; i++) {
        cell_name other = name_in(hive, list[i], is_value);
        if (image_hive_name_equal(&other, name)) {
            *out = list[i];
        }
    }
    mem_free(list);
    return *out != 0 ? known(hive, memory, why) : absent(hive, memory, why);
}

static fact_state names_of(const image_hive *hive, size_t key, bool of_values, arena *memory, text_list *out,
                           fact *why) {
    *out = (text_list){0};
    size_t *list = list_of(hive, key, of_values, memory, why);
    if (list == NULL) {
        return FACT_UNKNOWN;
    }
    size_t count = 0;
    size_t units = 0;
    for (; list[count] != 0; count++) {
        units += name_in(hive, list[count], of_values).units;
    }
    const char **items = units <= NAMES_LIMIT ? arena_array(memory, count, sizeof *items) : NULL;
    for (size_t i = 0; i < count && items != NULL; i++) {
        cell_name name = name_in(hive, list[i], of_values);
        items[i] = name_text(&name, memory);
    }
    mem_free(list);
    if (units > NAMES_LIMIT) {
        return unknown(REASON_TOO_LARGE, hive, "the names in the key are too long", why);
    }
    *out = (text_list){.items = items, .count = items != NULL ? count : 0};
    return known(hive, memory, why);
}

fact_state image_hive_keys(const image_hive *hive, size_t key, arena *memory, text_list *out, fact *why) {
    return names_of(hive, key, false, memory, out, why);
}

fact_state image_hive_values(const image_hive *hive, size_t key, arena *memory, text_list *out, fact *why) {
    return names_of(hive, key, true, memory, out, why);
}

/* ---- Keys and values ---- */

fact_state image_hive_child(const image_hive *hive, const char *name, size_t length, arena *memory,
                            size_t *key, fact *why) {
    if (length == 0 || !utf8_valid(name, length)) {
        return damaged(hive, "the name of the key asked for is none", why);
    }
    fact_state state = find_named(hive, *key, false, utf16_from_utf8(memory, name, length), memory, key, why);
    if (state == FACT_KNOWN && cell_key_is_link(hive->data, *key)) {
        return unknown(REASON_NOT_ON_HOST, hive, "the key is a link to another, which is not followed", why);
    }
    return state;
}

fact_state image_hive_find(const image_hive *hive, const char *key, arena *memory, size_t *out, fact *why) {
    *out = hive->header.root;
    fact_state state = known(hive, memory, why);
    while (state == FACT_KNOWN && *key != '\0') {
        size_t length = strcspn(key, "\\");
        state = image_hive_child(hive, key, length, memory, out, why);
        key += length + (key[length] == '\\');
    }
    return state;
}

/* Data that are not empty and have been found sound. */
static fact_state read_data(const image_hive *hive, size_t value, arena *memory, registry_value *out,
                            fact *why) {
    size_t size = cell_data_size(hive->data, value);
    uint8_t *data = arena_alloc(memory, size);
    cell_data from = cell_data_of(hive->data, value);
    for (size_t at = 0; data != NULL && at < size;) {
        bytes piece = cell_data_next(hive->data, &from);
        memcpy(data + at, piece.data, piece.size);
        at += piece.size;
    }
    out->data = (bytes){.data = data, .size = data != NULL ? size : 0};
    return known(hive, memory, why);
}

fact_state image_hive_value(const image_hive *hive, size_t key, const char *name, arena *memory,
                            registry_value *out, fact *why) {
    *out = (registry_value){0};
    size_t value = 0;
    size_t length = strlen(name);
    if (!utf8_valid(name, length)) {
        return damaged(hive, "the name of the value asked for is none", why);
    }
    fact_state state =
        find_named(hive, key, true, utf16_from_utf8(memory, name, length), memory, &value, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    const char *defect = cell_check_data(hive->data, value);
    size_t size = cell_data_size(hive->data, value);
    if (defect != NULL) {
        return damaged(hive, defect, why);
    }
    if (size > CELLS_MAX_DATA) {
        return unknown(REASON_TOO_LARGE, hive, "the value's data are larger than is read", why);
    }
    out->type = cell_u32(hive->data.data + value + 16);
    return size == 0 ? known(hive, memory, why) : read_data(hive, value, memory, out, why);
}

fact_state image_hive_time(const image_hive *hive, size_t key, uint64_t *out, fact *why) {
    *out = cell_key_time(hive->data, key);
    if (*out > INT64_MAX) {
        return damaged(hive, "the key's time is none", why);
    }
    *why = fact_known(hive->state.where);
    return FACT_KNOWN;
}
