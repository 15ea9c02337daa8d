/* The service control manager. Private to this folder. */
#ifndef HOST_WIN32_SERVICES_H
#define HOST_WIN32_SERVICES_H

#include "host/win32/win32.h"

/* A service that was opened; also one that could not be (service NULL) may be closed. */
typedef struct win32_service {
    SC_HANDLE manager;
    SC_HANDLE service;
    const char *where; /* "service obengine" */
} win32_service;

/* An error code of Windows. */
DWORD win32_service_open(const char *name, DWORD manager_access, DWORD access, arena *memory,
                         win32_service *out);
void win32_service_close(win32_service *opened);

DWORD win32_service_query_config(SC_HANDLE service, arena *memory, QUERY_SERVICE_CONFIGW **out);
DWORD win32_service_query_status(SC_HANDLE service, SERVICE_STATUS_PROCESS *out);
/* The value DelayedAutostart of a service, which says more than the service manager: whether it was ever set.
 */
fact_state win32_service_delay(host *machine, const char *name, arena *memory, int64_t *out, fact *why);

#endif
