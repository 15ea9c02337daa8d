#include "core/alloc.h"
#include "core/instant.h"
#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

static const wchar_t account_prefix[] = L"S-1-5-18\\";
enum { VALUE_LIMIT = 64 * 1024 * 1024, KEY_NAME_ROOM = 256, VALUE_NAME_ROOM = 16384 };

HKEY win32_key_root(const registry_path *path) {
    return path->root == REGISTRY_MACHINE ? HKEY_LOCAL_MACHINE : HKEY_USERS;
}

const wchar_t *win32_key_name(const registry_path *path, arena *memory) {
    const wchar_t *key = wide_text(memory, path->key);
    if (key == NULL || path->root == REGISTRY_MACHINE) {
        return key;
    }
    size_t prefix = wcslen(account_prefix);
    size_t length = wcslen(key);
    wchar_t *whole = arena_array(memory, prefix + length + 1, sizeof *whole);
    if (whole != NULL) {
        memcpy(whole, account_prefix, prefix * sizeof *whole);
        memcpy(whole + prefix, key, length * sizeof *whole);
    }
    return whole;
}

/* Said explicitly, so that it does not depend on what kind of process this is. */
REGSAM win32_key_view(const registry_path *path) {
    return path->view == REGISTRY_32 ? KEY_WOW64_32KEY : KEY_WOW64_64KEY;
}

LSTATUS win32_key_open(const registry_path *path, REGSAM access, arena *memory, HKEY *out) {
    *out = NULL;
    const wchar_t *name = win32_key_name(path, memory);
    return name != NULL ? RegOpenKeyExW(win32_key_root(path), name, 0, access | win32_key_view(path), out)
                        : ERROR_NOT_ENOUGH_MEMORY;
}

static fact_state failure(host *machine, LSTATUS error, const char *where, arena *memory, fact *why) {
    return win32_failure(win32_of(machine), (DWORD)error, where, memory, why);
}

/* The value may grow between two looks at it. */
static LSTATUS read_value(HKEY key, const wchar_t *name, arena *memory, registry_value *out) {
    DWORD size = 0;
    DWORD type = 0;
    LSTATUS error = RegQueryValueExW(key, name, NULL, &type, NULL, &size);
    while (error == ERROR_SUCCESS || error == ERROR_MORE_DATA) {
        DWORD room = size + 2; /* nothing to read is no buffer otherwise */
        uint8_t *data = size <= VALUE_LIMIT ? arena_alloc(memory, room) : NULL;
        if (data == NULL) {
            return size <= VALUE_LIMIT ? ERROR_NOT_ENOUGH_MEMORY : ERROR_FILE_TOO_LARGE;
        }
        size = room;
        error = RegQueryValueExW(key, name, NULL, &type, data, &size);
        if (error == ERROR_SUCCESS) {
            *out = (registry_value){.type = type, .data = {.data = data, .size = size}};
            return error;
        }
    }
    return error;
}

fact_state win32_registry_read(host *machine, const registry_path *path, const char *name, arena *memory,
                               registry_value *out, fact *why) {
    *out = (registry_value){0};
    const char *where = registry_path_text(memory, path, name != NULL ? name : "");
    const wchar_t *wide = wide_text(memory, name != NULL ? name : "");
    HKEY key = NULL;
    LSTATUS error =
        wide != NULL ? win32_key_open(path, KEY_QUERY_VALUE, memory, &key) : ERROR_NOT_ENOUGH_MEMORY;
    if (error == ERROR_SUCCESS) {
        error = read_value(key, wide, memory, out);
        (void)RegCloseKey(key);
    }
    return error == ERROR_SUCCESS ? win32_known(where, memory, why)
                                  : failure(machine, error, where, memory, why);
}

/* ---- Lists ---- */

typedef LSTATUS (*name_at)(HKEY key, DWORD index, wchar_t *name, DWORD *length);

static LSTATUS key_at(HKEY key, DWORD index, wchar_t *name, DWORD *length) {
    *length = KEY_NAME_ROOM;
    return RegEnumKeyExW(key, index, name, length, NULL, NULL, NULL, NULL);
}

static LSTATUS value_at(HKEY key, DWORD index, wchar_t *name, DWORD *length) {
    *length = VALUE_NAME_ROOM;
    return RegEnumValueW(key, index, name, length, NULL, NULL, NULL, NULL);
}

static LSTATUS read_names(HKEY key, name_at next, arena *memory, text_list *out) {
    wchar_t *name = mem_alloc(VALUE_NAME_ROOM * sizeof *name);
    arena_vector names = ARENA_VECTOR(memory, const char *);
    LSTATUS error = name != NULL ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
    for (DWORD i = 0; error == ERROR_SUCCESS; i++) {
        DWORD length = 0;
        error = next(key, i, name, &length);
        const char **item = error == ERROR_SUCCESS ? arena_push(&names) : NULL;
        if (item != NULL) {
            size_t size = 0;
            *item = utf8_from_utf16(memory, (const uint8_t *)name, length, &size);
        }
    }
    mem_free(name);
    *out = (text_list){.items = names.items, .count = names.count};
    return error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error;
}

static fact_state list(host *machine, const registry_path *path, REGSAM access, name_at next, arena *memory,
                       text_list *out, fact *why) {
    *out = (text_list){0};
    const char *where = registry_path_text(memory, path, NULL);
    HKEY key = NULL;
    LSTATUS error = win32_key_open(path, access, memory, &key);
    if (error == ERROR_SUCCESS) {
        error = read_names(key, next, memory, out);
        (void)RegCloseKey(key);
    }
    return error == ERROR_SUCCESS ? win32_known(where, memory, why)
                                  : failure(machine, error, where, memory, why);
}

fact_state win32_registry_keys(host *machine, const registry_path *path, arena *memory, text_list *out,
                               fact *why) {
    return list(machine, path, KEY_ENUMERATE_SUB_KEYS, key_at, memory, out, why);
}

fact_state win32_registry_values(host *machine, const registry_path *path, arena *memory, text_list *out,
                                 fact *why) {
    return list(machine, path, KEY_QUERY_VALUE, value_at, memory, out, why);
}

fact_state win32_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                               fact *why) {
    *out = 0;
    const char *where = registry_path_text(memory, path, NULL);
    FILETIME written = {0};
    HKEY key = NULL;
    LSTATUS error = win32_key_open(path, KEY_QUERY_VALUE, memory, &key);
    if (error == ERROR_SUCCESS) {
        error = RegQueryInfoKeyW(key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &written);
        (void)RegCloseKey(key);
    }
    if (error != ERROR_SUCCESS) {
        return failure(machine, error, where, memory, why);
    }
    *out = instant_from_filetime((uint64_t)written.dwHighDateTime << 32 | written.dwLowDateTime);
    return win32_known(where, memory, why);
}
