#include "repair/change.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

/* ---- service.set-start ---- */

/* The services that a check may find set wrongly. Others are none of our business. */
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

mars_status operation_set_service_start(operation_run *run, const char *service, const char *start) {
    if (!is_ours(service)) {
        return error_set(MARS_E_UNSUPPORTED,
                         "%s is not a service that backups depend on: change it with Windows' own tools",
                         service);
    }
    const service_config config = {
        .start = strcmp(start, "manual") == 0 ? SERVICE_START_MANUAL : SERVICE_START_AUTOMATIC,
        .delay = strcmp(start, "delayed") == 0 ? SERVICE_DELAY_ON : SERVICE_DELAY_OFF,
    };
    return change_service(run, service, &config);
}

mars_status operation_start_service(operation_run *run, const char *service) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s", service);
}

mars_status operation_stop_service(operation_run *run, const char *service) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s", service);
}

mars_status operation_restart_service(operation_run *run, const char *service) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s", service);
}
