#include "repair/service_control.h"

#include "core/error.h"

enum {
    /* Windows gives up on a service that has not answered 30 s after its start; three times that leaves a
       large one, such as WMI, time to load what it needs after it has answered. */
    START_LIMIT_S = 90,
    /* Services that write something away before they end, such as SQL Server's, may take minutes; Windows
       itself waited three minutes for those when it shut down. */
    STOP_LIMIT_S = 180,
};

/* ---- How services are ---- */

mars_status service_control_read(host *machine, arena *memory, const char *service, service_info *out) {
    fact why = {0};
    fact_state state = machine->read->service_info(machine, service, memory, out, &why);
    if (state == FACT_ABSENT) {
        return error_set(MARS_E_REFUSED, "there is no service %s on this server", service);
    }
    const fact *unread = state == FACT_UNKNOWN                 ? &why
                         : out->state.fact.state != FACT_KNOWN ? &out->state.fact
                         : out->start.fact.state != FACT_KNOWN ? &out->start.fact
                                                               : NULL;
    if (unread != NULL) {
        return error_set(MARS_E_UNREADABLE, "how the service %s is cannot be told: %s", service,
                         unknown_reason_sentence(unread->reason));
    }
    return MARS_OK;
}

const char *service_control_names(arena *memory, const text_list *names) {
    const char *all = "";
    for (size_t i = 0; i < names->count; i++) {
        all = arena_printf(memory, "%s%s%s", all, i > 0 ? ", " : "", names->items[i]);
    }
    return all;
}

/* NULL if it runs or is about to; else its name, with what is known of why not. */
static const char *not_running(host *machine, arena *memory, const char *service) {
    service_info info = {0};
    if (service_control_read(machine, memory, service, &info) != MARS_OK) {
        return arena_printf(memory, "%s (how it is cannot be told)", service);
    }
    if (info.state.value == SERVICE_STATE_RUNNING || info.state.value == SERVICE_STATE_START_PENDING) {
        return NULL;
    }
    bool failed = info.exit_code.fact.state == FACT_KNOWN && info.exit_code.value != 0;
    return failed ? arena_printf(memory, "%s (it ended with error %lld)", service,
                                 (long long)info.exit_code.value)
                  : service;
}

/* Which of the service and its dependents do not run; "" if all do. */
static const char *all_not_running(host *machine, const service_control *c) {
    arena_vector names = ARENA_VECTOR(c->memory, const char *);
    for (size_t i = 0; i <= c->dependents.count; i++) {
        const char *service = i == 0 ? c->service : c->dependents.items[c->dependents.count - i];
        const char *name = not_running(machine, c->memory, service);
        const char **item = name != NULL ? arena_push(&names) : NULL;
        if (item != NULL) {
            *item = name;
        }
    }
    text_list list = {.items = names.items, .count = names.count};
    return service_control_names(c->memory, &list);
}

/* ---- One service ---- */

static void tell_waiting(const host *machine, arena *memory, const char *service, const char *what) {
    host_waiting(machine, arena_printf(memory, "Waiting for the service %s to %s", service, what));
}

static mars_status start_one(host *machine, const host_writer *writer, arena *memory, const char *service) {
    service_info info = {0};
    mars_status status = service_control_read(machine, memory, service, &info);
    if (status != MARS_OK || info.state.value == SERVICE_STATE_RUNNING) {
        return status;
    }
    tell_waiting(machine, memory, service, "start");
    return writer->service_start(machine, service, START_LIMIT_S);
}

static mars_status stop_one(host *machine, const host_writer *writer, arena *memory, const char *service) {
    service_info info = {0};
    mars_status status = service_control_read(machine, memory, service, &info);
    if (status != MARS_OK || info.state.value == SERVICE_STATE_STOPPED) {
        return status;
    }
    tell_waiting(machine, memory, service, "stop");
    return writer->service_stop(machine, service, STOP_LIMIT_S);
}

mars_status service_control_start(host *machine, const host_writer *writer, void *user) {
    const service_control *c = user;
    mars_status status = start_one(machine, writer, c->memory, c->service);
    const char *failed = status == MARS_OK ? not_running(machine, c->memory, c->service) : NULL;
    return failed == NULL
               ? status
               : error_set(MARS_E_UNWRITABLE, "the service was started, but does not run now: %s", failed);
}

mars_status service_control_stop(host *machine, const host_writer *writer, void *user) {
    const service_control *c = user;
    service_info info = {0};
    mars_status status = stop_one(machine, writer, c->memory, c->service);
    if (status == MARS_OK) {
        status = service_control_read(machine, c->memory, c->service, &info);
    }
    if (status == MARS_OK && info.state.value != SERVICE_STATE_STOPPED) {
        return error_set(MARS_E_UNWRITABLE, "the service %s was told to stop, but still runs", c->service);
    }
    return status;
}

/* ---- With its dependents ---- */

/* How far stopping came: as many of the dependents as *stopped says, and then the service. */
static mars_status stop_all(host *machine, const host_writer *writer, const service_control *c,
                            size_t *stopped) {
    mars_status status = MARS_OK;
    *stopped = 0;
    while (status == MARS_OK && *stopped < c->dependents.count) {
        status = stop_one(machine, writer, c->memory, c->dependents.items[*stopped]);
        *stopped += status == MARS_OK ? 1 : 0;
    }
    return status == MARS_OK ? stop_one(machine, writer, c->memory, c->service) : status;
}

/* Starts the first `count` dependents, the last of them first; the first error is the one told. */
static mars_status start_dependents(host *machine, const host_writer *writer, const service_control *c,
                                    size_t count, const char **message) {
    mars_status first = MARS_OK;
    for (size_t i = count; i > 0; i--) {
        mars_status status = start_one(machine, writer, c->memory, c->dependents.items[i - 1]);
        if (status != MARS_OK && first == MARS_OK) {
            first = status;
            *message = arena_text(c->memory, error_message());
        }
    }
    return first;
}

static mars_status told(host *machine, const service_control *c, mars_status status, const char *what,
                        const char *message) {
    const char *missing = all_not_running(machine, c);
    if (arena_failed(c->memory)) {
        return error_set(MARS_E_NO_MEMORY, "%s %s: memory ran out before it was told what runs now",
                         c->service, what);
    }
    if (status == MARS_OK && missing[0] == '\0') {
        return MARS_OK;
    }
    return error_set(status != MARS_OK ? status : MARS_E_UNWRITABLE, "%s %s%s%s%s%s", c->service, what,
                     message[0] != '\0' ? ": " : "", message,
                     missing[0] != '\0' ? "; not running now: " : "; all that ran before runs again",
                     missing);
}

mars_status service_control_restart(host *machine, const host_writer *writer, void *user) {
    const service_control *c = user;
    const char *message = "";
    size_t stopped = 0;
    mars_status status = stop_all(machine, writer, c, &stopped);
    if (status != MARS_OK) {
        message = arena_text(c->memory, error_message());
        const char *ignored = NULL;
        (void)start_dependents(machine, writer, c, stopped, &ignored);
        return told(machine, c, status, "was not restarted", message);
    }
    status = start_one(machine, writer, c->memory, c->service);
    if (status != MARS_OK) {
        return told(machine, c, status, "was stopped, but did not start again",
                    arena_text(c->memory, error_message()));
    }
    status = start_dependents(machine, writer, c, c->dependents.count, &message);
    return told(machine, c, status, "was restarted, but not everything runs", message);
}
