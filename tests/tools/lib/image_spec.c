#include "image_spec.h"

#include "core/instant.h"
#include "core/unicode.h"

#include <jansson.h>
#include <string.h>

enum { DEFAULT_AS_OF = 1772438400 }; /* 2026-03-02T08:00:00Z */

typedef struct spec_reader {
    image_spec *spec;
    const char *file;
    arena *memory;
    const maker_error *error;
} spec_reader;

void image_spec_init(image_spec *spec, arena *memory) {
    *spec = (image_spec){
        .as_of = DEFAULT_AS_OF,
        .pe = ARENA_VECTOR(memory, image_pe),
        .encoded = ARENA_VECTOR(memory, image_path),
        .scripts = ARENA_VECTOR(memory, image_path),
        .times = ARENA_VECTOR(memory, image_path),
    };
}

static bool fail(const spec_reader *in, const char *what) {
    return maker_fail(in->error, "%s: %s", in->file, what);
}

/* A path must stay below the image's root. NULL, with the error set, if it does not. */
static const char *read_path(const spec_reader *in, const char *path) {
    const char *at = path;
    do {
        size_t length = strcspn(at, "/");
        if (length == 0 || (length == 2 && memcmp(at, "..", 2) == 0)) {
            (void)fail(in, arena_printf(in->memory, "path \"%s\" does not stay in the image", path));
            return NULL;
        }
        at += length;
    } while (*at++ == '/');
    return arena_text(in->memory, path);
}

static bool read_time(const spec_reader *in, const char *text, int64_t *out) {
    bool has_zone = false;
    return (instant_parse(text, out, &has_zone) && has_zone) ||
           fail(in, arena_printf(in->memory, "%s is no time as 2026-03-02T08:00:00Z", text));
}

/* A list of paths; missing is empty. */
static bool read_paths(const spec_reader *in, const json_t *list, text_list *out) {
    size_t count = json_array_size(list);
    if (list != NULL && !json_is_array(list)) {
        return fail(in, "expected a list of paths");
    }
    out->items = arena_array(in->memory, count + 1, sizeof *out->items);
    out->count = 0;
    for (size_t i = 0; i < count && out->items != NULL; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        const char *path = text != NULL ? read_path(in, text) : NULL;
        if (path == NULL) {
            return text != NULL ? false : fail(in, "a path must be a text");
        }
        out->items[out->count++] = path;
    }
    return !arena_failed(in->memory) || fail(in, "no memory");
}

static bool add_path(const spec_reader *in, arena_vector *to, const image_path *item) {
    image_path *place = arena_push(to);
    if (place == NULL) {
        return fail(in, "no memory");
    }
    *place = *item;
    return true;
}

static bool read_list(const spec_reader *in, const json_t *list, arena_vector *to, const char *encoding) {
    text_list paths = {0};
    if (!read_paths(in, list, &paths)) {
        return false;
    }
    for (size_t i = 0; i < paths.count; i++) {
        if (!add_path(in, to, &(image_path){.path = paths.items[i], .encoding = encoding})) {
            return false;
        }
    }
    return true;
}

/* An object of path: encoding, or of path: time. */
static bool read_map(const spec_reader *in, json_t *map, arena_vector *to, bool times) {
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(map, name, value) {
        const char *text = json_string_value(value);
        image_path item = {.path = read_path(in, name)};
        if (item.path == NULL) {
            return false;
        }
        if (text == NULL) {
            return fail(in, arena_printf(in->memory, "%s needs a text", name));
        }
        if (times && !read_time(in, text, &item.time)) {
            return false;
        }
        item.encoding = times ? NULL : arena_text(in->memory, text);
        if (!add_path(in, to, &item)) {
            return false;
        }
    }
    return true;
}

/* A list of names of hives. */
static bool read_hives(const spec_reader *in, const json_t *list, const char *member, bool out[HIVE_KINDS]) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        int kind = 0;
        while (kind < HIVE_KINDS && (name == NULL || !ascii_equal(name, hive_kind_name((hive_kind)kind)))) {
            kind++;
        }
        if (kind == HIVE_KINDS) {
            return fail(in, arena_printf(in->memory, "%s names a hive that is not made", member));
        }
        out[kind] = true;
    }
    return true;
}

static image_pe *find_pe(image_spec *spec, const char *path) {
    image_pe *items = spec->pe.items;
    for (size_t i = 0; i < spec->pe.count; i++) {
        if (windows_name_equal(items[i].path, path)) {
            return &items[i];
        }
    }
    return arena_push(&spec->pe);
}

static bool read_one_pe(const spec_reader *in, json_t *item) {
    const char *path = NULL;
    const char *version = "1.0.0.0";
    const char *product = "";
    const char *damage = NULL;
    int dll = 0;
    int managed = 0;
    int is_signed = 0;
    json_error_t why;
    if (json_unpack_ex(item, &why, 0, "{s:s, s?s, s?s, s?b, s?b, s?b, s?s !}", "path", &path, "version",
                       &version, "product", &product, "dll", &dll, "managed", &managed, "signed", &is_signed,
                       "damage", &damage) != 0) {
        return fail(in, arena_printf(in->memory, "pe: %s", why.text));
    }
    static const char *const damages[] = {"byte", "truncate", "empty"};
    bool known = damage == NULL;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0] && !known; i++) {
        known = strcmp(damage, damages[i]) == 0;
    }
    path = read_path(in, path);
    if (path == NULL || !known) {
        return path == NULL ? false : fail(in, "pe: damage is byte, truncate or empty");
    }
    image_pe *place = find_pe(in->spec, path);
    if (place == NULL) {
        return fail(in, "no memory");
    }
    *place = (image_pe){
        .path = path,
        .version = arena_text(in->memory, version),
        .product = arena_text(in->memory, product),
        .dll = dll != 0,
        .managed = managed != 0,
        .is_signed = is_signed != 0,
        .damage = damage != NULL ? arena_text(in->memory, damage) : NULL,
    };
    return true;
}

static bool read_pe(const spec_reader *in, const json_t *list) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_one_pe(in, json_array_get(list, i))) {
            return false;
        }
    }
    return true;
}

static json_t *parse(const char *path, bytes json, const maker_error *error) {
    json_error_t why;
    json_t *root = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL) {
        (void)maker_fail(error, "%s:%d: %s", path, why.line, why.text);
    }
    return root;
}

bool image_layer_bases(text_list *bases, const char *path, bytes json, arena *memory,
                       const maker_error *error) {
    json_t *root = parse(path, json, error);
    const json_t *base = json_object_get(root, "base");
    size_t count = json_is_array(base) ? json_array_size(base) : base != NULL;
    bool read = root != NULL;
    *bases = (text_list){.items = arena_array(memory, count + 1, sizeof *bases->items)};
    for (size_t i = 0; i < count && read && bases->items != NULL; i++) {
        const char *text = json_string_value(json_is_array(base) ? json_array_get(base, i) : base);
        read = text != NULL || maker_fail(error, "%s: base is no folder, nor a list of folders", path);
        bases->items[bases->count++] = read ? arena_text(memory, text) : "";
    }
    json_decref(root);
    return read;
}

/* The members of image.json, borrowed from the document. */
typedef struct members {
    json_t *base;
    const char *as_of;
    json_t *dirty;
    json_t *without;
    json_t *remove;
    json_t *folders;
    json_t *pe;
    json_t *scripts;
    json_t *utf16;
    json_t *encode;
    json_t *times;
} members;

static bool read_members(const spec_reader *in, const members *from, image_layer *layer) {
    image_spec *spec = in->spec;
    if (!read_paths(in, from->remove, &layer->remove) || !read_paths(in, from->folders, &layer->folders)) {
        return false;
    }
    /* Before what this layer adds. */
    for (size_t i = 0; i < layer->remove.count; i++) {
        image_spec_drop(spec, layer->remove.items[i]);
    }
    return (from->as_of == NULL || read_time(in, from->as_of, &spec->as_of)) &&
           read_hives(in, from->dirty, "dirty", spec->dirty) &&
           read_hives(in, from->without, "without", spec->without) && read_pe(in, from->pe) &&
           read_list(in, from->scripts, &spec->scripts, NULL) &&
           read_list(in, from->utf16, &spec->encoded, "UTF-16") &&
           read_map(in, from->encode, &spec->encoded, false) && read_map(in, from->times, &spec->times, true);
}

bool image_spec_read(image_spec *spec, image_layer *layer, const char *path, bytes json, arena *memory,
                     const maker_error *error) {
    const spec_reader in = {.spec = spec, .file = path, .memory = memory, .error = error};
    json_t *root = parse(path, json, error);
    if (root == NULL) {
        return false;
    }
    members all = {0};
    json_error_t why;
    bool read =
        json_unpack_ex(root, &why, 0, "{s?o, s?s, s?o, s?o, s?o, s?o, s?o, s?o, s?o, s?o, s?o !}", "base",
                       &all.base, "as_of", &all.as_of, "dirty", &all.dirty, "without", &all.without, "remove",
                       &all.remove, "folders", &all.folders, "pe", &all.pe, "sign_scripts", &all.scripts,
                       "utf16", &all.utf16, "encode", &all.encode, "times", &all.times) == 0;
    read = read ? read_members(&in, &all, layer) : fail(&in, arena_text(memory, why.text));
    json_decref(root);
    return read;
}

bool image_path_covers(const char *path, const char *inner) {
    size_t length = strlen(path);
    return strlen(inner) >= length && windows_name_equal_n(inner, length, path, length) &&
           (inner[length] == '\0' || inner[length] == '/');
}

/* Both kinds of item begin with their path. */
static void drop_items(arena_vector *vector, const char *path) {
    uint8_t *items = vector->items;
    size_t kept = 0;
    for (size_t i = 0; i < vector->count; i++) {
        const char *item_path = NULL;
        memcpy(&item_path, items + i * vector->item_size, sizeof item_path);
        if (image_path_covers(path, item_path)) {
            continue;
        }
        memmove(items + kept * vector->item_size, items + i * vector->item_size, vector->item_size);
        kept++;
    }
    vector->count = kept;
}

void image_spec_drop(image_spec *spec, const char *path) {
    drop_items(&spec->pe, path);
    drop_items(&spec->encoded, path);
    drop_items(&spec->scripts, path);
    drop_items(&spec->times, path);
}
