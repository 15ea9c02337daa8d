#include "repair/target.h"

#include "core/error.h"
#include "repair/target_task.h"
#include "repair/task_compare.h"

#include <string.h>

/* ---- Names ---- */

static const struct {
    const char *prefix;
    registry_root root;
    registry_view view;
} roots[] = {
    {"HKLM\\", REGISTRY_MACHINE, REGISTRY_64},
    {"HKLM32\\", REGISTRY_MACHINE, REGISTRY_32},
    {"HKU\\S-1-5-18\\", REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64},
};
enum { ROOT_COUNT = sizeof roots / sizeof roots[0] };

const char *target_of_registry(arena *memory, const registry_path *path, const char *name) {
    for (size_t i = 0; i < ROOT_COUNT; i++) {
        if (roots[i].root == path->root && roots[i].view == path->view) {
            return arena_printf(memory, "%s%s\\\\%s", roots[i].prefix, path->key, name);
        }
    }
    arena_set_failed(memory);
    return "";
}

bool target_to_registry(arena *memory, const char *target, registry_path *path, const char **name) {
    for (size_t i = 0; i < ROOT_COUNT; i++) {
        size_t prefix = strlen(roots[i].prefix);
        /* No key's name is empty, so the first two backslashes in a row end the key. */
        const char *end =
            strncmp(target, roots[i].prefix, prefix) == 0 ? strstr(target + prefix, "\\\\") : NULL;
        if (end != NULL && end > target + prefix) {
            *path = (registry_path){
                .root = roots[i].root,
                .view = roots[i].view,
                .key = arena_text_n(memory, target + prefix, (size_t)(end - target) - prefix),
            };
            *name = arena_text(memory, end + 2);
            return true;
        }
    }
    return false;
}

/* ---- Services ---- */

static const char delay_signs[] = {
    [SERVICE_DELAY_OFF] = '0', [SERVICE_DELAY_ON] = '1', [SERVICE_DELAY_UNSET] = '-'};

change_state state_of_service(arena *memory, const service_config *config) {
    const char *text =
        arena_printf(memory, "start=%d delayed=%c", (int)config->start, delay_signs[config->delay]);
    return (change_state){.present = true, .data = {.data = (const uint8_t *)text, .size = strlen(text)}};
}

bool state_to_service(const change_state *state, service_config *out) {
    static const char form[] = "start=0 delayed=0";
    enum { START_AT = 6, DELAYED_AT = 16 };
    if (!state->present || state->data.size != sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] != '0' && (char)state->data.data[i] != form[i]) {
            return false;
        }
    }
    const char *delay = memchr(delay_signs, state->data.data[DELAYED_AT], sizeof delay_signs);
    *out =
        (service_config){.start = state->data.data[START_AT] - '0',
                         .delay = delay != NULL ? (service_delay)(delay - delay_signs) : SERVICE_DELAY_UNSET};
    return delay != NULL && out->start >= SERVICE_START_BOOT && out->start <= SERVICE_START_DISABLED;
}

/* ---- Files ---- */

change_state state_of_file(arena *memory, const digest_value *sha256) {
    const uint8_t *data = arena_copy(memory, sha256->data, sha256->size);
    return (change_state){.present = true, .data = {data, data != NULL ? sha256->size : 0}};
}

/* ---- Reading ---- */

static mars_status unreadable(const char *target, const fact *why) {
    return error_set(MARS_E_UNREADABLE, "%s cannot be read: %s%s%s", target,
                     unknown_reason_sentence(why->reason), why->detail != NULL ? "; " : "",
                     why->detail != NULL ? why->detail : "");
}

static mars_status cannot_change(const char *target) {
    return error_set(MARS_E_UNSUPPORTED, "%s can be changed on the running server only", target);
}

static mars_status no_such_target(const char *target) {
    return error_set(MARS_E_MALFORMED, "\"%s\" names nothing that can be changed", target);
}

/* *out is filled before; only its presence is decided here. */
static mars_status with_state(const char *target, fact_state state, const fact *why, change_state *out) {
    if (state == FACT_UNKNOWN) {
        return unreadable(target, why);
    }
    out->present = state == FACT_KNOWN;
    return MARS_OK;
}

static mars_status read_registry(host *machine, arena *memory, const char *target, change_state *out) {
    registry_path path;
    const char *name = NULL;
    registry_value value = {0};
    fact why = {0};
    if (!target_to_registry(memory, target, &path, &name)) {
        return no_such_target(target);
    }
    fact_state state = machine->read->registry_read(machine, &path, name, memory, &value, &why);
    *out = (change_state){.type = value.type, .data = value.data};
    return with_state(target, state, &why, out);
}

static mars_status read_file(host *machine, arena *memory, const char *target, change_state *out) {
    const host_writer *writer = host_writer_of(machine);
    digest_value value;
    if (writer == NULL || writer->file_digest == NULL) {
        return cannot_change(target);
    }
    mars_status status = writer->file_digest(machine, target, &value);
    if (status == MARS_OK) {
        *out = state_of_file(memory, &value);
    }
    return status == MARS_E_NOT_FOUND ? MARS_OK : status;
}

static mars_status read_task(host *machine, arena *memory, const char *target, change_state *out) {
    fact why = {0};
    fact_state state = machine->read->task_xml(machine, target, memory, &out->data, &why);
    return with_state(target, state, &why, out);
}

static mars_status read_service(host *machine, arena *memory, const char *target, change_state *out) {
    const host_writer *writer = host_writer_of(machine);
    service_config config = {0};
    if (writer == NULL || writer->service_config == NULL) {
        return cannot_change(target);
    }
    mars_status status = writer->service_config(machine, target, &config);
    if (status == MARS_OK) {
        *out = state_of_service(memory, &config);
    }
    return status;
}

/* ---- Writing ---- */

static mars_status write_registry(host *machine, const host_writer *writer, arena *memory, const char *target,
                                  const change_state *state) {
    registry_path path;
    const char *name = NULL;
    if (!target_to_registry(memory, target, &path, &name)) {
        return no_such_target(target);
    }
    const registry_value value = {.type = state->type, .data = state->data};
    uint32_t created = 0;
    return writer->registry_set != NULL
               ? writer->registry_set(machine, &path, name, state->present ? &value : NULL, &created)
               : cannot_change(target);
}

static mars_status write_task(host *machine, const host_writer *writer, arena *memory, const char *target,
                              const change_state *state) {
    return state->present ? target_task_write(machine, writer, memory, target, state->data)
                          : cannot_change(target);
}

static mars_status write_service(host *machine, const host_writer *writer, arena *memory, const char *target,
                                 const change_state *state) {
    (void)memory;
    service_config config = {0};
    if (!state_to_service(state, &config)) {
        return error_set(MARS_E_MALFORMED, "\"%s\" has no configuration that a service could have", target);
    }
    return writer->service_configure != NULL ? writer->service_configure(machine, target, &config)
                                             : cannot_change(target);
}

/* NULL: such a target has no state, or is not written by it. */
static const struct {
    mars_status (*read)(host *, arena *, const char *target, change_state *out);
    mars_status (*write)(host *, const host_writer *, arena *, const char *target, const change_state *);
} kinds[CHANGE_KIND_COUNT] = {
    [CHANGE_REGISTRY_VALUE] = {read_registry, write_registry},
    [CHANGE_FILE] = {read_file, NULL},
    [CHANGE_TASK] = {read_task, write_task},
    [CHANGE_SERVICE_CONFIG] = {read_service, write_service},
};

mars_status target_read(host *machine, arena *memory, change_kind kind, const char *target,
                        change_state *out) {
    *out = (change_state){0};
    if (kinds[kind].read == NULL) {
        return no_such_target(target);
    }
    mars_status status = kinds[kind].read(machine, memory, target, out);
    return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", target)
                                : status;
}

bool target_same(arena *memory, change_kind kind, const change_state *a, const change_state *b) {
    return kind == CHANGE_TASK && a->present && b->present ? task_document_same(memory, a->data, b->data)
                                                           : change_state_equal(a, b);
}

mars_status target_write(host *machine, arena *memory, change_kind kind, const char *target,
                         const change_state *state) {
    const host_writer *writer = host_writer_of(machine);
    if (kinds[kind].write == NULL) {
        return no_such_target(target);
    }
    return writer != NULL ? kinds[kind].write(machine, writer, memory, target, state) : cannot_change(target);
}
