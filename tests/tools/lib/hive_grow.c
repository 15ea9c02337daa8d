#include "hive_grow.h"

#include "core/unicode.h"
#include "file_tree.h"
#include "hive_blank.h"
#include "hive_maker.h"
#include "host/image/image_cells.h"

#include <hivex.h>
#include <stdio.h>
#include <string.h>

/* Offsets behind a cell's size field. */
enum {
    KEY_TIME = 4,
    KEY_PARENT = 16,
    KEY_COUNT = 20,
    KEY_LIST = 28,
    KEY_VOLATILE_LIST = 32,
    KEY_VALUE_COUNT = 36,
    KEY_VALUES = 40,
    KEY_SECURITY = 44,
    KEY_CLASS = 48,
    KEY_NAME_LENGTH = 72,
    KEY_NAME = 76,
    VALUE_NAME = 20,
    SECURITY_USERS = 12,
    HEADER_WRITTEN = 12,
    HEADER_BINS_SIZE = 40,
};
enum { BIN_SIZE = 4096, BIN_HEADER = 32, MOST_GROUPS = 500, CLASSES_IN_GROUP = 500, SLACK = 64 * 1024 };
enum { TYPE_TEXT = 1, TYPE_EXPANDING_TEXT = 2, TYPE_BINARY = 3, TYPE_NUMBER = 4 };
#define NOTHING 0xFFFFFFFFu /* an offset that leads nowhere */

/* The file as it is being written. Cells are known by their offset from the first bin, as in the file itself.
 */
typedef struct grower {
    uint8_t *file;
    size_t capacity;
    size_t wanted;
    size_t size; /* of the file: where the newest bin ends */
    size_t used; /* within it: where the next cell goes */
    uint8_t time[8];
    uint32_t security;
    uint32_t keys; /* made so far */
} grower;

static uint8_t *content(const grower *g, uint32_t cell) {
    return g->file + CELLS_BASE_BLOCK + cell + 4;
}

/* ---- Cells ---- */

static void begin_bin(grower *g, size_t needed) {
    size_t size = (BIN_HEADER + needed + BIN_SIZE - 1) / BIN_SIZE * BIN_SIZE;
    if (g->used < g->size) {
        store_u32(g->file + g->used, (uint32_t)(g->size - g->used)); /* positive: free */
    }
    uint8_t *bin = g->file + g->size;
    store_ascii(bin, "hbin");
    store_u32(bin + 4, (uint32_t)(g->size - CELLS_BASE_BLOCK));
    store_u32(bin + 8, (uint32_t)size);
    g->used = g->size + BIN_HEADER;
    g->size += size;
}

/* A new cell for so many bytes. The space was reserved beforehand: SLACK is more than one class or list
 * needs. */
static uint32_t new_cell(grower *g, size_t size) {
    size_t needed = (4 + size + 7) / 8 * 8;
    if (g->size - g->used < needed) {
        begin_bin(g, needed);
    }
    uint8_t *cell = g->file + g->used;
    store_u32(cell, 0u - (uint32_t)needed); /* negative: in use */
    g->used += needed;
    return (uint32_t)((size_t)(cell - g->file) - CELLS_BASE_BLOCK);
}

static uint32_t new_key(grower *g, uint32_t parent, const char *name) {
    size_t length = strlen(name);
    uint32_t cell = new_cell(g, KEY_NAME + length);
    uint8_t *key = content(g, cell);
    store_ascii(key, "nk");
    store_u16(key + 2, 0x20); /* 8-bit name */
    memcpy(key + KEY_TIME, g->time, sizeof g->time);
    store_u32(key + KEY_PARENT, parent);
    store_u32(key + KEY_LIST, NOTHING);
    store_u32(key + KEY_VOLATILE_LIST, NOTHING);
    store_u32(key + KEY_VALUES, NOTHING);
    store_u32(key + KEY_SECURITY, g->security);
    store_u32(key + KEY_CLASS, NOTHING);
    store_u16(key + KEY_NAME_LENGTH, (uint16_t)length);
    store_ascii(key + KEY_NAME, name);
    g->keys++;
    return cell;
}

static uint32_t name_hash(const uint8_t *name, size_t length) {
    uint32_t hash = 0;
    for (size_t i = 0; i < length; i++) {
        hash = hash * 37 + unicode_upper(name[i]);
    }
    return hash;
}

/* Keys must be in the order of their names. */
static void set_keys(grower *g, uint32_t parent, const uint32_t *keys, size_t count) {
    uint32_t cell = new_cell(g, 4 + count * 8);
    uint8_t *list = content(g, cell);
    store_ascii(list, "lh");
    store_u16(list + 2, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *key = content(g, keys[i]);
        store_u32(list + 4 + i * 8, keys[i]);
        store_u32(list + 8 + i * 8, name_hash(key + KEY_NAME, key[KEY_NAME_LENGTH]));
    }
    store_u32(content(g, parent) + KEY_COUNT, (uint32_t)count);
    store_u32(content(g, parent) + KEY_LIST, cell);
}

typedef struct value {
    const char *name;
    const char *text; /* NULL: so many bytes instead */
    uint32_t type;
    uint32_t bytes;
} value;

static uint32_t text_cell(grower *g, const char *text, uint32_t *size) {
    *size = (uint32_t)(strlen(text) + 1) * 2;
    uint32_t cell = new_cell(g, *size);
    uint8_t *data = content(g, cell);
    for (size_t i = 0; text[i] != '\0'; i++) {
        data[2 * i] = (uint8_t)text[i];
    }
    return cell;
}

static uint32_t new_value(grower *g, const value *from) {
    size_t length = strlen(from->name);
    uint32_t cell = new_cell(g, VALUE_NAME + length);
    uint32_t size = from->bytes;
    bool inside = from->type == TYPE_NUMBER;
    uint32_t data = inside               ? from->bytes
                    : from->text != NULL ? text_cell(g, from->text, &size)
                                         : new_cell(g, size);
    uint8_t *at = content(g, cell);
    store_ascii(at, "vk");
    store_u16(at + 2, (uint16_t)length);
    store_u32(at + 4, inside ? 0x80000004u : size);
    store_u32(at + 8, data);
    store_u32(at + 12, from->type);
    store_u16(at + 16, length > 0); /* 8-bit name */
    store_ascii(at + VALUE_NAME, from->name);
    return cell;
}

static void set_values(grower *g, uint32_t key, const value *values, size_t count) {
    uint32_t list = new_cell(g, count * 4);
    for (size_t i = 0; i < count; i++) {
        store_u32(content(g, list) + i * 4, new_value(g, &values[i]));
    }
    store_u32(content(g, key) + KEY_VALUE_COUNT, (uint32_t)count);
    store_u32(content(g, key) + KEY_VALUES, list);
}

/* ---- What a COM class has ---- */

static uint32_t new_class(grower *g, uint32_t group, size_t group_number, size_t number) {
    char name[64];
    char program[64];
    char library[64];
    (void)snprintf(name, sizeof name, "{%04zX%04zX-5A1D-4C3B-9E70-00AA006D2EA4}", group_number, number);
    (void)snprintf(program, sizeof program, "Sample%zu.Class%zu.1", group_number, number);
    (void)snprintf(library, sizeof library, "%%SystemRoot%%\\System32\\sample%zu.dll", group_number);
    uint32_t key = new_key(g, group, name);
    const uint32_t below[] = {new_key(g, key, "InprocServer32"), new_key(g, key, "ProgID")};
    const value of_class[] = {{"", program, TYPE_TEXT, 0}, {"Flags", NULL, TYPE_NUMBER, (uint32_t)number}};
    const value of_server[] = {{"", library, TYPE_EXPANDING_TEXT, 0},
                               {"ThreadingModel", "Both", TYPE_TEXT, 0}};
    const value of_program[] = {{"", program, TYPE_TEXT, 0}};
    const value large[] = {{"Settings", NULL, TYPE_BINARY, 1500}};
    set_keys(g, key, below, sizeof below / sizeof below[0]);
    set_values(g, key, of_class, sizeof of_class / sizeof of_class[0]);
    set_values(g, below[0], of_server, sizeof of_server / sizeof of_server[0]);
    set_values(g, below[1], number % 16 == 0 ? large : of_program, 1);
    return key;
}

static bool full(const grower *g) {
    return g->size >= g->wanted || g->size + SLACK > g->capacity;
}

static uint32_t new_group(grower *g, uint32_t parent, size_t number) {
    char name[32];
    uint32_t classes[CLASSES_IN_GROUP];
    size_t count = 0;
    (void)snprintf(name, sizeof name, "Group%04zu", number);
    uint32_t group = new_key(g, parent, name);
    while (count < CLASSES_IN_GROUP && (count == 0 || !full(g))) {
        classes[count] = new_class(g, group, number, count);
        count++;
    }
    set_keys(g, group, classes, count);
    return group;
}

static void fill(grower *g, uint32_t parent) {
    uint32_t groups[MOST_GROUPS];
    size_t count = 0;
    while (count < MOST_GROUPS && (count == 0 || !full(g))) {
        groups[count] = new_group(g, parent, count);
        count++;
    }
    set_keys(g, parent, groups, count);
    if (g->used < g->size) {
        store_u32(g->file + g->used, (uint32_t)(g->size - g->used));
    }
}

/* ---- The file ---- */

/* Where the key's cell begins in the file; 0 if it is not there or has sub-keys. */
static size_t find_key(const char *path, const char *key) {
    hive_h *hive = hivex_open(path, 0);
    if (hive == NULL) {
        return 0;
    }
    hive_node_h node = hivex_root(hive);
    while (node != 0 && *key != '\0') {
        char name[256];
        size_t length = strcspn(key, "\\");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, key);
        node = hivex_node_get_child(hive, node, name);
        key += length + (key[length] == '\\');
    }
    if (node != 0 && hivex_node_nr_children(hive, node) != 0) {
        node = 0;
    }
    (void)hivex_close(hive);
    return node;
}

static void grow(grower *g, uint32_t key) {
    bool dirty = cell_u32(g->file + 4) != cell_u32(g->file + 8);
    memcpy(g->time, g->file + HEADER_WRITTEN, sizeof g->time);
    g->security = cell_u32(content(g, key) + KEY_SECURITY);
    fill(g, key);
    uint8_t *users = content(g, g->security) + SECURITY_USERS;
    store_u32(users, cell_u32(users) + g->keys);
    store_u32(g->file + HEADER_BINS_SIZE, (uint32_t)(g->size - CELLS_BASE_BLOCK));
    uint64_t time = (uint64_t)cell_u32(g->time + 4) << 32 | cell_u32(g->time);
    hive_header_seal(g->file, time, dirty);
}

bool hive_grow(const char *path, const char *key, size_t size, char *error) {
    maker_error say = {.size = HIVE_ERROR_SIZE};
    say.text = error;
    arena memory = {0};
    bytes old = {0};
    size_t node = find_key(path, key);
    bool grown = node != 0 || maker_fail(&say, "%s: no key %s without sub-keys", path, key);
    grown = grown && file_load(path, &memory, &old, &say);
    if (grown && cell_u32(old.data + HEADER_BINS_SIZE) + CELLS_BASE_BLOCK != old.size) {
        grown = maker_fail(&say, "%s: it does not end where its bins end", path);
    }
    if (grown) {
        size_t capacity = (size > old.size ? size : old.size) + 2 * (size_t)SLACK;
        grower g = {.file = arena_alloc(&memory, capacity), .capacity = capacity, .wanted = size};
        g.size = old.size;
        g.used = old.size;
        if (g.file == NULL) {
            grown = maker_fail(&say, "%s: memory ran out", path);
        } else {
            memcpy(g.file, old.data, old.size);
            grow(&g, (uint32_t)(node - CELLS_BASE_BLOCK));
            grown = file_store(path, g.file, g.size, &say);
        }
    }
    arena_free(&memory);
    return grown;
}
