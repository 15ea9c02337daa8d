#include "core/error.h"
#include "host/image/image_write.h"

#include <string.h>

/* Finds the hive, makes the edit there. */
static mars_status change(image *self, const registry_path *path, hive_edit *edit) {
    arena memory = {0};
    fact why;
    const image_hive *hive = NULL;
    if (image_registry_resolve(self, path, &memory, &hive, &edit->key, &why) != FACT_KNOWN) {
        mars_status status = image_write_refuse(&why);
        arena_free(&memory);
        return status;
    }
    mars_status status = arena_failed(&memory)
                             ? error_set(MARS_E_NO_MEMORY, "memory ran out while %s was changed", path->key)
                             : image_hive_change(self, (image_hive_id)(hive - self->hives), edit);
    arena_free(&memory);
    return status;
}

mars_status image_registry_set(host *machine, const registry_path *path, const char *name,
                               const registry_value *value, uint32_t *keys_created) {
    hive_value_edit set = {.name = name != NULL ? name : "", .value = value};
    hive_edit edit = {.values = &set, .value_count = 1};
    mars_status status = change(image_of(machine), path, &edit);
    *keys_created = status == MARS_OK ? (uint32_t)edit.made : 0;
    return status;
}

mars_status image_registry_prune(host *machine, const registry_path *path, uint32_t count) {
    hive_edit edit = {.prune = count};
    return count > 0 ? change(image_of(machine), path, &edit) : MARS_OK;
}

mars_status image_registry_file(host *machine, const registry_path *path, arena *memory, const char **file) {
    image *self = image_of(machine);
    fact why;
    const image_hive *hive = NULL;
    const char *key = NULL;
    *file = NULL;
    if (image_registry_resolve(self, path, memory, &hive, &key, &why) != FACT_KNOWN) {
        return image_write_refuse(&why);
    }
    *file = arena_printf(memory, "%s\\Windows\\System32\\config\\%s", self->system_drive,
                         image_hive_name((image_hive_id)(hive - self->hives)));
    return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out") : MARS_OK;
}

/* ---- Services ---- */

static const char start_name[] = "Start";
static const char delay_name[] = "DelayedAutostart";

static mars_status service_key(const char *name, arena *memory, registry_path *out) {
    if (name[0] == '\0' || strchr(name, '\\') != NULL) {
        return error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" is no name that a service can have", name);
    }
    *out = (registry_path){.root = REGISTRY_MACHINE, .view = REGISTRY_64};
    out->key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", name);
    return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out") : MARS_OK;
}

/* A service's number; absent is as good as known here. */
static mars_status read_number(image *self, const char *key, const char *name, arena *memory,
                               fact_number *out) {
    *out = image_registry_number(self, key, name, memory);
    return out->fact.state == FACT_UNKNOWN ? image_write_refuse(&out->fact) : MARS_OK;
}

mars_status image_service_config(host *machine, const char *name, service_config *out) {
    image *self = image_of(machine);
    arena memory = {0};
    registry_path path = {.key = ""};
    *out = (service_config){0};
    mars_status status = service_key(name, &memory, &path);
    fact_number start = {0};
    fact_number delay = {0};
    status = status == MARS_OK ? read_number(self, path.key, start_name, &memory, &start) : status;
    status = status == MARS_OK ? read_number(self, path.key, delay_name, &memory, &delay) : status;
    if (status == MARS_OK && start.fact.state == FACT_ABSENT) {
        status = error_set(MARS_E_NOT_FOUND, "there is no service \"%s\"", name);
    }
    if (status == MARS_OK) {
        out->start = start.value;
        out->delay = delay.fact.state == FACT_ABSENT ? SERVICE_DELAY_UNSET
                     : delay.value != 0              ? SERVICE_DELAY_ON
                                                     : SERVICE_DELAY_OFF;
    }
    arena_free(&memory);
    return status;
}

mars_status image_service_configure(host *machine, const char *name, const service_config *config) {
    arena memory = {0};
    registry_path path = {.key = ""};
    service_config now;
    mars_status status = image_service_config(machine, name, &now);
    if (status == MARS_OK && (config->start < SERVICE_START_BOOT || config->start > SERVICE_START_DISABLED)) {
        status = error_set(MARS_E_INVALID_ARGUMENT, "%lld is no start type", (long long)config->start);
    }
    status = status == MARS_OK ? service_key(name, &memory, &path) : status;
    if (status == MARS_OK) {
        const uint8_t start_data[4] = {(uint8_t)config->start};
        const uint8_t delay_data[4] = {config->delay == SERVICE_DELAY_ON};
        registry_value start = {.type = REGISTRY_DWORD, .data = {.data = start_data, .size = 4}};
        registry_value delay = {.type = REGISTRY_DWORD, .data = {.data = delay_data, .size = 4}};
        bool leave = config->delay == now.delay;
        hive_value_edit values[] = {
            {start_name, &start},
            {delay_name, config->delay == SERVICE_DELAY_UNSET ? NULL : &delay},
        };
        hive_edit edit = {.values = values, .value_count = leave ? 1 : 2, .must_exist = true};
        status = change(image_of(machine), &path, &edit);
    }
    arena_free(&memory);
    return status;
}
