#include "abi/abi.h"

#include "core/error.h"
#include "core/version.h"

#include <stdio.h>

mars_status mars_error_copy(mars_error *error) {
    mars_status status = abi_struct_ready(error, sizeof(mars_error), "error");
    if (status != MARS_OK) {
        return status;
    }
    mars_error filled = {.code = error_code()};
    (void)snprintf(filled.name, sizeof filled.name, "%s", error_name(filled.code));
    (void)snprintf(filled.message, sizeof filled.message, "%s", error_message());
    abi_struct_out(error, &filled, sizeof filled);
    return MARS_OK;
}

mars_status mars_version(mars_version_info *info) {
    mars_status status = abi_struct_ready(info, sizeof(mars_version_info), "info");
    if (status != MARS_OK) {
        return status;
    }
    _Static_assert(MARSHEALTH_ABI == MARS_ABI, "the header and CMakeLists.txt must name the same ABI");
    const mars_version_info filled = {
        .abi = MARSHEALTH_ABI,
        .major = MARSHEALTH_VERSION_MAJOR,
        .minor = MARSHEALTH_VERSION_MINOR,
        .patch = MARSHEALTH_VERSION_PATCH,
        .text = MARSHEALTH_VERSION,
        .evidence_schema = EVIDENCE_SCHEMA,
        .report_schema = REPORT_SCHEMA,
    };
    abi_struct_out(info, &filled, sizeof filled);
    return MARS_OK;
}
