#include "repair/change.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

#define RUNTIMES "SOFTWARE\\Microsoft\\.NETFramework\\"

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

mars_status operation_service_set_start(operation_run *run, const char *service, const char *start) {
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

/* ---- dotnet.enable-strong-crypto ---- */

static mars_status enable_for(operation_run *run, const char *key, registry_view view) {
    static const uint8_t one[] = {1, 0, 0, 0};
    const registry_path path = {REGISTRY_MACHINE, view, key};
    const registry_value value = {.type = REGISTRY_DWORD, .data = {.data = one, .size = sizeof one}};
    return change_registry_value(run, &path, "SchUseStrongCrypto", &value);
}

mars_status operation_enable_strong_crypto(operation_run *run, const char *runtime) {
    static const char *const keys[] = {RUNTIMES "v4.0.30319", RUNTIMES "v2.0.50727"};
    size_t count = strcmp(runtime, "all") == 0 ? 2 : 1;
    mars_status status = MARS_OK;
    for (size_t i = 0; i < count && status == MARS_OK; i++) {
        status = enable_for(run, keys[i], REGISTRY_64);
        if (status == MARS_OK) {
            status = enable_for(run, keys[i], REGISTRY_32);
        }
    }
    return status;
}
