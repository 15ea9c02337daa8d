#include "repair/change.h"

#include "core/error.h"

mars_status operation_enable_task(operation_run *run, const char *task) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s", task);
}

mars_status operation_enable_task_triggers(operation_run *run, const char *task) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s", task);
}

mars_status operation_set_task_principal(operation_run *run, const char *task, const char *principal) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s %s", task, principal);
}

mars_status operation_set_task_multiple_instances(operation_run *run, const char *task, const char *policy) {
    (void)run;
    return error_set(MARS_E_UNSUPPORTED, "%s %s", task, policy);
}
