#include "host/image/image.h"

#include <string.h>

/* Reads sc-queryex.txt once. */
static const sc_service_list *service_states(image *self, fact *why) {
    if (!self->service_states_read) {
        self->service_states_read = true;
        const char *text = NULL;
        fact *state = &self->service_states_fact;
        if (image_console(&self->base, console_tool_of(CONSOLE_SERVICE_STATES), &self->memory, &text,
                          state) == FACT_KNOWN) {
            const char *where = state->where;
            bool good = sc_queryex_read(text, &self->memory, &self->service_states, state);
            *state = good ? fact_known(where) : *state;
            state->where = where;
        }
    }
    *why = self->service_states_fact;
    return why->state == FACT_KNOWN ? &self->service_states : NULL;
}

static void read_state(image *self, const char *name, arena *memory, service_info *out) {
    fact why;
    const sc_service_list *list = service_states(self, &why);
    const sc_service *service = list != NULL ? sc_service_find(list, name) : NULL;
    fact state = image_fact_copy(&why, memory);
    if (list != NULL && service == NULL) {
        const char *detail = list->complete ? "the capture does not list the service"
                                            : "the capture does not list the service, and is not complete";
        (void)image_unknown(REASON_NO_CAPTURE, state.where, detail, &state);
    }
    out->state.fact = state;
    out->exit_code.fact = state;
    if (service != NULL) {
        out->state.value = service->state;
        out->exit_code.value = service->exit_code;
    }
}

/* A service without this value starts without delay. */
static fact_flag delayed_start(image *self, const char *key, arena *memory) {
    fact_number number = image_registry_number(self, key, "DelayedAutostart", memory);
    fact_flag delayed = {.fact = number.fact, .value = number.fact.state == FACT_KNOWN && number.value != 0};
    if (number.fact.state == FACT_ABSENT) {
        delayed.fact = fact_known(number.fact.where);
    }
    return delayed;
}

fact_state image_service_info(host *machine, const char *name, arena *memory, service_info *out, fact *why) {
    *out = (service_info){0};
    image *self = image_of(machine);
    if (name[0] == '\0' || strchr(name, '\\') != NULL) {
        return image_unknown(REASON_MALFORMED, NULL, "the name is not one that a service can have", why);
    }
    const char *key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", name);
    registry_path path = {.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
    int64_t time = 0;
    fact_state state = image_registry_time(machine, &path, memory, &time, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    out->display_name = image_registry_text(self, key, "DisplayName", memory);
    out->start = image_registry_number(self, key, "Start", memory);
    out->delayed = delayed_start(self, key, memory);
    out->account = image_registry_text(self, key, "ObjectName", memory);
    out->image_path = image_registry_text(self, key, "ImagePath", memory);
    read_state(self, name, memory, out);
    return image_known(why->where, memory, why);
}
