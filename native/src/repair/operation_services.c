#include "repair/change.h"

#include "core/error.h"
#include "core/unicode.h"
#include "repair/guards.h"
#include "repair/service_control.h"
#include "repair/service_ending.h"
#include "report/catalog.h"

#include <string.h>

/* The services that a check may find set wrongly or stopped. Others are none of our business. */
static const char *const our_services[] = {
    "obengine", "VSS",       "swprv",     "MSiSCSI", "Schedule", "EventLog",
    "vds",      "msiserver", "COMSysApp", "MSDTC",   "W32Time",  "CryptSvc",
};

static bool is_ours(const char *service) {
    for (size_t i = 0; i < sizeof our_services / sizeof our_services[0]; i++) {
        if (ascii_equal(our_services[i], service)) {
            return true;
        }
    }
    return false;
}

static mars_status not_ours(mars_status code, const char *service) {
    return error_set(code, "%s is not a service that backups depend on: change it with Windows' own tools",
                     service);
}

/* ---- service.set-start ---- */

/* Off is what a service is that was never told: then nothing is written that was not there. */
static service_delay no_delay(operation_run *run, const char *service) {
    const host_writer *writer = host_writer_of(run->machine);
    service_config now = {0};
    bool unset = writer != NULL && writer->service_config != NULL &&
                 writer->service_config(run->machine, service, &now) == MARS_OK &&
                 now.delay == SERVICE_DELAY_UNSET;
    return unset ? SERVICE_DELAY_UNSET : SERVICE_DELAY_OFF;
}

mars_status operation_set_service_start(operation_run *run, const char *service, const char *start) {
    if (!is_ours(service)) {
        return not_ours(MARS_E_UNSUPPORTED, service);
    }
    const service_config config = {
        .start = strcmp(start, "manual") == 0 ? SERVICE_START_MANUAL : SERVICE_START_AUTOMATIC,
        .delay = strcmp(start, "delayed") == 0 ? SERVICE_DELAY_ON : no_delay(run, service),
    };
    return change_service(run, service, &config);
}

/* ---- What starting and stopping have in common ---- */

static mars_status host_can(host *machine) {
    const host_writer *writer = host_writer_of(machine);
    return writer != NULL && writer->service_start != NULL && writer->service_stop != NULL
               ? MARS_OK
               : error_set(MARS_E_UNSUPPORTED, "%s", operation_needs_reason(NEEDS_SERVICE_MANAGER));
}

static mars_status can_start(const char *service, const service_info *info) {
    if (info->start.value != SERVICE_START_DISABLED) {
        return MARS_OK;
    }
    return error_set(MARS_E_REFUSED, "the service %s is disabled: set its start type first%s", service,
                     is_ours(service) ? " (service.set-start)" : "");
}

static bool is_changing(const service_info *info) {
    return info->state.value == SERVICE_STATE_START_PENDING ||
           info->state.value == SERVICE_STATE_STOP_PENDING ||
           info->state.value == SERVICE_STATE_CONTINUE_PENDING ||
           info->state.value == SERVICE_STATE_PAUSE_PENDING;
}

static mars_status changing(const char *service) {
    return error_set(MARS_E_REFUSED,
                     "the service %s is just being started, stopped or paused: look again in a minute",
                     service);
}

/* How the service is, before anything is begun: what cannot be told stands against it. */
static mars_status read_service(operation_run *run, const char *service, service_info *out) {
    mars_status status = service_control_read(run->machine, run->memory, service, out);
    return status == MARS_E_UNREADABLE
               ? error_set(MARS_E_REFUSED, "%s", arena_text(run->memory, error_message()))
               : status;
}

/* Nothing is begun on what was read with memory that ran out. */
static mars_status begin(operation_run *run, service_control *control, const char *before, const char *after,
                         change_act act) {
    return !arena_failed(run->memory)
               ? change_event(run, control->service, before, after, act, control)
               : error_set(MARS_E_NO_MEMORY, "memory ran out before %s was changed", control->service);
}

/* ---- service.start ---- */

static mars_status may_start(operation_run *run, const char *service) {
    const catalog_service *behind = catalog_service_find(service);
    if (!is_ours(service) && (behind == NULL || behind->restart != CATALOG_RESTART_YES)) {
        return not_ours(MARS_E_REFUSED, service);
    }
    return ascii_equal(service, "W32Time") ? guard_no_domain_controller(run->machine, run->memory, service)
                                           : MARS_OK;
}

mars_status operation_start_service(operation_run *run, const char *service) {
    service_control control = {.memory = run->memory, .service = service};
    service_info info = {0};
    mars_status status = host_can(run->machine);
    if (status == MARS_OK) {
        status = may_start(run, service);
    }
    if (status == MARS_OK) {
        status = read_service(run, service, &info);
    }
    if (status != MARS_OK || info.state.value == SERVICE_STATE_RUNNING ||
        info.state.value == SERVICE_STATE_START_PENDING) {
        return status;
    }
    if (info.state.value != SERVICE_STATE_STOPPED) {
        return error_set(MARS_E_REFUSED, "the service %s is paused or being stopped, not stopped", service);
    }
    status = can_start(service, &info);
    return status == MARS_OK ? begin(run, &control, "stopped", "running", service_control_start) : status;
}

/* ---- service.stop, service.restart ---- */

/* By what the service is, before anything is read of the machine. */
static mars_status may_stop(const char *service) {
    const catalog_service *behind = catalog_service_find(service);
    if (behind != NULL && behind->restart == CATALOG_RESTART_NEVER) {
        return error_set(MARS_E_REFUSED, "%s is never stopped from here: %s", service, behind->advice);
    }
    return behind != NULL || service_ending_find(service) != NULL ? MARS_OK
                                                                  : not_ours(MARS_E_REFUSED, service);
}

/* By how the machine is. */
static mars_status is_free(operation_run *run, const char *service) {
    const service_ending *ending = service_ending_find(service);
    const char *note = NULL;
    mars_status status = ending != NULL ? ending->guard(run->machine, run->memory, service, &note) : MARS_OK;
    if (status == MARS_OK) {
        status = guard_no_backup(run->machine, run->memory, service);
    }
    if (status == MARS_OK && note != NULL) {
        change_note(run, note);
    }
    return status;
}

static mars_status read_dependents(operation_run *run, service_control *control) {
    host *machine = run->machine;
    fact why = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
    fact_state state = machine->read->service_dependents != NULL
                           ? machine->read->service_dependents(machine, control->service, run->memory,
                                                               &control->dependents, &why)
                           : FACT_UNKNOWN;
    return state != FACT_UNKNOWN
               ? MARS_OK
               : guard_unknown(control->service, "which running services depend on it", &why);
}

static bool is_delicate(const char *service) {
    const catalog_service *behind = catalog_service_find(service);
    return behind != NULL && behind->restart == CATALOG_RESTART_ASK;
}

/* A dependent is stopped like the service itself: what stands against that stands against both. Who confirmed
 * a restart of no great risk did not confirm one of a service that others notice. */
static mars_status dependent_is_free(operation_run *run, const char *service, const char *dependent) {
    const catalog_service *behind = catalog_service_find(dependent);
    service_info info = {0};
    if (behind != NULL && behind->restart == CATALOG_RESTART_NEVER) {
        return error_set(MARS_E_REFUSED, "%s is left alone, as %s depends on it: %s", service, dependent,
                         behind->advice);
    }
    if (is_delicate(dependent) && !is_delicate(service)) {
        return error_set(MARS_E_REFUSED,
                         "%s is left alone, as %s depends on it, which would be noticed by others: stop that "
                         "first (service.stop)",
                         service, dependent);
    }
    mars_status status = read_service(run, dependent, &info);
    if (status == MARS_OK && is_changing(&info)) {
        status = changing(dependent);
    }
    if (status == MARS_OK) {
        status = can_start(dependent, &info);
    }
    return status == MARS_OK && service_ending_find(dependent) != NULL ? is_free(run, dependent) : status;
}

/* All that is asked before either; *info is how the service is. */
static mars_status before_stop(operation_run *run, service_control *control, service_info *info) {
    const char *service = control->service;
    mars_status status = host_can(run->machine);
    if (status == MARS_OK) {
        status = may_stop(service);
    }
    if (status == MARS_OK) {
        status = read_service(run, service, info);
    }
    if (status == MARS_OK && is_changing(info)) {
        status = changing(service);
    }
    if (status == MARS_OK && info->state.value != SERVICE_STATE_STOPPED) {
        status = is_free(run, service);
    }
    return status == MARS_OK && info->state.value != SERVICE_STATE_STOPPED ? read_dependents(run, control)
                                                                           : status;
}

static const char *state_words(const service_info *info) {
    return info->state.value == SERVICE_STATE_PAUSED ? "paused" : "running";
}

mars_status operation_stop_service(operation_run *run, const char *service) {
    service_control control = {.memory = run->memory, .service = service};
    service_info info = {0};
    mars_status status = before_stop(run, &control, &info);
    if (status != MARS_OK || info.state.value == SERVICE_STATE_STOPPED) {
        return status;
    }
    if (control.dependents.count > 0) {
        return error_set(MARS_E_REFUSED, "%s is left alone while services that depend on it run: %s", service,
                         service_control_names(run->memory, &control.dependents));
    }
    return begin(run, &control, state_words(&info), "stopped", service_control_stop);
}

/* A service that is stopped is started: that is what restarting it is for. */
mars_status operation_restart_service(operation_run *run, const char *service) {
    service_control control = {.memory = run->memory, .service = service};
    service_info info = {0};
    mars_status status = before_stop(run, &control, &info);
    if (status == MARS_OK) {
        status = can_start(service, &info);
    }
    for (size_t i = 0; status == MARS_OK && i < control.dependents.count; i++) {
        status = dependent_is_free(run, service, control.dependents.items[i]);
    }
    if (status != MARS_OK) {
        return status;
    }
    if (info.state.value == SERVICE_STATE_STOPPED) {
        return begin(run, &control, "stopped", "running", service_control_start);
    }
    const char *names = service_control_names(run->memory, &control.dependents);
    const char *with = control.dependents.count > 0 ? " with the services that depend on it: " : "";
    return begin(run, &control, arena_printf(run->memory, "%s%s%s", state_words(&info), with, names),
                 arena_printf(run->memory, "restarted%s%s", with, names), service_control_restart);
}
