#include "checks/checks.h"

#include <string.h>

/* What every check that reads facts can say besides its own. */
#define UNKNOWN                                                                                              \
    { "unknown", STATUS_UNKNOWN }
#define NO_AGENT                                                                                             \
    { "no-agent", STATUS_SKIPPED }
#define NO_TASK                                                                                              \
    { "no-task", STATUS_SKIPPED }
/* The end of a row: what the check can say, and whether it is left out unless asked for. */
#define VERDICTS(...)   ((const verdict[]){__VA_ARGS__, {NULL, STATUS_UNKNOWN}}), false
#define WHEN_ASKED(...) ((const verdict[]){__VA_ARGS__, {NULL, STATUS_UNKNOWN}}), true

const check all_checks[] = {
    {"agent.installed", true, false, GROUP(agent), judge_agent_installed,
     VERDICTS({"installed", STATUS_PASS}, {"not-installed", STATUS_FAIL}, {"folder-missing", STATUS_FAIL},
              {"program-missing", STATUS_FAIL}, {"registry-disagrees", STATUS_WARN}, UNKNOWN)},
    {"agent.version", false, true, GROUP(agent), judge_agent_version,
     VERDICTS({"current", STATUS_PASS}, {"not-newest", STATUS_INFO}, {"cannot-read-credentials", STATUS_WARN},
              {"cannot-connect", STATUS_FAIL}, UNKNOWN, NO_AGENT)},
    {"agent.service", true, true, GROUP(services), judge_agent_service,
     VERDICTS({"running", STATUS_PASS}, {"starting", STATUS_INFO}, {"manual-start", STATUS_WARN},
              {"stopped", STATUS_FAIL}, {"disabled", STATUS_FAIL}, {"missing", STATUS_FAIL}, UNKNOWN,
              NO_AGENT)},
    {"agent.registration", true, true, GROUP(agent) | GROUP(machine) | GROUP(schedule),
     judge_agent_registration,
     VERDICTS({"registered", STATUS_PASS}, {"vault-unnamed", STATUS_INFO}, {"mismatch-settled", STATUS_INFO},
              {"rename-pending", STATUS_WARN}, {"mismatch-reported", STATUS_FAIL},
              {"not-registered", STATUS_FAIL}, UNKNOWN, NO_AGENT)},
    {"agent.on-azure-vm", false, true, GROUP(machine), judge_agent_on_azure_vm,
     VERDICTS({"elsewhere", STATUS_PASS}, {"on-azure-vm", STATUS_INFO}, UNKNOWN, NO_AGENT)},
    {"agent.os", false, true, GROUP(machine), judge_agent_os,
     VERDICTS({"supported", STATUS_PASS}, {"newer-than-table", STATUS_INFO}, {"server-core", STATUS_WARN},
              {"not-supported", STATUS_WARN}, {"not-listed", STATUS_WARN}, {"not-64-bit", STATUS_WARN},
              UNKNOWN, NO_AGENT)},
    {"schedule.tasks-present", true, true, GROUP(agent) | GROUP(schedule), judge_schedule_tasks_present,
     VERDICTS({"present", STATUS_PASS}, {"missing", STATUS_FAIL}, {"no-schedule", STATUS_WARN},
              {"not-registered", STATUS_WARN}, {"definition-missing", STATUS_WARN},
              {"backup-server", STATUS_SKIPPED}, UNKNOWN, NO_AGENT)},
    {"schedule.enabled", true, true, GROUP(schedule), judge_schedule_enabled,
     VERDICTS({"enabled", STATUS_PASS}, {"disabled", STATUS_FAIL}, {"no-trigger", STATUS_FAIL},
              {"triggers-disabled", STATUS_FAIL}, {"triggers-ended", STATUS_FAIL}, NO_TASK, UNKNOWN,
              NO_AGENT)},
    {"schedule.principal", true, true, GROUP(schedule), judge_schedule_principal,
     VERDICTS({"system", STATUS_PASS}, {"administrator", STATUS_PASS}, {"administrators", STATUS_WARN},
              {"user-logged-on-only", STATUS_WARN}, {"administrators-not-elevated", STATUS_FAIL},
              {"user-not-administrator", STATUS_FAIL}, {"other-group", STATUS_FAIL}, NO_TASK, UNKNOWN,
              NO_AGENT)},
    {"schedule.multiple-instances", false, true, GROUP(schedule), judge_schedule_multiple_instances,
     VERDICTS({"ignore-new", STATUS_PASS}, {"other-policy", STATUS_WARN}, NO_TASK, UNKNOWN, NO_AGENT)},
    {"schedule.action", true, true, GROUP(schedule), judge_schedule_action,
     VERDICTS({"runs", STATUS_INFO}, {"not-a-program", STATUS_INFO}, {"program-missing", STATUS_FAIL},
              {"no-action", STATUS_FAIL}, NO_TASK, UNKNOWN, NO_AGENT)},
    {"schedule.conditions", false, true, GROUP(schedule), judge_schedule_conditions,
     VERDICTS({"unconditional", STATUS_PASS}, {"not-on-batteries", STATUS_INFO},
              {"only-with-network", STATUS_INFO}, {"time-limit", STATUS_INFO},
              {"missed-start-lost", STATUS_INFO}, {"only-if-idle-but-working", STATUS_INFO},
              {"only-if-idle", STATUS_WARN}, NO_TASK, UNKNOWN, NO_AGENT)},
    {"powershell.execution-policy", true, true, GROUP(powershell) | GROUP(schedule) | GROUP(machine),
     judge_powershell_execution_policy,
     VERDICTS({"allowed", STATUS_PASS}, {"allowed-marks-unread", STATUS_PASS},
              {"marked-scripts", STATUS_WARN}, {"marked-scripts-but-working", STATUS_INFO},
              {"all-signed-no-scripts", STATUS_PASS}, {"all-signed-trusted", STATUS_INFO},
              {"all-signed-untrusted", STATUS_WARN}, {"all-signed-unsigned", STATUS_FAIL},
              {"all-signed-but-working", STATUS_INFO}, {"restricted", STATUS_FAIL},
              {"restricted-by-policy", STATUS_FAIL}, {"restricted-but-working", STATUS_WARN},
              {"unrecognised", STATUS_FAIL}, {"undefined-client", STATUS_FAIL},
              {"undefined-server", STATUS_WARN}, {"undefined-but-working", STATUS_INFO}, UNKNOWN, NO_AGENT)},
    {"powershell.module-path", true, true, GROUP(powershell) | GROUP(schedule), judge_powershell_module_path,
     VERDICTS({"found", STATUS_PASS}, {"imported-by-path", STATUS_PASS}, {"import-missing", STATUS_FAIL},
              {"not-found", STATUS_FAIL}, {"no-value", STATUS_FAIL}, {"not-found-but-working", STATUS_WARN},
              {"module-folder-itself", STATUS_FAIL}, {"quoted", STATUS_FAIL}, {"not-expanded", STATUS_FAIL},
              {"system-hides-machine", STATUS_FAIL}, {"builtin-hidden", STATUS_WARN},
              {"builtin-hidden-but-working", STATUS_INFO}, UNKNOWN, NO_AGENT)},
    {"powershell.module-integrity", true, true, GROUP(powershell) | GROUP(agent),
     judge_powershell_module_integrity,
     VERDICTS({"intact", STATUS_PASS}, {"equals-baseline", STATUS_PASS}, {"folder-missing", STATUS_FAIL},
              {"manifest-missing", STATUS_FAIL}, {"reference-missing", STATUS_FAIL},
              {"empty-file", STATUS_FAIL}, {"not-a-program", STATUS_FAIL}, {"signature-differs", STATUS_FAIL},
              {"differs-from-baseline", STATUS_FAIL}, {"missing-from-module", STATUS_FAIL},
              {"extra-files", STATUS_WARN}, {"signature-unread", STATUS_INFO},
              {"names-not-looked-up", STATUS_INFO}, {"baseline-of-other-version", STATUS_INFO}, UNKNOWN,
              NO_AGENT)},
    {"powershell.lockdown", false, true, GROUP(powershell) | GROUP(schedule), judge_powershell_lockdown,
     VERDICTS({"free", STATUS_PASS}, {"applocker-allows-system", STATUS_INFO},
              {"constrained-but-working", STATUS_INFO}, {"applocker", STATUS_WARN},
              {"software-restriction", STATUS_WARN}, {"code-integrity", STATUS_WARN},
              {"lockdown-variable", STATUS_WARN}, UNKNOWN, NO_AGENT)},
    {"shadow.storage", false, false, GROUP(shadow) | GROUP(agent), judge_shadow_storage,
     VERDICTS({"room", STATUS_PASS}, {"unbounded", STATUS_PASS}, {"no-association", STATUS_PASS},
              {"nearly-full", STATUS_INFO}, {"maximum-small", STATUS_WARN}, {"no-room", STATUS_FAIL},
              {"shortage-reported", STATUS_FAIL}, UNKNOWN)},
    {"shadow.writers", false, false, GROUP(shadow) | GROUP(schedule), judge_shadow_writers,
     VERDICTS({"stable", STATUS_PASS}, {"waiting", STATUS_INFO}, {"failed", STATUS_WARN},
              {"failed-no-service", STATUS_WARN}, {"failed-system", STATUS_FAIL},
              {"failed-system-no-service", STATUS_FAIL}, UNKNOWN)},
    {"services.iscsi", false, true, GROUP(services), judge_services_iscsi,
     VERDICTS({"ready", STATUS_PASS}, {"disabled", STATUS_WARN}, {"missing", STATUS_WARN},
              {"device-missing", STATUS_WARN}, {"device-problem", STATUS_WARN}, UNKNOWN, NO_AGENT)},
    {"services.vss", true, false, GROUP(services), judge_services_vss,
     VERDICTS({"enabled", STATUS_PASS}, {"disabled", STATUS_FAIL}, {"missing", STATUS_FAIL}, UNKNOWN)},
    {"services.schedule", true, false, GROUP(services), judge_services_schedule,
     VERDICTS({"enabled", STATUS_PASS}, {"disk-service-missing", STATUS_INFO},
              {"disk-service-disabled", STATUS_WARN}, {"disabled", STATUS_FAIL}, {"missing", STATUS_FAIL},
              UNKNOWN)},
    {"services.com-plus", false, false, GROUP(services), judge_services_com_plus,
     WHEN_ASKED({"good", STATUS_PASS}, {"disabled", STATUS_FAIL}, {"missing", STATUS_FAIL},
                {"failed-to-start", STATUS_FAIL}, {"other-account", STATUS_FAIL}, UNKNOWN)},
    {"services.msiserver", false, false, GROUP(services), judge_services_msiserver,
     WHEN_ASKED({"manual", STATUS_PASS}, {"other-start", STATUS_INFO}, {"disabled", STATUS_FAIL},
                {"missing", STATUS_FAIL}, UNKNOWN)},
};
const size_t all_checks_count = sizeof all_checks / sizeof all_checks[0];

const check *check_find(const char *id) {
    for (size_t i = 0; i < all_checks_count; i++) {
        if (strcmp(all_checks[i].id, id) == 0) {
            return &all_checks[i];
        }
    }
    return NULL;
}

const verdict *check_verdict(const check *row, const char *slug) {
    for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
        if (strcmp(v->slug, slug) == 0) {
            return v;
        }
    }
    return NULL;
}
