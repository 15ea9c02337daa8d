#include "hive_maker.h"

#include "core/alloc.h"
#include "core/instant.h"
#include "core/unicode.h"
#include "hive_blank.h"
#include "host/host.h"
#include "reg_text.h"

#include <errno.h>
#include <hivex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Larger data needs a list of segments, which hivex does not write. */
enum { LARGEST_DATA = 16344 };

struct hive_maker {
    arena memory;
    reg_key *roots[HIVE_KINDS];
};

static const char *const kind_names[HIVE_KINDS] = {"SYSTEM", "SOFTWARE", "DEFAULT"};

static const struct {
    const char *prefix;
    hive_kind kind;
} places[] = {
    {"HKEY_LOCAL_MACHINE\\SYSTEM", HIVE_SYSTEM},
    {"HKEY_LOCAL_MACHINE\\SOFTWARE", HIVE_SOFTWARE},
    {"HKEY_USERS\\.DEFAULT", HIVE_DEFAULT},
    {"HKEY_USERS\\S-1-5-18", HIVE_DEFAULT},
};

const char *hive_kind_name(hive_kind kind) {
    return kind_names[kind];
}

hive_maker *hive_maker_new(void) {
    hive_maker *maker = mem_alloc(sizeof *maker);
    if (maker == NULL) {
        return NULL;
    }
    for (int i = 0; i < HIVE_KINDS; i++) {
        maker->roots[i] = reg_key_new(&maker->memory, "");
    }
    if (arena_failed(&maker->memory)) {
        hive_maker_free(maker);
        return NULL;
    }
    return maker;
}

void hive_maker_free(hive_maker *maker) {
    if (maker != NULL) {
        arena_free(&maker->memory);
        mem_free(maker);
    }
}

/* What is behind prefix in name, without the backslash; NULL if name does not lie there. */
static const char *below(const char *name, const char *prefix) {
    size_t length = strlen(prefix);
    if (!ascii_starts(name, prefix) || (name[length] != '\0' && name[length] != '\\')) {
        return NULL;
    }
    return name + length + (name[length] == '\\' ? 1 : 0);
}

static reg_key *find_root(void *user, const char *name, const char **rest) {
    hive_maker *maker = user;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        *rest = below(name, places[i].prefix);
        if (*rest == NULL) {
            continue;
        }
        /* The link CurrentControlSet exists only while Windows runs. */
        const char *current = places[i].kind == HIVE_SYSTEM ? below(*rest, "CurrentControlSet") : NULL;
        if (current != NULL) {
            *rest = *current == '\0' ? "ControlSet001"
                                     : arena_printf(&maker->memory, "ControlSet001\\%s", current);
        }
        return maker->roots[places[i].kind];
    }
    return NULL;
}

bool hive_maker_add(hive_maker *maker, const char *source_name, const void *data, size_t size, char *error) {
    const reg_source source = {.name = source_name, .data = data, .size = size};
    maker_error say = {.size = HIVE_ERROR_SIZE};
    say.text = error;
    return reg_text_apply(&source, find_root, maker, &maker->memory, &say);
}

/* ---- Writing ---- */

typedef struct writer {
    hive_h *hive;
    const char *path;
    uint64_t filetime;
    char *error;
} writer;

static bool fail(const writer *out, const char *what) {
    (void)snprintf(out->error, HIVE_ERROR_SIZE, "%s: %s: %s", out->path, what, strerror(errno));
    return false;
}

static bool write_values(const writer *out, arena *memory, const reg_key *key) {
    const reg_value *values = key->values.items;
    hive_set_value *set = arena_array(memory, key->values.count, sizeof *set);
    if (set == NULL) {
        return fail(out, "setting values");
    }
    for (size_t i = 0; i < key->values.count; i++) {
        if (values[i].data.size > LARGEST_DATA) {
            errno = EFBIG;
            return fail(out, arena_printf(memory, "value %s of key %s", values[i].name, key->name));
        }
        /* hivex wants both without const, so it gets copies; data of no size must still not be NULL. */
        set[i].key = arena_copy(memory, values[i].name, strlen(values[i].name) + 1);
        set[i].t = (hive_type)values[i].type;
        set[i].len = values[i].data.size;
        set[i].value = arena_copy(memory, values[i].data.data, values[i].data.size);
    }
    if (arena_failed(memory)) {
        return fail(out, "setting values");
    }
    if (hivex_node_set_values(out->hive, key->node, key->values.count, set, 0) != 0) {
        return fail(out, arena_printf(memory, "setting the values of key %s", key->name));
    }
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the key names in the text */
static bool write_key(const writer *out, arena *memory, reg_key *key) {
    if (key->values.count > 0 && !write_values(out, memory, key)) {
        return false;
    }
    reg_key **keys = key->keys.items;
    for (size_t i = 0; i < key->keys.count; i++) {
        keys[i]->node = hivex_node_add_child(out->hive, key->node, keys[i]->name);
        if (keys[i]->node == 0) {
            return fail(out, arena_printf(memory, "adding key %s", keys[i]->name));
        }
        if (!write_key(out, memory, keys[i])) {
            return false;
        }
    }
    return true;
}

/* A node's handle is where its cell begins in the file; hivex has no function to set its time. */
static bool write_times(const writer *out, FILE *file, const reg_key *key) {
    uint8_t time[8];
    store_u64(time, key->timed ? filetime_from_instant(key->time) : out->filetime);
    if (fseek(file, (long)key->node + HIVE_NODE_TIME, SEEK_SET) != 0 ||
        fwrite(time, sizeof time, 1, file) != 1) {
        return false;
    }
    reg_key *const *keys = key->keys.items;
    for (size_t i = 0; i < key->keys.count; i++) {
        if (!write_times(out, file, keys[i])) {
            return false;
        }
    }
    return true;
}

static bool finish_file(const writer *out, const reg_key *root, bool dirty) {
    FILE *file = fopen(out->path, "r+b");
    if (file == NULL) {
        return fail(out, "opening");
    }
    uint8_t header[HIVE_HEADER_SIZE];
    bool written = fread(header, sizeof header, 1, file) == 1;
    if (written) {
        hive_header_seal(header, out->filetime, dirty);
        written = fseek(file, 0, SEEK_SET) == 0 && fwrite(header, sizeof header, 1, file) == 1 &&
                  write_times(out, file, root);
    }
    written = fclose(file) == 0 && written;
    return written || fail(out, "writing");
}

static bool write_blank(const writer *out, hive_kind kind) {
    uint8_t blank[HIVE_BLANK_SIZE];
    hive_blank(blank, kind_names[kind], out->filetime);
    FILE *file = fopen(out->path, "wb");
    if (file == NULL) {
        return fail(out, "creating");
    }
    bool written = fwrite(blank, sizeof blank, 1, file) == 1;
    written = fclose(file) == 0 && written;
    return written || fail(out, "writing");
}

static bool write_all(writer *out, hive_maker *maker, hive_kind kind, bool dirty) {
    if (!write_blank(out, kind)) {
        return false;
    }
    out->hive = hivex_open(out->path, HIVEX_OPEN_WRITE);
    if (out->hive == NULL) {
        return fail(out, "opening the new hive");
    }
    reg_key *root = maker->roots[kind];
    root->node = hivex_root(out->hive);
    bool written = write_key(out, &maker->memory, root);
    if (written && hivex_commit(out->hive, NULL, 0) != 0) {
        written = fail(out, "committing");
    }
    (void)hivex_close(out->hive);
    return written && finish_file(out, root, dirty);
}

static bool add_select(hive_maker *maker, char *error) {
    static const char text[] = "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n"
                               "\"Current\"=dword:1\n\"Default\"=dword:1\n\"Failed\"=dword:0\n"
                               "\"LastKnownGood\"=dword:1\n";
    return hive_maker_add(maker, "Select", text, sizeof text - 1, error);
}

bool hive_maker_write(hive_maker *maker, hive_kind kind, const char *path, const hive_options *options,
                      char *error) {
    writer out = {.path = path, .filetime = filetime_from_instant(options->as_of), .error = error};
    if (kind == HIVE_SYSTEM && reg_key_find(maker->roots[kind], "Select") == NULL &&
        !add_select(maker, error)) {
        return false;
    }
    if (!write_all(&out, maker, kind, options->dirty)) {
        (void)unlink(path);
        return false;
    }
    return true;
}

bool hive_make(const char *path, hive_kind kind, const char *reg_text, const hive_options *options,
               char *error) {
    hive_maker *maker = hive_maker_new();
    if (maker == NULL) {
        (void)snprintf(error, HIVE_ERROR_SIZE, "%s: no memory", path);
        return false;
    }
    bool made = hive_maker_add(maker, path, reg_text, strlen(reg_text), error) &&
                hive_maker_write(maker, kind, path, options, error);
    hive_maker_free(maker);
    return made;
}
