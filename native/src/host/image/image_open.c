#include "core/alloc.h"
#include "core/error.h"
#include "core/unicode.h"
#include "host/image/image.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const config_path[] = {"Windows", "System32", "config"};
enum { CONFIG_DEPTH = sizeof config_path / sizeof config_path[0] };

static const struct {
    const char *name;
    const char *where;
} hive_files[IMAGE_HIVES] = {
    [IMAGE_SYSTEM] = {"SYSTEM", "Windows/System32/config/SYSTEM"},
    [IMAGE_SOFTWARE] = {"SOFTWARE", "Windows/System32/config/SOFTWARE"},
    [IMAGE_DEFAULT] = {"DEFAULT", "Windows/System32/config/DEFAULT"},
};

image *image_of(host *machine) {
    return (image *)(void *)machine;
}

fact_state image_known(const char *where, const arena *memory, fact *why) {
    *why = arena_failed(memory) ? fact_unknown(REASON_NO_MEMORY, where, NULL) : fact_known(where);
    return why->state;
}

fact_state image_absent(const char *where, const arena *memory, fact *why) {
    *why = arena_failed(memory) ? fact_unknown(REASON_NO_MEMORY, where, NULL) : fact_absent(where);
    return why->state;
}

fact_state image_unknown(unknown_reason reason, const char *where, const char *detail, fact *why) {
    *why = fact_unknown(reason, where, detail);
    return FACT_UNKNOWN;
}

fact image_fact_copy(const fact *source, arena *memory) {
    fact copy = *source;
    copy.where = source->where != NULL ? arena_text(memory, source->where) : NULL;
    copy.detail = source->detail != NULL ? arena_text(memory, source->detail) : NULL;
    return copy;
}

const char *image_hive_name(image_hive_id id) {
    return hive_files[id].name;
}

const char *image_hive_where(image_hive_id id) {
    return hive_files[id].where;
}

fact_state image_config_find(image *self, const char *name, const char *where, arena *memory, image_spot *out,
                             fact *why) {
    const char *parts[CONFIG_DEPTH + 1];
    memcpy(parts, config_path, sizeof config_path);
    parts[CONFIG_DEPTH] = name;
    return image_walk(self, parts, CONFIG_DEPTH + 1, where, memory, out, why);
}

void image_hive_reopen(image *self, image_hive_id id) {
    image_hive *hive = &self->hives[id];
    image_hive_close(hive);
    const char *where = hive_files[id].where;
    image_spot spot;
    fact why;
    int descriptor = -1;
    self->newest_where = NULL;
    if (image_config_find(self, hive_files[id].name, where, &self->memory, &spot, &why) == FACT_KNOWN &&
        image_spot_open(&spot, where, &self->memory, &descriptor, &why) == FACT_KNOWN) {
        if (S_ISREG(spot.status.st_mode)) {
            (void)image_hive_open(hive, descriptor, where, &self->memory, &why);
        } else {
            (void)image_unknown(REASON_UNREADABLE, where, "not a regular file", &why);
        }
        (void)close(descriptor);
    }
    image_spot_close(&spot);
    if (why.state == FACT_ABSENT) { /* the server has it, only the image has not */
        (void)image_unknown(REASON_NOT_ON_HOST, where, "the image does not have this file", &why);
    }
    if (why.state != FACT_KNOWN) {
        hive->state = why;
    }
}

/* ---- Warnings ---- */

static void warn(image *self, const char *text) {
    const char **items = arena_array(&self->memory, self->base.warnings.count + 1, sizeof *items);
    if (items == NULL) {
        return;
    }
    if (self->base.warnings.count > 0) {
        memcpy(items, self->base.warnings.items, self->base.warnings.count * sizeof *items);
    }
    items[self->base.warnings.count] = text;
    self->base.warnings.items = items;
    self->base.warnings.count++;
}

static void warn_of_hive(image *self, image_hive_id id) {
    const image_hive *hive = &self->hives[id];
    const char *where = hive_files[id].where;
    fact why;
    if (hive->state.state != FACT_KNOWN) {
        const char *sentence = unknown_reason_sentence(hive->state.reason);
        warn(self,
             hive->state.reason == REASON_NOT_ON_HOST
                 ? arena_printf(&self->memory, "%s is not in the image: what it holds is unknown.", where)
                 : arena_printf(&self->memory, "%s could not be read, so what it holds is unknown: %s.",
                                where, hive->state.detail != NULL ? hive->state.detail : sentence));
        return;
    }
    if (hive->header.primary_sequence != hive->header.secondary_sequence) {
        warn(self, arena_printf(
                       &self->memory,
                       "%s was copied from a running machine: its last changes may be missing (its logs are "
                       "not applied).",
                       where));
    } else if (image_logs_newer(self, id, hive->header.primary_sequence, &self->memory, &why) == FACT_KNOWN) {
        warn(self,
             arena_printf(&self->memory,
                          "%s has logs with changes that it does not hold yet: its last changes are missing "
                          "(its logs are not applied).",
                          where));
    }
    if (hive->header.bins_end > hive->data.size) {
        warn(self,
             arena_printf(&self->memory, "%s is cut off: %llu of %llu bytes are there.", where,
                          (unsigned long long)hive->data.size, (unsigned long long)hive->header.bins_end));
    }
}

/* ---- Opening and closing ---- */

static void find_system_drive(image *self) {
    memcpy(self->system_drive, "C:", 3);
    fact_text root = image_registry_text(self, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                                         "SystemRoot", &self->memory);
    if (root.fact.state == FACT_KNOWN && is_drive_letter(root.value[0]) && root.value[1] == ':') {
        self->system_drive[0] = (char)unicode_upper((uint32_t)root.value[0]);
    }
    self->base.system_drive = self->system_drive;
}

static mars_status refuse(const image *self, const char *folder) {
    const fact *state = &self->hives[IMAGE_SYSTEM].state;
    const char *detail = state->detail != NULL ? state->detail : unknown_reason_sentence(state->reason);
    switch (state->reason) {
    case REASON_NOT_ON_HOST:
        return error_set(MARS_E_NOT_AN_IMAGE, "%s is not laid out like a system drive: there is no %s in it",
                         folder, state->where);
    case REASON_MALFORMED:
        return error_set(MARS_E_MALFORMED, "%s/%s: %s", folder, state->where, detail);
    case REASON_TOO_LARGE:
        return error_set(MARS_E_TOO_LARGE, "%s/%s: %s", folder, state->where, detail);
    case REASON_NO_MEMORY:
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was opened", folder);
    default:
        return error_set(MARS_E_UNREADABLE, "%s/%s: %s", folder, state->where, detail);
    }
}

static mars_status open_root(image *self, const char *folder) {
    self->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->root >= 0) {
        return MARS_OK;
    }
    switch (errno) {
    case ENOENT:
        return error_set(MARS_E_NOT_AN_IMAGE, "%s: there is no such folder", folder);
    case ENOTDIR:
        return error_set(MARS_E_NOT_AN_IMAGE, "%s is not a folder", folder);
    case EACCES:
        return error_set(MARS_E_UNREADABLE, "%s: access was denied", folder);
    default:
        return error_set(MARS_E_UNREADABLE, "%s could not be opened (error %d)", folder, errno);
    }
}

static mars_status fill(image *self, const char *folder) {
    mars_status status = open_root(self, folder);
    if (status != MARS_OK) {
        return status;
    }
    self->base.source_name = arena_text(&self->memory, folder);
    for (int id = 0; id < IMAGE_HIVES; id++) {
        image_hive_reopen(self, (image_hive_id)id);
    }
    if (arena_failed(&self->memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was opened", folder);
    }
    if (self->hives[IMAGE_SYSTEM].state.state != FACT_KNOWN) {
        return refuse(self, folder);
    }
    for (int id = 0; id < IMAGE_HIVES; id++) {
        warn_of_hive(self, (image_hive_id)id);
    }
    find_system_drive(self);
    return arena_failed(&self->memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while %s was opened", folder)
               : MARS_OK;
}

void image_close(host *machine) {
    image *self = image_of(machine);
    image_unlock(machine);
    for (int id = 0; id < IMAGE_HIVES; id++) {
        image_hive_close(&self->hives[id]);
    }
    if (self->root >= 0) {
        (void)close(self->root);
    }
    folder_cache_free(&self->folders);
    arena_free(&self->memory);
    mem_free(self);
}

static const host_reader image_reader = {
    .registry_read = image_registry_read,
    .registry_keys = image_registry_keys,
    .registry_values = image_registry_values,
    .registry_time = image_registry_time,
    .file_info = image_file_info,
    .file_read = image_file_read,
    .file_marks = image_file_marks,
    .folder_each = image_folder_each,
    .task_list = image_task_list,
    .task_xml = image_task_xml,
    .task_status = image_task_status,
    .service_info = image_service_info,
    .volume_list = image_volume_list,
    .console = image_console,
    .now = image_now,
    .close = image_close,
};

mars_status host_open_image(host **out, const char *folder) {
    *out = NULL;
    image *self = mem_alloc(sizeof *self);
    if (self == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was opened", folder);
    }
    self->root = -1;
    self->lock = -1;
    self->calls = &image_calls_system;
    self->base.writer = &image_writer;
    self->base.read = &image_reader;
    self->base.source_kind = "image";
    mars_status status = fill(self, folder);
    if (status != MARS_OK) {
        image_close(&self->base);
        return status;
    }
    *out = &self->base;
    return MARS_OK;
}
