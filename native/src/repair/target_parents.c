/* What is above a target: the keys of a registry value, the folders of a file. */
#include "repair/target.h"

#include "core/error.h"

#include <string.h>

enum { PARENTS_MAXIMUM = 512 };

static mars_status no_memory(const char *target) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", target);
}

static mars_status unreadable(const char *target, const fact *why) {
    return error_set(MARS_E_UNREADABLE, "what %s is in cannot be read: %s", target,
                     unknown_reason_sentence(why->reason));
}

/* Cuts the last part off a path; false if it is the only one. */
static bool cut(char *path) {
    char *last = strrchr(path, '\\');
    if (last == NULL) {
        return false;
    }
    *last = '\0';
    return true;
}

/* ---- Keys ---- */

static mars_status registry_of(arena *memory, const char *target, registry_path *path) {
    const char *name = NULL;
    return target_to_registry(memory, target, path, &name)
               ? MARS_OK
               : error_set(MARS_E_MALFORMED, "\"%s\" names no registry value", target);
}

static mars_status missing_keys(host *machine, arena *memory, const char *target, uint32_t *out) {
    registry_path path = {.key = ""};
    mars_status status = registry_of(memory, target, &path);
    char *key = arena_copy(memory, path.key, strlen(path.key) + 1);
    if (status != MARS_OK || key == NULL) {
        return status != MARS_OK ? status : no_memory(target);
    }
    path.key = key;
    for (bool more = true; more; more = cut(key)) {
        int64_t written = 0;
        fact why = {0};
        fact_state state = machine->read->registry_time(machine, &path, memory, &written, &why);
        if (state == FACT_UNKNOWN) {
            return unreadable(target, &why);
        }
        if (state == FACT_KNOWN) {
            break;
        }
        (*out)++;
    }
    return MARS_OK;
}

static mars_status remove_keys(host *machine, arena *memory, const char *target, uint32_t count) {
    const host_writer *writer = host_writer_of(machine);
    registry_path path = {.key = ""};
    mars_status status = registry_of(memory, target, &path);
    if (status != MARS_OK || writer->registry_prune == NULL) {
        return status;
    }
    return writer->registry_prune(machine, &path, count);
}

/* ---- Folders ---- */

static mars_status missing_folders(host *machine, arena *memory, const char *target, uint32_t *out) {
    char *path = arena_copy(memory, target, strlen(target) + 1);
    if (path == NULL) {
        return no_memory(target);
    }
    while (cut(path) && strchr(path, '\\') != NULL) {
        file_info info = {0};
        fact why = {0};
        fact_state state = machine->read->file_info(machine, path, memory, &info, &why);
        if (state == FACT_UNKNOWN) {
            return unreadable(target, &why);
        }
        if (state == FACT_KNOWN) {
            return info.kind == FILE_FOLDER ? MARS_OK : error_set(MARS_E_REFUSED, "%s is no folder", path);
        }
        (*out)++;
    }
    return MARS_OK;
}

/* The folder that is `up` above a file. */
static const char *folder_above(arena *memory, const char *file, uint32_t up) {
    size_t length = strlen(file);
    for (; up > 0; up--) {
        while (length > 0 && file[--length] != '\\') {
        }
    }
    return arena_text_n(memory, file, length);
}

mars_status target_make_folders(host *machine, arena *memory, const char *file, uint32_t count) {
    const host_writer *writer = host_writer_of(machine);
    mars_status status = MARS_OK;
    for (uint32_t up = count; up > 0 && status == MARS_OK; up--) {
        const char *folder = folder_above(memory, file, up);
        status = arena_failed(memory) ? no_memory(file)
                 : writer->folder_make != NULL
                     ? writer->folder_make(machine, folder)
                     : error_set(MARS_E_UNSUPPORTED, "%s cannot be made from here", folder);
    }
    return status;
}

typedef struct emptiness {
    bool empty;
} emptiness;

static bool note_entry(void *user, const folder_entry *entry) {
    (void)entry;
    ((emptiness *)user)->empty = false;
    return false;
}

static mars_status remove_folders(host *machine, arena *memory, const char *target, uint32_t count) {
    mars_status status = MARS_OK;
    for (uint32_t up = 1; up <= count && status == MARS_OK; up++) {
        const char *folder = folder_above(memory, target, up);
        emptiness seen = {.empty = true};
        fact why = {0};
        if (strchr(folder, '\\') == NULL) {
            break;
        }
        fact_state state = machine->read->folder_each(machine, folder, note_entry, &seen, memory, &why);
        if (state == FACT_ABSENT) {
            continue;
        }
        if (state == FACT_UNKNOWN || !seen.empty) {
            break;
        }
        status = host_writer_of(machine)->file_remove(machine, folder);
    }
    return arena_failed(memory) ? no_memory(target) : status;
}

/* ---- Either ---- */

mars_status target_missing_parents(host *machine, arena *memory, change_kind kind, const char *target,
                                   uint32_t *out) {
    *out = 0;
    mars_status status = kind == CHANGE_REGISTRY_VALUE ? missing_keys(machine, memory, target, out)
                         : kind == CHANGE_FILE         ? missing_folders(machine, memory, target, out)
                                                       : MARS_OK;
    if (status == MARS_OK && *out > PARENTS_MAXIMUM) {
        status = error_set(MARS_E_REFUSED, "%s lies too deep", target);
    }
    return status == MARS_OK && arena_failed(memory) ? no_memory(target) : status;
}

mars_status target_remove_parents(host *machine, arena *memory, change_kind kind, const char *target,
                                  uint32_t count) {
    return count == 0                      ? MARS_OK
           : kind == CHANGE_REGISTRY_VALUE ? remove_keys(machine, memory, target, count)
           : kind == CHANGE_FILE           ? remove_folders(machine, memory, target, count)
                                           : MARS_OK;
}

/* ---- The file that a target lives in ---- */

mars_status target_file(host *machine, arena *memory, change_kind kind, const char *target,
                        const char **file) {
    const host_writer *writer = host_writer_of(machine);
    registry_path path = {.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = ""};
    *file = NULL;
    if (writer == NULL || writer->registry_file == NULL ||
        (kind != CHANGE_REGISTRY_VALUE && kind != CHANGE_SERVICE_CONFIG)) {
        return MARS_OK;
    }
    mars_status status = MARS_OK;
    if (kind == CHANGE_REGISTRY_VALUE) {
        status = registry_of(memory, target, &path);
    } else { /* where the registry is files, services are their keys */
        path.key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", target);
    }
    return status == MARS_OK ? writer->registry_file(machine, &path, memory, file) : status;
}
