#include "memory_services.h"

#include "core/error.h"
#include "core/unicode.h"

#include <stdlib.h>
#include <string.h>

static memory_machine *machine_of(host *machine) {
    return (memory_machine *)machine;
}

fact_flag memory_flag(bool value) {
    return (fact_flag){.fact = fact_known("memory"), .value = value};
}

fact_text memory_text(const char *value) {
    return (fact_text){.fact = fact_known("memory"), .value = value};
}

fact_number memory_number(int64_t value) {
    return (fact_number){.fact = fact_known("memory"), .value = value};
}

static fact_state answer(fact_state state, const char *where, fact *why) {
    *why = state == FACT_KNOWN    ? fact_known(where)
           : state == FACT_ABSENT ? fact_absent(where)
                                  : fact_unknown(REASON_ACCESS_DENIED, where, NULL);
    return state;
}

static bool is_unreadable(const memory_machine *m, const char *what) {
    return m->unreadable != NULL && strcmp(m->unreadable, what) == 0;
}

/* ---- Registry ---- */

static fact_state registry_read(host *machine, const registry_path *path, const char *name, arena *memory,
                                registry_value *out, fact *why) {
    memory_machine *m = machine_of(machine);
    if (is_unreadable(m, path->key)) {
        return answer(FACT_UNKNOWN, path->key, why);
    }
    for (size_t i = 0; i < m->value_count; i++) {
        const memory_value *row = &m->values[i];
        if (row->name != NULL && ascii_equal(row->key, path->key) && ascii_equal(row->name, name)) {
            *out = row->text != NULL
                       ? (registry_value){REGISTRY_SZ, utf16_from_utf8(memory, row->text, strlen(row->text))}
                       : (registry_value){REGISTRY_DWORD, {(const uint8_t *)&row->number, 4}};
            return answer(FACT_KNOWN, path->key, why);
        }
    }
    return answer(FACT_ABSENT, path->key, why);
}

static fact_state registry_keys(host *machine, const registry_path *path, arena *memory, text_list *out,
                                fact *why) {
    memory_machine *m = machine_of(machine);
    size_t length = strlen(path->key);
    arena_vector names = ARENA_VECTOR(memory, const char *);
    bool there = false;
    if (is_unreadable(m, path->key)) {
        return answer(FACT_UNKNOWN, path->key, why);
    }
    for (size_t i = 0; i < m->value_count; i++) {
        const char *key = m->values[i].key;
        bool inside = ascii_equal_n(key, path->key, length) && key[length] == '\\';
        there = there || inside || ascii_equal(key, path->key);
        const char **name = inside ? arena_push(&names) : NULL;
        if (name != NULL) {
            *name = arena_text_n(memory, key + length + 1, strcspn(key + length + 1, "\\"));
        }
    }
    *out = (text_list){names.items, names.count};
    return answer(there ? FACT_KNOWN : FACT_ABSENT, path->key, why);
}

/* ---- Tasks, volumes, disks, console ---- */

static fact_state task_list(host *machine, const char *folder, arena *memory, task_entry_list *out,
                            fact *why) {
    memory_machine *m = machine_of(machine);
    if (is_unreadable(m, "tasks") || strcmp(folder, "\\Microsoft\\OnlineBackup") != 0) {
        return answer(FACT_UNKNOWN, "tasks", why);
    }
    out->items = arena_array(memory, MEMORY_ITEMS, sizeof *out->items);
    if (out->items == NULL) {
        return answer(FACT_UNKNOWN, "tasks", why);
    }
    for (size_t i = 0; i < m->task_count; i++) {
        out->items[i] = (task_entry){m->tasks[i].path, memory_flag(true), m->tasks[i].registered};
    }
    out->count = m->task_count;
    return answer(m->task_count > 0 ? FACT_KNOWN : FACT_ABSENT, "tasks", why);
}

static fact_state task_status_of(host *machine, const char *path, arena *memory, task_status *out,
                                 fact *why) {
    memory_machine *m = machine_of(machine);
    (void)memory;
    for (size_t i = 0; i < m->task_count; i++) {
        if (strcmp(m->tasks[i].path, path) == 0) {
            *out = (task_status){.running = m->tasks[i].running};
            return answer(FACT_KNOWN, path, why);
        }
    }
    return answer(FACT_ABSENT, path, why);
}

static fact_state volume_list(host *machine, arena *memory, volume_info_list *out, fact *why) {
    memory_machine *m = machine_of(machine);
    (void)memory;
    *out = (volume_info_list){m->volumes, m->volume_count};
    return answer(is_unreadable(m, "volumes") ? FACT_UNKNOWN : FACT_KNOWN, "volumes", why);
}

static fact_state iscsi_disks(host *machine, arena *memory, iscsi_disk_list *out, fact *why) {
    memory_machine *m = machine_of(machine);
    (void)memory;
    *out = (iscsi_disk_list){m->disks, m->disk_count};
    return answer(is_unreadable(m, "disks") ? FACT_UNKNOWN : FACT_KNOWN, "disks", why);
}

static fact_state console(host *machine, const console_tool *tool, arena *memory, const char **out,
                          fact *why) {
    memory_machine *m = machine_of(machine);
    (void)memory;
    *out = tool->id == CONSOLE_SHADOW_STORAGE   ? m->storage
           : tool->id == CONSOLE_SHADOW_WRITERS ? m->writers
                                                : NULL;
    return answer(*out != NULL ? FACT_KNOWN : FACT_UNKNOWN, tool->program, why);
}

static fact_state iscsi_persistent(host *machine, arena *memory, text_list *out, fact *why) {
    memory_machine *m = machine_of(machine);
    (void)memory;
    *out = (text_list){m->targets, m->target_count};
    return answer(is_unreadable(m, "targets") ? FACT_UNKNOWN : FACT_KNOWN, "targets", why);
}

/* ---- Services ---- */

static memory_service *find(memory_machine *m, const char *name) {
    for (size_t i = 0; i < m->service_count; i++) {
        if (ascii_equal(m->services[i].name, name)) {
            return &m->services[i];
        }
    }
    return NULL;
}

static fact_state service_info_of(host *machine, const char *name, arena *memory, service_info *out,
                                  fact *why) {
    memory_service *service = find(machine_of(machine), name);
    (void)memory;
    if (service == NULL) {
        return answer(FACT_ABSENT, name, why);
    }
    *out = (service_info){.start = memory_number(service->start),
                          .state = memory_number(service->state),
                          .exit_code = memory_number(service->exit_code)};
    if (service->fault == SERVICE_HIDES_ITS_STATE) {
        out->state.fact = fact_unknown(REASON_ACCESS_DENIED, name, NULL);
    }
    return answer(FACT_KNOWN, name, why);
}

static bool runs(const memory_service *service) {
    return service->state != SERVICE_STATE_STOPPED;
}

static void push_dependents(memory_machine *m, const char *name, arena_vector *names) {
    for (size_t i = 0; i < m->service_count; i++) {
        const memory_service *service = &m->services[i];
        if (service->needs != NULL && ascii_equal(service->needs, name) && runs(service)) {
            push_dependents(m, service->name, names);
            const char **item = arena_push(names);
            if (item != NULL) {
                *item = service->name;
            }
        }
    }
}

static fact_state service_dependents(host *machine, const char *name, arena *memory, text_list *out,
                                     fact *why) {
    memory_machine *m = machine_of(machine);
    arena_vector names = ARENA_VECTOR(memory, const char *);
    push_dependents(m, name, &names);
    *out = (text_list){names.items, names.count};
    return answer(is_unreadable(m, "dependents") ? FACT_UNKNOWN : FACT_KNOWN, name, why);
}

static mars_status service_start(host *machine, const char *name, uint32_t time_limit_s) {
    memory_machine *m = machine_of(machine);
    memory_service *service = find(m, name);
    text_addf(&m->acts, "start %s, ", name);
    if (service == NULL || time_limit_s == 0 || service->start == SERVICE_START_DISABLED ||
        service->fault == SERVICE_REFUSES_START) {
        return error_set(MARS_E_UNWRITABLE, "%s did not start (error 1053)", name);
    }
    memory_service *needed = service->needs != NULL ? find(m, service->needs) : NULL;
    if (needed != NULL && !runs(needed) && service_start(machine, needed->name, time_limit_s) != MARS_OK) {
        return error_set(MARS_E_UNWRITABLE, "%s did not start (error 1068)", name);
    }
    bool crashed = service->fault == SERVICE_CRASHES;
    service->state = crashed ? SERVICE_STATE_STOPPED : SERVICE_STATE_RUNNING;
    service->exit_code = crashed ? 1067 : 0;
    return MARS_OK;
}

static mars_status service_stop(host *machine, const char *name, uint32_t time_limit_s) {
    memory_machine *m = machine_of(machine);
    memory_service *service = find(m, name);
    text_addf(&m->acts, "stop %s, ", name);
    for (size_t i = 0; i < m->service_count; i++) {
        const char *needs = m->services[i].needs;
        if (needs != NULL && ascii_equal(needs, name) && runs(&m->services[i])) {
            return error_set(MARS_E_UNWRITABLE, "%s has dependents that run (error 1051)", name);
        }
    }
    if (service == NULL || time_limit_s == 0 || service->fault == SERVICE_REFUSES_STOP) {
        return error_set(MARS_E_UNWRITABLE, "%s cannot be stopped (error 1052)", name);
    }
    if (service->fault == SERVICE_STOPS_SLOWLY) {
        service->state = SERVICE_STATE_STOP_PENDING;
        return error_set(MARS_E_UNWRITABLE, "%s did not stop within %u s", name, (unsigned)time_limit_s);
    }
    service->state = service->fault == SERVICE_IGNORES_STOP ? service->state : SERVICE_STATE_STOPPED;
    return MARS_OK;
}

/* ---- Shadow storage ---- */

static mars_status shadow_resize(host *machine, const char *for_volume, const char *on_volume,
                                 uint64_t max_bytes) {
    memory_machine *m = machine_of(machine);
    text_addf(&m->acts, "resize %s %s %llu, ", for_volume, on_volume, (unsigned long long)max_bytes);
    if (m->resize == RESIZE_WORKS || m->resize == RESIZE_FAILS_AND_WORKS) {
        m->storage = m->storage_resized;
    }
    return m->resize == RESIZE_WORKS || m->resize == RESIZE_LIES
               ? MARS_OK
               : error_set(MARS_E_UNWRITABLE, "vssadmin ended with 2");
}

/* ---- Making it ---- */

memory_service *memory_service_add(memory_machine *m, const char *name, int64_t start, int64_t state,
                                   const char *needs) {
    memory_service *service = &m->services[m->service_count++];
    *service = (memory_service){.name = name, .start = start, .state = state, .needs = needs};
    return service;
}

void memory_value_add(memory_machine *m, const char *key, const char *name, const char *text,
                      uint32_t number) {
    m->values[m->value_count++] = (memory_value){key, name, text, number};
}

void memory_disk_add(memory_machine *m, const char *name, fact_flag recovery_volume) {
    m->disks[m->disk_count++] = (iscsi_disk){name, recovery_volume};
}

void memory_target_add(memory_machine *m, const char *name) {
    m->targets[m->target_count++] = name;
}

int64_t memory_service_state(memory_machine *m, const char *name) {
    memory_service *service = find(m, name);
    return service != NULL ? service->state : 0;
}

void memory_writers(memory_machine *m, int state) {
    m->writers = arena_printf(&m->memory,
                              "vssadmin 1.1 - x\n(C) Copyright\n\n"
                              "Writer name: 'Task Scheduler Writer'\n"
                              "   Writer Id: {d61d61c8-d73a-4eee-8cdd-f6f9786b7124}\n"
                              "   Writer Instance Id: {11111111-2222-3333-4444-5555aaaa0064}\n"
                              "   State: [1] Stable\n   Last error: No error\n\n"
                              "Writer name: 'SqlServerWriter'\n"
                              "   Writer Id: {a65faa63-5ea8-4ebc-9dbd-a0c4db26912a}\n"
                              "   Writer Instance Id: {11111111-2222-3333-4444-5555aaaa0065}\n"
                              "   State: [%d] Any\n   Last error: No error\n\n",
                              state);
}

static volume_info volume(const char *letter, const char *path, int64_t size, int64_t free_bytes) {
    return (volume_info){
        .letter = letter != NULL ? memory_text(letter) : (fact_text){.fact = fact_absent("memory")},
        .path = memory_text(path),
        .label = {.fact = fact_absent("memory")},
        .file_system = memory_text("NTFS"),
        .drive_type = memory_text("Fixed"),
        .size = memory_number(size),
        .free = memory_number(free_bytes),
        .deduplicated = memory_flag(false),
    };
}

void memory_machine_make(memory_machine *m) {
    static const int64_t gigabyte = INT64_C(1) << 30;
    *m = (memory_machine){
        .base = {.capabilities = HOST_LIVE, .source_kind = "live", .source_name = "memory"},
        .reader = {.registry_read = registry_read,
                   .registry_keys = registry_keys,
                   .task_list = task_list,
                   .task_status = task_status_of,
                   .service_info = service_info_of,
                   .service_dependents = service_dependents,
                   .iscsi_disks = iscsi_disks,
                   .iscsi_persistent = iscsi_persistent,
                   .volume_list = volume_list,
                   .console = console},
        .writer = {.service_start = service_start,
                   .service_stop = service_stop,
                   .shadow_resize = shadow_resize},
    };
    m->base.read = &m->reader;
    m->base.writer = &m->writer;
    m->tasks[m->task_count++] = (memory_task){"\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup",
                                              memory_flag(true), memory_flag(false)};
    m->volumes[0] =
        volume("C", "\\\\?\\Volume{11111111-2222-3333-4444-5555aaaa0001}\\", 100 * gigabyte, 60 * gigabyte);
    m->volumes[1] =
        volume(NULL, "\\\\?\\Volume{11111111-2222-3333-4444-5555aaaa0002}\\", gigabyte, gigabyte / 2);
    m->volumes[2] =
        volume("D", "\\\\?\\Volume{11111111-2222-3333-4444-5555aaaa0003}\\", 500 * gigabyte, 400 * gigabyte);
    m->volume_count = 3;
    memory_value_add(m, "SYSTEM\\CurrentControlSet\\Control\\ProductOptions", "ProductType", "ServerNT", 0);
    memory_writers(m, 1);
}

void memory_machine_free(memory_machine *m) {
    text_builder_free(&m->acts);
    arena_free(&m->memory);
}
