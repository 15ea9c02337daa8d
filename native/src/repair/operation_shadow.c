#include "repair/change.h"

#include "core/error.h"

mars_status operation_resize_shadow_storage(operation_run *run, const char *for_volume, const char *on_volume,
                                            uint64_t max_bytes) {
    (void)run;
    (void)max_bytes;
    return error_set(MARS_E_UNSUPPORTED, "%s %s", for_volume, on_volume);
}
