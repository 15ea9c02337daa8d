#include "image_maker.h"

#include "file_tree.h"
#include "image_pe.h"
#include "image_spec.h"
#include "image_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST_BASE = 8 };

typedef struct maker {
    arena memory;
    image_spec spec;
    hive_maker *hives;
    const char *root; /* the image while it is made */
    const maker_error *error;
} maker;

static const char *in_image(maker *to, const char *path) {
    return arena_printf(&to->memory, "%s/%s", to->root, path);
}

static bool exists(const char *path) {
    struct stat info;
    return lstat(path, &info) == 0;
}

/* ---- Layers ---- */

static bool apply_reg_file(maker *to, const char *path) {
    bytes text = {0};
    char why[HIVE_ERROR_SIZE];
    if (!file_load(path, &to->memory, &text, to->error)) {
        return false;
    }
    return hive_maker_add(to->hives, path, text.data, text.size, why) || maker_fail(to->error, "%s", why);
}

static int is_reg(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".reg") == 0;
}

/* By bytes: alphasort would ask the locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool apply_registry(maker *to, const char *folder) {
    if (!exists(folder)) {
        return true;
    }
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_reg, by_name);
    bool applied = count >= 0 || maker_fail(to->error, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        applied =
            applied && apply_reg_file(to, arena_printf(&to->memory, "%s/%s", folder, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return applied;
}

static bool remove_paths(maker *to, const text_list *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        const char *path = in_image(to, paths->items[i]);
        if (!exists(path)) {
            return maker_fail(to->error, "remove: the base has no %s", paths->items[i]);
        }
        if (!tree_remove(path, to->error)) {
            return false;
        }
    }
    return true;
}

static bool make_folders(maker *to, const text_list *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        if (!folder_make(in_image(to, paths->items[i]), to->error)) {
            return false;
        }
    }
    return true;
}

/* Programs are written with their layer, so that a later layer can remove them; a path that occurs twice is
 * written twice. */
static bool write_programs(maker *to) {
    image_pe *items = to->spec.pe.items;
    for (size_t i = 0; i < to->spec.pe.count; i++) {
        if (!items[i].written && !image_pe_write(in_image(to, items[i].path), &items[i], to->error)) {
            return false;
        }
        items[i].written = true;
    }
    return true;
}

static bool apply_layer(maker *to, const char *source, int depth);

/* NOLINTNEXTLINE(misc-no-recursion): limited by DEEPEST_BASE */
static bool apply_description(maker *to, const char *source, image_layer *layer, int depth) {
    const char *path = arena_printf(&to->memory, "%s/image.json", source);
    if (!exists(path)) {
        return true;
    }
    bytes json = {0};
    if (!file_load(path, &to->memory, &json, to->error) ||
        !image_layer_bases(&layer->bases, path, json, &to->memory, to->error)) {
        return false;
    }
    for (size_t i = 0; i < layer->bases.count; i++) {
        const char *base = arena_printf(&to->memory, "%s/%s", source, layer->bases.items[i]);
        if (!apply_layer(to, base, depth + 1)) {
            return false;
        }
    }
    return image_spec_read(&to->spec, layer, path, json, &to->memory, to->error) &&
           remove_paths(to, &layer->remove) && make_folders(to, &layer->folders) && write_programs(to);
}

/* NOLINTNEXTLINE(misc-no-recursion): limited by DEEPEST_BASE */
static bool apply_layer(maker *to, const char *source, int depth) {
    if (depth > DEEPEST_BASE) {
        return maker_fail(to->error, "%s: too many layers; does a base lead back to itself?", source);
    }
    struct stat info;
    if (stat(source, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return maker_fail(to->error, "%s: no such source folder", source);
    }
    image_layer layer = {0};
    const char *files = arena_printf(&to->memory, "%s/files", source);
    return apply_description(to, source, &layer, depth) &&
           apply_registry(to, arena_printf(&to->memory, "%s/registry", source)) &&
           (!exists(files) || tree_copy(files, to->root, to->error));
}

/* ---- What is done when all layers are there ---- */

static bool write_hives(maker *to) {
    for (int kind = 0; kind < HIVE_KINDS; kind++) {
        if (to->spec.without[kind]) {
            continue;
        }
        const hive_options options = {.as_of = to->spec.as_of, .dirty = to->spec.dirty[kind]};
        const char *name = hive_kind_name((hive_kind)kind);
        const char *path = in_image(to, arena_printf(&to->memory, "Windows/System32/config/%s", name));
        char why[HIVE_ERROR_SIZE];
        if (!hive_maker_write(to->hives, (hive_kind)kind, path, &options, why)) {
            return maker_fail(to->error, "%s", why);
        }
    }
    return true;
}

typedef struct encoding_visit {
    maker *to;
    size_t item;
} encoding_visit;

/* The last item that covers a file decides. */
static bool encode_file(void *user, const char *path, const maker_error *error) {
    const encoding_visit *visit = user;
    const image_spec *spec = &visit->to->spec;
    const image_path *items = spec->encoded.items;
    const char *inner = path + strlen(visit->to->root) + 1;
    for (size_t later = visit->item + 1; later < spec->encoded.count; later++) {
        if (image_path_covers(items[later].path, inner)) {
            return true;
        }
    }
    return image_text_encode(path, items[visit->item].encoding, error);
}

static bool encode_texts(maker *to) {
    const image_path *items = to->spec.encoded.items;
    for (size_t i = 0; i < to->spec.encoded.count; i++) {
        encoding_visit visit = {.to = to, .item = i};
        if (!tree_each_file(in_image(to, items[i].path), encode_file, &visit, to->error)) {
            return false;
        }
    }
    return true;
}

static bool sign_scripts(maker *to) {
    const image_path *items = to->spec.scripts.items;
    for (size_t i = 0; i < to->spec.scripts.count; i++) {
        if (!image_script_sign(in_image(to, items[i].path), to->error)) {
            return false;
        }
    }
    return true;
}

static bool set_times(maker *to) {
    if (!tree_touch(to->root, to->spec.as_of, to->error)) {
        return false;
    }
    const image_path *items = to->spec.times.items;
    for (size_t i = 0; i < to->spec.times.count; i++) {
        if (!file_touch(in_image(to, items[i].path), items[i].time, to->error)) {
            return false;
        }
    }
    return true;
}

static bool make_in_place(maker *to, const char *const *bases, size_t base_count, const char *source) {
    const char *config = in_image(to, "Windows/System32/config");
    if (!folder_make(config, to->error)) {
        return false;
    }
    for (size_t i = 0; i < base_count; i++) {
        if (!apply_layer(to, bases[i], 0)) {
            return false;
        }
    }
    bool made = apply_layer(to, source, 0) && write_hives(to) && encode_texts(to) && sign_scripts(to) &&
                set_times(to);
    return made && (!arena_failed(&to->memory) || maker_fail(to->error, "%s: no memory", source));
}

/* ---- Putting it in place ---- */

/* Only an image, or an empty folder, may be replaced: a wrong argument must not cost anything. */
static bool may_replace(const char *output, arena *memory, const maker_error *error) {
    const char *config = arena_printf(memory, "%s/Windows/System32/config", output);
    if (!exists(output) || exists(config) || rmdir(output) == 0) {
        return true;
    }
    return maker_fail(error, "%s: exists and is no image", output);
}

static bool put_in_place(const char *made, const char *output, arena *memory, const maker_error *error) {
    const char *old = arena_printf(memory, "%s.old", made);
    bool replaces = exists(output);
    if ((replaces && rename(output, old) != 0) || rename(made, output) != 0) {
        int reason = errno;
        if (replaces && !exists(output)) {
            (void)rename(old, output);
        }
        return maker_fail(error, "%s: %s", output, strerror(reason));
    }
    return !replaces || tree_remove(old, error);
}

/* A folder beside the output: renaming works only within a file system. NULL, with the error set, if it
 * fails. */
static const char *make_sibling(const char *output, arena *memory, const maker_error *error) {
    if (!folder_make_above(output, error)) {
        return NULL;
    }
    char *path = arena_alloc(memory, strlen(output) + sizeof ".XXXXXX");
    if (path == NULL) {
        (void)maker_fail(error, "%s: no memory", output);
        return NULL;
    }
    (void)stpcpy(stpcpy(path, output), ".XXXXXX");
    if (mkdtemp(path) == NULL || chmod(path, 0755) != 0) {
        (void)maker_fail(error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    return path;
}

static bool make_beside(maker *to, const char *const *bases, size_t base_count, const char *source,
                        const char *output) {
    to->root =
        may_replace(output, &to->memory, to->error) ? make_sibling(output, &to->memory, to->error) : NULL;
    if (to->root == NULL) {
        return false;
    }
    if (make_in_place(to, bases, base_count, source) &&
        put_in_place(to->root, output, &to->memory, to->error)) {
        return true;
    }
    char ignored[1];
    (void)tree_remove(to->root, &(maker_error){.text = ignored, .size = sizeof ignored});
    return false;
}

bool image_make_over(const char *const *bases, size_t base_count, const char *source, const char *output,
                     char *error, size_t error_size) {
    maker_error say = {0};
    say.text = error;
    say.size = error_size;
    size_t length = strlen(output);
    while (length > 1 && output[length - 1] == '/') {
        length--;
    }
    maker to = {.error = &say, .hives = hive_maker_new()};
    image_spec_init(&to.spec, &to.memory);
    bool made = to.hives != NULL
                    ? make_beside(&to, bases, base_count, source, arena_text_n(&to.memory, output, length))
                    : maker_fail(&say, "%s: no memory", source);
    hive_maker_free(to.hives);
    arena_free(&to.memory);
    return made;
}

bool image_make(const char *source, const char *output, char *error, size_t error_size) {
    return image_make_over(NULL, 0, source, output, error, error_size);
}
