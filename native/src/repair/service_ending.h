/* Services with which something ends that others wait for, though the service starts again. */
#ifndef REPAIR_SERVICE_ENDING_H
#define REPAIR_SERVICE_ENDING_H

#include "host/host.h"

typedef struct service_ending {
    const char *service;
    /* What may end with it: a sentence for whoever is to confirm it. */
    const char *consequence;
    /* What stands against it now, as a guard (guards.h). MARS_OK: nothing; then *note is a sentence on what
     * ends with it, or NULL. */
    mars_status (*guard)(host *machine, arena *memory, const char *service, const char **note);
} service_ending;

/* NULL: nothing ends with it. */
const service_ending *service_ending_find(const char *service);

#endif
