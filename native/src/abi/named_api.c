/* The checks of the mission, each by its own name: collect what it needs, judge it. */
#include "abi/abi.h"

static mars_status check_named(mars_report **out, mars_session *session, const char *checks) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    mars_evidence *document = NULL;
    const mars_collect_options what = {.struct_size = sizeof what, .checks = checks};
    status = mars_collect(&document, session, &what);
    if (status != MARS_OK) {
        return status;
    }
    const mars_check_options how = {.struct_size = sizeof how, .checks = checks};
    status = mars_check(out, document, &how);
    mars_evidence_free(document);
    return status;
}

#define NAMED_CHECK(name, checks)                                                                            \
    mars_status mars_check_##name(mars_report **out, mars_session *session) {                                \
        return check_named(out, session, checks);                                                            \
    }

NAMED_CHECK(execution_policy, "powershell.execution-policy")
NAMED_CHECK(module_path, "powershell.module-path")
NAMED_CHECK(module_integrity, "powershell.module-integrity")
NAMED_CHECK(scheduled_tasks, "schedule")
NAMED_CHECK(task_enabled, "schedule.enabled")
NAMED_CHECK(task_principal, "schedule.principal")
NAMED_CHECK(task_multiple_instances, "schedule.multiple-instances")
NAMED_CHECK(shadow_storage, "shadow.storage")
