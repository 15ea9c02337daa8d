#include "repair/change.h"

#include "core/error.h"

mars_status operation_restore_module(operation_run *run, const char *source, const char *baseline,
                                     int32_t allow_unsigned, int32_t every_file) {
    (void)run;
    (void)baseline;
    (void)allow_unsigned;
    (void)every_file;
    return error_set(MARS_E_UNSUPPORTED, "%s", source);
}
