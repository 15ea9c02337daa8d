#include "core/alloc.h"
#include "core/error.h"
#include "core/unicode.h"
#include "host/win32/process.h"
#include "host/win32/win32.h"

#include <string.h>

/* Each file act is durable when it returns; the registry's are here, and programs are told of new environment
 * variables once they are. */
static mars_status win32_flush(host *machine, bool others) {
    win32_host *self = win32_of(machine);
    mars_status status = win32_registry_flush(self, others);
    if (self->environment_changed) {
        win32_broadcast_environment();
        self->environment_changed = false;
    }
    return status;
}

static void win32_close(host *machine) {
    win32_host *self = win32_of(machine);
    win32_unlock(machine);
    arena_free(&self->memory);
    mem_free(self);
}

static const host_reader win32_reader = {
    .registry_read = win32_registry_read,
    .registry_keys = win32_registry_keys,
    .registry_values = win32_registry_values,
    .registry_time = win32_registry_time,
    .file_info = win32_file_info,
    .file_read = win32_file_read,
    .file_marks = win32_file_marks,
    .file_trust = win32_file_trust,
    .folder_each = win32_folder_each,
    .task_list = win32_task_list,
    .task_xml = win32_task_xml,
    .task_status = win32_task_status,
    .service_info = win32_service_info,
    .service_dependents = win32_service_dependents,
    .iscsi_disks = win32_iscsi_disks,
    .iscsi_persistent = win32_iscsi_persistent,
    .volume_list = win32_volume_list,
    .volume_of = win32_volume_of,
    .console = win32_console,
    .now = win32_now,
    .elevated = win32_elevated,
    .account_sid = win32_account_of_name,
    .account_is_administrator = win32_account_is_administrator,
    .own_domain = win32_own_domain,
    .close = win32_close,
};

/* registry_file is for hosts whose registry is files. */
static const host_writer win32_writer = {
    .registry_set = win32_registry_set,
    .registry_prune = win32_registry_prune,
    .file_write = win32_file_write,
    .file_rename = win32_file_rename,
    .file_keep = win32_file_keep,
    .file_put_back = win32_file_put_back,
    .file_remove = win32_file_remove,
    .folder_make = win32_folder_make,
    .file_sweep = win32_file_sweep,
    .file_digest = win32_file_digest,
    .service_config = win32_service_config,
    .service_configure = win32_service_configure,
    .service_start = win32_service_start,
    .service_stop = win32_service_stop,
    .task_register = win32_task_register,
    .task_enable = win32_task_enable,
    .shadow_resize = win32_shadow_resize,
    .lock = win32_lock,
    .unlock = win32_unlock,
    .journal_folder = win32_journal_folder,
    .flush = win32_flush,
};

static mars_status fill(win32_host *self) {
    self->system_folder = win32_system_folder(&self->memory);
    if (self->system_folder == NULL || self->system_folder[0] == L'\0') {
        return error_set(MARS_E_UNREADABLE, "Windows does not say where its system folder is");
    }
    self->system_drive[0] = (char)unicode_upper(self->system_folder[0]);
    self->system_drive[1] = ':';
    self->base.system_drive = self->system_drive;
    self->base.source_name = win32_computer_name(&self->memory);
    self->elevated = win32_is_elevated();
    const char **warning = self->elevated ? NULL : arena_array(&self->memory, 1, sizeof *warning);
    if (warning != NULL) {
        *warning = "This process is not elevated: what only administrators can read is unknown. Run it as "
                   "administrator.";
        self->base.warnings = (text_list){.items = warning, .count = 1};
    }
    return arena_failed(&self->memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out while opening")
                                       : MARS_OK;
}

mars_status host_open_live(host **out) {
    *out = NULL;
    mars_status status = process_check();
    if (status != MARS_OK) {
        return status;
    }
    win32_host *self = mem_alloc(sizeof *self);
    if (self == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while opening");
    }
    self->base.read = &win32_reader;
    self->base.writer = &win32_writer;
    self->base.capabilities = HOST_LIVE;
    self->base.source_kind = "live";
    status = fill(self);
    if (status != MARS_OK) {
        win32_close(&self->base);
        return status;
    }
    *out = &self->base;
    return MARS_OK;
}
