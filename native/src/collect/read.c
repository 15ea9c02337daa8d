#include "collect/read.h"

#include <string.h>

static registry_path machine_path(const char *key) {
    return (registry_path){.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
}

static registry_path account_path(const char *key) {
    return (registry_path){.root = REGISTRY_SYSTEM_ACCOUNT, .view = REGISTRY_64, .key = key};
}

fact_text read_text(collector *c, const registry_path *path, const char *name, uint32_t *type) {
    fact_text result = {0};
    registry_value value = {0};
    if (c->machine->read->registry_read(c->machine, path, name, c->memory, &value, &result.fact) !=
        FACT_KNOWN) {
        return result;
    }
    if (type != NULL) {
        *type = value.type;
    }
    if (!registry_value_text(&value, c->memory, &result.value)) {
        result.fact = fact_unknown(REASON_MALFORMED, result.fact.where,
                                   arena_printf(c->memory, "the value is of type %u, not text", value.type));
    }
    return result;
}

fact_number read_number(collector *c, const registry_path *path, const char *name) {
    fact_number result = {0};
    registry_value value = {0};
    if (c->machine->read->registry_read(c->machine, path, name, c->memory, &value, &result.fact) !=
        FACT_KNOWN) {
        return result;
    }
    if (!registry_value_number(&value, &result.value)) {
        result.fact =
            fact_unknown(REASON_MALFORMED, result.fact.where,
                         arena_printf(c->memory, "the value is of type %u and %zu bytes, not a number",
                                      value.type, value.data.size));
    }
    return result;
}

fact_text read_machine_text(collector *c, const char *key, const char *name) {
    registry_path path = machine_path(key);
    return read_text(c, &path, name, NULL);
}

fact_number read_machine_number(collector *c, const char *key, const char *name) {
    registry_path path = machine_path(key);
    return read_number(c, &path, name);
}

fact_text read_account_text(collector *c, const char *key, const char *name) {
    registry_path path = account_path(key);
    return read_text(c, &path, name, NULL);
}

fact_number read_account_number(collector *c, const char *key, const char *name) {
    registry_path path = account_path(key);
    return read_number(c, &path, name);
}

fact_time read_key_time(collector *c, const registry_path *path) {
    fact_time result = {0};
    (void)c->machine->read->registry_time(c->machine, path, c->memory, &result.value, &result.fact);
    return result;
}

fact_time read_newest_key_time(collector *c, const registry_path *keys, size_t count) {
    fact_time newest = {.fact = fact_absent(NULL)};
    for (size_t i = 0; i < count; i++) {
        fact_time written = read_key_time(c, &keys[i]);
        if (written.fact.state == FACT_UNKNOWN) {
            return written;
        }
        if (written.fact.state == FACT_KNOWN &&
            (newest.fact.state != FACT_KNOWN || written.value > newest.value)) {
            newest = written;
        }
    }
    return newest;
}

fact_flag read_key_present(collector *c, const registry_path *path) {
    fact_time written = read_key_time(c, path);
    if (written.fact.state == FACT_UNKNOWN) {
        return (fact_flag){.fact = written.fact};
    }
    return fact_flag_known(written.fact.state == FACT_KNOWN, written.fact.where);
}

static fact_flag read_present(collector *c, const char *path, file_kind wanted) {
    fact_flag result = {0};
    file_info info = {0};
    fact_state state = c->machine->read->file_info(c->machine, path, c->memory, &info, &result.fact);
    if (state == FACT_KNOWN && info.kind == FILE_OTHER) {
        result.fact = fact_unknown(REASON_UNREADABLE, result.fact.where, "neither a file nor a folder");
        return result;
    }
    if (state == FACT_UNKNOWN) {
        return result;
    }
    return fact_flag_known(state == FACT_KNOWN && info.kind == wanted, result.fact.where);
}

fact_flag read_file_present(collector *c, const char *path) {
    return read_present(c, path, FILE_REGULAR);
}

fact_flag read_folder_present(collector *c, const char *path) {
    return read_present(c, path, FILE_FOLDER);
}

fact_number read_file_size(collector *c, const char *path) {
    fact_number result = {0};
    file_info info = {0};
    if (c->machine->read->file_info(c->machine, path, c->memory, &info, &result.fact) != FACT_KNOWN) {
        return result;
    }
    if (info.kind != FILE_REGULAR) {
        result.fact = fact_absent(result.fact.where);
        return result;
    }
    return fact_number_known((int64_t)info.size, result.fact.where);
}

fact_bytes read_file(collector *c, const char *path, uint64_t max) {
    fact_bytes result = {0};
    (void)c->machine->read->file_read(c->machine, path, 0, max, c->memory, &result.value, &result.fact);
    return result;
}

const char *path_join(arena *memory, const char *folder, const char *name) {
    size_t length = strlen(folder);
    while (length > 0 && (folder[length - 1] == '\\' || folder[length - 1] == '/')) {
        length--;
    }
    while (*name == '\\' || *name == '/') {
        name++;
    }
    return arena_printf(memory, "%.*s\\%s", (int)length, folder, name);
}

const char *path_clean(arena *memory, const char *path) {
    while (*path == ' ' || *path == '\t') {
        path++;
    }
    size_t length = strlen(path);
    while (length > 0 && (path[length - 1] == ' ' || path[length - 1] == '\t')) {
        length--;
    }
    while (length > 3 && (path[length - 1] == '\\' || path[length - 1] == '/')) {
        length--;
    }
    char *clean = arena_copy(memory, path, length + 1);
    if (clean == NULL) {
        return "";
    }
    clean[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        if (clean[i] == '/') {
            clean[i] = '\\';
        }
    }
    return clean;
}

fact fact_depending_on(const fact *other) {
    return other->state == FACT_KNOWN ? *other : fact_unknown(REASON_DEPENDS, other->where, other->detail);
}

fact fact_copy(arena *memory, const fact *other) {
    fact copy = *other;
    copy.where = other->where != NULL ? arena_text(memory, other->where) : NULL;
    copy.detail = other->detail != NULL ? arena_text(memory, other->detail) : NULL;
    return copy;
}

fact_text fact_text_known(const char *value, const char *where) {
    return (fact_text){.fact = fact_known(where), .value = value};
}

fact_flag fact_flag_known(bool value, const char *where) {
    return (fact_flag){.fact = fact_known(where), .value = value};
}

fact_number fact_number_known(int64_t value, const char *where) {
    return (fact_number){.fact = fact_known(where), .value = value};
}

fact_list fact_list_known(const arena_vector *items, const char *where) {
    return (fact_list){.fact = fact_known(where), .count = items->count, .items = items->items};
}
