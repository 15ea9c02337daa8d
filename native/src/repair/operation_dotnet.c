#include "repair/change.h"

#include <string.h>

#define RUNTIMES "SOFTWARE\\Microsoft\\.NETFramework\\"

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
