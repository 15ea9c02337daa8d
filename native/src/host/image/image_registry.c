#include "core/instant.h"
#include "core/unicode.h"
#include "host/image/image.h"

#include <string.h>

/* What 32-bit and 64-bit programs share below SOFTWARE, of what Microsoft documents as shared and anyone asks
 * for. */
static const char *const shared_keys[] = {
    "Policies",
    "Microsoft\\SystemCertificates",
    "Microsoft\\Windows NT\\CurrentVersion\\Time Zones",
};

/* text begins with the name and a backslash, or is the name. *rest is what follows. */
static bool below(const char *text, const char *name, const char **rest) {
    size_t length = strlen(name);
    if (!ascii_starts(text, name) || (text[length] != '\0' && text[length] != '\\')) {
        return false;
    }
    *rest = text + length + (text[length] == '\\');
    return true;
}

static bool is_redirected(const char *key) {
    const char *rest = NULL;
    for (size_t i = 0; i < sizeof shared_keys / sizeof shared_keys[0]; i++) {
        if (below(key, shared_keys[i], &rest)) {
            return false;
        }
    }
    return !below(key, "WOW6432Node", &rest);
}

/* "name\\rest" without a backslash at the end. */
static const char *join(arena *memory, const char *name, const char *rest) {
    return rest[0] == '\0' ? name : arena_printf(memory, "%s\\%s", name, rest);
}

/* The path below SYSTEM of a key below CurrentControlSet, which no hive holds: Select says which set it is.
 */
static fact_state current_control_set(const image_hive *hive, const char *rest, arena *memory,
                                      const char **key, fact *why) {
    size_t select = 0;
    registry_value value;
    int64_t number = 0;
    fact_state state = image_hive_find(hive, "Select", memory, &select, why);
    if (state == FACT_KNOWN) {
        state = image_hive_value(hive, select, "Current", memory, &value, why);
    }
    if (state == FACT_KNOWN && registry_value_number(&value, &number) && number > 0 && number <= 999) {
        *key = join(memory, arena_printf(memory, "ControlSet%03d", (int)number), rest);
        return FACT_KNOWN;
    }
    if (arena_failed(memory)) { /* which says nothing about the hive */
        return image_unknown(REASON_NO_MEMORY, "HKLM\\SYSTEM\\Select [Current]", NULL, why);
    }
    return image_unknown(REASON_DEPENDS, "HKLM\\SYSTEM\\Select [Current]",
                         "it does not say which control set is the current one", why);
}

fact_state image_registry_resolve(image *self, const registry_path *path, arena *memory,
                                  const image_hive **hive, const char **key, fact *why) {
    const char *rest = NULL;
    *hive = &self->hives[IMAGE_DEFAULT];
    *key = path->key;
    if (path->root == REGISTRY_MACHINE && below(path->key, "SOFTWARE", &rest)) {
        *hive = &self->hives[IMAGE_SOFTWARE];
        bool redirected = path->view == REGISTRY_32 && is_redirected(rest);
        *key = redirected ? join(memory, "WOW6432Node", rest) : rest;
    } else if (path->root == REGISTRY_MACHINE && below(path->key, "SYSTEM", &rest)) {
        *hive = &self->hives[IMAGE_SYSTEM];
        *key = rest;
    } else if (path->root == REGISTRY_MACHINE) {
        return image_unknown(REASON_NOT_ON_HOST, NULL,
                             "an image has only the SYSTEM and SOFTWARE parts of it", why);
    }
    if ((*hive)->state.state != FACT_KNOWN) {
        *why = image_fact_copy(&(*hive)->state, memory);
        return FACT_UNKNOWN;
    }
    if (*hive == &self->hives[IMAGE_SYSTEM] && below(rest, "CurrentControlSet", &rest)) {
        return current_control_set(*hive, rest, memory, key, why);
    }
    return FACT_KNOWN;
}

static fact_state find_key(image *self, const registry_path *path, arena *memory, const image_hive **hive,
                           size_t *key, fact *why) {
    const char *name = NULL;
    fact_state state = image_registry_resolve(self, path, memory, hive, &name, why);
    return state == FACT_KNOWN ? image_hive_find(*hive, name, memory, key, why) : state;
}

/* Says where in terms of the registry; what went wrong in a hive names its file in the detail. */
static fact_state locate(fact_state state, const registry_path *path, const char *name, arena *memory,
                         fact *why) {
    const char *hive = why->where;
    why->where = registry_path_text(memory, path, name);
    if (arena_failed(memory)) {
        return image_unknown(REASON_NO_MEMORY, why->where, NULL, why);
    }
    if (state == FACT_UNKNOWN && hive != NULL) {
        why->detail = why->detail == NULL ? hive : arena_printf(memory, "%s: %s", hive, why->detail);
    }
    return state;
}

fact_state image_registry_read(host *machine, const registry_path *path, const char *name, arena *memory,
                               registry_value *out, fact *why) {
    *out = (registry_value){0};
    const image_hive *hive = NULL;
    size_t key = 0;
    name = name == NULL ? "" : name;
    fact_state state = find_key(image_of(machine), path, memory, &hive, &key, why);
    if (state == FACT_KNOWN) {
        state = image_hive_value(hive, key, name, memory, out, why);
    }
    return locate(state, path, name, memory, why);
}

fact_state image_registry_keys(host *machine, const registry_path *path, arena *memory, text_list *out,
                               fact *why) {
    *out = (text_list){0};
    const image_hive *hive = NULL;
    size_t key = 0;
    fact_state state = find_key(image_of(machine), path, memory, &hive, &key, why);
    if (state == FACT_KNOWN) {
        state = image_hive_keys(hive, key, memory, out, why);
    }
    return locate(state, path, NULL, memory, why);
}

fact_state image_registry_values(host *machine, const registry_path *path, arena *memory, text_list *out,
                                 fact *why) {
    *out = (text_list){0};
    const image_hive *hive = NULL;
    size_t key = 0;
    fact_state state = find_key(image_of(machine), path, memory, &hive, &key, why);
    if (state == FACT_KNOWN) {
        state = image_hive_values(hive, key, memory, out, why);
    }
    return locate(state, path, NULL, memory, why);
}

fact_state image_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                               fact *why) {
    *out = 0;
    const image_hive *hive = NULL;
    size_t key = 0;
    uint64_t time = 0;
    fact_state state = find_key(image_of(machine), path, memory, &hive, &key, why);
    if (state == FACT_KNOWN) {
        state = image_hive_time(hive, key, &time, why);
        *out = instant_from_filetime(time);
    }
    return locate(state, path, NULL, memory, why);
}

/* ---- For the other parts of this host ---- */

static fact_state read_machine(image *self, const char *key, const char *name, arena *memory,
                               registry_value *value, fact *why) {
    registry_path path = {.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
    return image_registry_read(&self->base, &path, name, memory, value, why);
}

static void wrong_type(fact *of, uint32_t type, const char *wanted, arena *memory) {
    const char *detail = arena_printf(memory, "the value is of type %u and not %s", (unsigned)type, wanted);
    *of = fact_unknown(REASON_MALFORMED, of->where, detail);
}

fact_text image_registry_text(image *self, const char *key, const char *name, arena *memory) {
    fact_text text = {.value = ""};
    registry_value value;
    if (read_machine(self, key, name, memory, &value, &text.fact) == FACT_KNOWN &&
        !registry_value_text(&value, memory, &text.value)) {
        wrong_type(&text.fact, value.type, "a text", memory);
    }
    return text;
}

fact_number image_registry_number(image *self, const char *key, const char *name, arena *memory) {
    fact_number number = {0};
    registry_value value;
    if (read_machine(self, key, name, memory, &value, &number.fact) == FACT_KNOWN &&
        !registry_value_number(&value, &number.value)) {
        wrong_type(&number.fact, value.type, "a number", memory);
    }
    return number;
}
