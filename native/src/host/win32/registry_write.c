#include "core/error.h"
#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

#define ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"

/* ---- What has to be made durable ---- */

static const struct {
    HKEY root;
    const wchar_t *key;
} hives[HIVE_COUNT] = {
    [HIVE_SOFTWARE] = {HKEY_LOCAL_MACHINE, L"SOFTWARE"},
    [HIVE_SYSTEM] = {HKEY_LOCAL_MACHINE, L"SYSTEM"},
    [HIVE_ACCOUNT] = {HKEY_USERS, L"S-1-5-18"},
};

static void mark_dirty(win32_host *self, const registry_path *path) {
    win32_hive hive = path->root == REGISTRY_SYSTEM_ACCOUNT   ? HIVE_ACCOUNT
                      : ascii_starts(path->key, "SOFTWARE\\") ? HIVE_SOFTWARE
                                                              : HIVE_SYSTEM;
    self->dirty[hive] = true;
    self->environment_changed =
        self->environment_changed ||
        ascii_equal(path->key, path->root == REGISTRY_SYSTEM_ACCOUNT ? "Environment" : ENVIRONMENT);
}

mars_status win32_registry_flush(win32_host *self, bool others) {
    mars_status status = MARS_OK;
    for (int i = 0; i < HIVE_COUNT; i++) {
        HKEY key = NULL;
        LSTATUS error = ERROR_SUCCESS;
        if (self->dirty[i] || others) {
            error = RegOpenKeyExW(hives[i].root, hives[i].key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
        }
        if (key != NULL) {
            error = RegFlushKey(key);
            (void)RegCloseKey(key);
        }
        error = error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error; /* there is no such hive */
        if (error != ERROR_SUCCESS && status == MARS_OK) {
            status = win32_write_failed(self, (DWORD)error, "the registry");
        }
        self->dirty[i] = self->dirty[i] && error != ERROR_SUCCESS;
    }
    return status;
}

/* ---- Keys ---- */

/* How many of the last names of a path are no keys. */
static LSTATUS count_missing(const registry_path *path, arena *memory, uint32_t *out) {
    char *name = arena_copy(memory, path->key, strlen(path->key) + 1);
    *out = 0;
    while (name != NULL && name[0] != '\0') {
        const registry_path above = {.root = path->root, .view = path->view, .key = name};
        HKEY key = NULL;
        LSTATUS error = win32_key_open(&above, KEY_QUERY_VALUE, memory, &key);
        if (error == ERROR_SUCCESS) {
            (void)RegCloseKey(key);
            return error;
        }
        if (error != ERROR_FILE_NOT_FOUND && error != ERROR_PATH_NOT_FOUND) {
            return error;
        }
        (*out)++;
        char *last = strrchr(name, '\\');
        name[last != NULL ? last - name : 0] = '\0';
    }
    return name != NULL ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

static LSTATUS is_empty(const registry_path *path, arena *memory, bool *empty) {
    HKEY key = NULL;
    DWORD keys = 0;
    DWORD values = 0;
    LSTATUS error = win32_key_open(path, KEY_QUERY_VALUE, memory, &key);
    if (error == ERROR_SUCCESS) {
        error = RegQueryInfoKeyW(key, NULL, NULL, NULL, &keys, NULL, NULL, &values, NULL, NULL, NULL, NULL);
        (void)RegCloseKey(key);
    }
    *empty = keys == 0 && values == 0;
    return error;
}

/* Removes the last keys of a path as far as they are empty. */
static LSTATUS prune(win32_host *self, const registry_path *path, uint32_t count, arena *memory) {
    char *name = arena_copy(memory, path->key, strlen(path->key) + 1);
    LSTATUS error = name != NULL ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
    for (uint32_t i = 0; i < count && error == ERROR_SUCCESS && name[0] != '\0'; i++) {
        const registry_path key = {.root = path->root, .view = path->view, .key = name};
        bool empty = false;
        error = is_empty(&key, memory, &empty);
        if (error == ERROR_SUCCESS && !empty) {
            return error;
        }
        if (error == ERROR_SUCCESS) {
            const wchar_t *wide = win32_key_name(&key, memory);
            error = wide != NULL ? RegDeleteKeyExW(win32_key_root(&key), wide, win32_key_view(&key), 0)
                                 : ERROR_NOT_ENOUGH_MEMORY;
            mark_dirty(self, path);
        }
        error = error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error;
        char *last = strrchr(name, '\\');
        name[last != NULL ? last - name : 0] = '\0';
    }
    return error;
}

mars_status win32_registry_prune(host *machine, const registry_path *path, uint32_t count) {
    win32_host *self = win32_of(machine);
    arena memory = {0};
    LSTATUS error = prune(self, path, count, &memory);
    mars_status status = MARS_OK;
    if (error != ERROR_SUCCESS) {
        status = win32_write_failed(self, (DWORD)error, registry_path_text(&memory, path, NULL));
    }
    arena_free(&memory);
    return status;
}

/* ---- Values ---- */

typedef struct value_target {
    const registry_path *path;
    const wchar_t *name;
    const char *where;
    arena *memory;
} value_target;

static LSTATUS delete_value(win32_host *self, const value_target *target) {
    HKEY key = NULL;
    LSTATUS error = win32_key_open(target->path, KEY_SET_VALUE, target->memory, &key);
    if (error == ERROR_SUCCESS) {
        mark_dirty(self, target->path);
        error = RegDeleteValueW(key, target->name);
        (void)RegCloseKey(key);
    }
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? ERROR_SUCCESS : error;
}

/* A key that was made for a value that then cannot be set is taken away again. */
static LSTATUS set_value(win32_host *self, const value_target *target, const registry_value *value,
                         uint32_t *keys_created) {
    uint32_t missing = 0;
    LSTATUS error = count_missing(target->path, target->memory, &missing);
    const wchar_t *name = error == ERROR_SUCCESS ? win32_key_name(target->path, target->memory) : NULL;
    HKEY key = NULL;
    if (name == NULL) {
        return error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY;
    }
    mark_dirty(self, target->path);
    error = RegCreateKeyExW(win32_key_root(target->path), name, 0, NULL, REG_OPTION_NON_VOLATILE,
                            KEY_SET_VALUE | win32_key_view(target->path), NULL, &key, NULL);
    if (error == ERROR_SUCCESS) {
        error = RegSetValueExW(key, target->name, 0, value->type, value->data.data, (DWORD)value->data.size);
        (void)RegCloseKey(key);
    }
    if (error != ERROR_SUCCESS && missing > 0) {
        (void)prune(self, target->path, missing, target->memory);
    }
    *keys_created = error == ERROR_SUCCESS ? missing : 0;
    return error;
}

static bool is_so_already(const registry_value *now, fact_state state, const registry_value *wanted) {
    if (wanted == NULL || state != FACT_KNOWN) {
        return wanted == NULL && state == FACT_ABSENT;
    }
    return now->type == wanted->type && now->data.size == wanted->data.size &&
           (now->data.size == 0 || memcmp(now->data.data, wanted->data.data, now->data.size) == 0);
}

mars_status win32_registry_set(host *machine, const registry_path *path, const char *name,
                               const registry_value *value, uint32_t *keys_created) {
    win32_host *self = win32_of(machine);
    *keys_created = 0;
    if (value != NULL && value->data.size > REGISTRY_DATA_LIMIT) {
        return error_set(MARS_E_TOO_LARGE, "a value of %zu bytes is larger than the %d that are written",
                         value->data.size, REGISTRY_DATA_LIMIT);
    }
    arena memory = {0};
    registry_value now = {0};
    fact why;
    value_target target = {.path = path, .memory = &memory};
    target.where = registry_path_text(&memory, path, name != NULL ? name : "");
    target.name = wide_text(&memory, name != NULL ? name : "");
    fact_state state = win32_registry_read(machine, path, name, &memory, &now, &why);
    mars_status status = MARS_OK;
    if (target.name == NULL || arena_failed(&memory)) {
        status = win32_no_memory();
    } else if (state == FACT_UNKNOWN) {
        status = win32_write_refuse(&why);
    } else if (!is_so_already(&now, state, value)) {
        LSTATUS error =
            value != NULL ? set_value(self, &target, value, keys_created) : delete_value(self, &target);
        status = error == ERROR_SUCCESS ? MARS_OK : win32_write_failed(self, (DWORD)error, target.where);
    }
    arena_free(&memory);
    return status;
}
