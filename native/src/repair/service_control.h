/* Starting and stopping services, as acts of an event (change.h). An act looks at how each service is before
 * it touches it, so that it may be called again, and at the end once more: what it returns is what is there,
 * not what was asked for. When it fails, its message says which services are not running. */
#ifndef REPAIR_SERVICE_CONTROL_H
#define REPAIR_SERVICE_CONTROL_H

#include "repair/change.h"

typedef struct service_control {
    arena *memory;
    const char *service;
    text_list dependents; /* those that run, in the order in which they can be stopped */
} service_control;

/* change_act; user is a service_control. */
mars_status service_control_start(host *machine, const host_writer *writer, void *user);
/* Stops the service alone. */
mars_status service_control_stop(host *machine, const host_writer *writer, void *user);
/* Stops the dependents and the service, and starts it and them again, in reverse order. Where one does not
 * stop, what was stopped before it is started again; where one does not start, the others still are. */
mars_status service_control_restart(host *machine, const host_writer *writer, void *user);

/* MARS_E_REFUSED if there is no such service, MARS_E_UNREADABLE if its state or start type cannot be told. */
mars_status service_control_read(host *machine, arena *memory, const char *service, service_info *out);
/* "A, B". */
const char *service_control_names(arena *memory, const text_list *names);

#endif
