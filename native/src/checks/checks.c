#include "checks/checks.h"

#include <string.h>

/* What every check that reads facts can say besides its own. */
#define UNKNOWN                                                                                              \
    { "unknown", STATUS_UNKNOWN }
#define NO_AGENT                                                                                             \
    { "no-agent", STATUS_SKIPPED }
#define NO_TASK                                                                                              \
    { "no-task", STATUS_SKIPPED }
#define BACKUP_SERVER                                                                                        \
    { "backup-server", STATUS_SKIPPED }
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

    {"prereq.dotnet", true, true, GROUP(prereq) | GROUP(schedule), judge_prereq_dotnet,
     VERDICTS({"supported", STATUS_PASS}, {"too-old", STATUS_FAIL}, {"too-old-but-working", STATUS_INFO},
              {"missing", STATUS_FAIL}, UNKNOWN, NO_AGENT)},
    {"prereq.powershell", true, true, GROUP(prereq), judge_prereq_powershell,
     VERDICTS({"supported", STATUS_PASS}, {"too-old", STATUS_FAIL}, {"missing", STATUS_FAIL}, UNKNOWN,
              NO_AGENT)},
    {"prereq.strong-crypto", false, true, GROUP(prereq) | GROUP(machine) | GROUP(schedule),
     judge_prereq_strong_crypto,
     VERDICTS({"on", STATUS_PASS}, {"tls12-off", STATUS_FAIL}, {"tls12-unset", STATUS_FAIL},
              {"dotnet-off", STATUS_FAIL}, {"dotnet-unset", STATUS_WARN}, {"but-working", STATUS_INFO},
              UNKNOWN, NO_AGENT)},
    {"prereq.offline-backup", false, true, GROUP(prereq) | GROUP(schedule), judge_prereq_offline_backup,
     VERDICTS({"installed", STATUS_PASS}, {"missing", STATUS_FAIL}, {"missing-but-working", STATUS_INFO},
              {"not-configured", STATUS_SKIPPED}, UNKNOWN, NO_AGENT)},
    {"prereq.unsupported-volumes", false, true, GROUP(volumes), judge_prereq_unsupported_volumes,
     VERDICTS({"supported", STATUS_PASS}, {"not-ntfs", STATUS_INFO}, {"no-file-system", STATUS_INFO}, UNKNOWN,
              NO_AGENT)},
    {"prereq.pending-reboot", false, false, GROUP(prereq) | GROUP(machine), judge_prereq_pending_reboot,
     VERDICTS({"none", STATUS_PASS}, {"pending", STATUS_INFO}, {"file-renames", STATUS_INFO}, UNKNOWN)},

    {"schedule.tasks-present", true, true, GROUP(agent) | GROUP(schedule), judge_schedule_tasks_present,
     VERDICTS({"present", STATUS_PASS}, {"missing", STATUS_FAIL}, {"no-schedule", STATUS_WARN},
              {"not-registered", STATUS_WARN}, {"definition-missing", STATUS_WARN}, BACKUP_SERVER, UNKNOWN,
              NO_AGENT)},
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
    {"powershell.execution-policy", true, true,
     GROUP(powershell) | GROUP(schedule) | GROUP(machine) | GROUP(agent), judge_powershell_execution_policy,
     VERDICTS({"allowed", STATUS_PASS}, {"allowed-marks-unread", STATUS_PASS},
              {"marked-scripts", STATUS_WARN}, {"marked-scripts-but-working", STATUS_INFO},
              {"all-signed-no-scripts", STATUS_PASS}, {"all-signed-trusted", STATUS_INFO},
              {"all-signed-untrusted", STATUS_WARN}, {"all-signed-unsigned", STATUS_FAIL},
              {"all-signed-but-working", STATUS_INFO}, {"restricted", STATUS_FAIL},
              {"restricted-by-policy", STATUS_FAIL}, {"restricted-but-working", STATUS_WARN},
              {"unrecognised", STATUS_FAIL}, {"undefined-client", STATUS_FAIL},
              {"undefined-server", STATUS_WARN}, {"undefined-but-working", STATUS_INFO}, BACKUP_SERVER,
              UNKNOWN, NO_AGENT)},
    {"powershell.module-path", true, true, GROUP(powershell) | GROUP(schedule) | GROUP(agent),
     judge_powershell_module_path,
     VERDICTS({"found", STATUS_PASS}, {"imported-by-path", STATUS_PASS}, {"import-missing", STATUS_FAIL},
              {"not-found", STATUS_FAIL}, {"no-value", STATUS_FAIL}, {"not-found-but-working", STATUS_INFO},
              {"module-folder-itself", STATUS_FAIL}, {"quoted", STATUS_FAIL}, {"not-expanded", STATUS_FAIL},
              {"system-hides-machine", STATUS_FAIL}, {"builtin-hidden", STATUS_WARN},
              {"builtin-hidden-but-working", STATUS_INFO}, BACKUP_SERVER, UNKNOWN, NO_AGENT)},
    {"powershell.module-integrity", true, true, GROUP(powershell) | GROUP(schedule) | GROUP(agent),
     judge_powershell_module_integrity,
     VERDICTS({"intact", STATUS_PASS}, {"equals-baseline", STATUS_PASS}, {"folder-missing", STATUS_FAIL},
              {"manifest-missing", STATUS_FAIL}, {"reference-missing", STATUS_FAIL},
              {"empty-file", STATUS_FAIL}, {"not-a-program", STATUS_FAIL}, {"signature-differs", STATUS_FAIL},
              {"differs-from-baseline", STATUS_FAIL}, {"missing-from-module", STATUS_FAIL},
              {"extra-files", STATUS_WARN}, {"signature-unread", STATUS_INFO},
              {"names-not-looked-up", STATUS_INFO}, {"baseline-of-other-version", STATUS_INFO}, BACKUP_SERVER,
              UNKNOWN, NO_AGENT)},
    {"powershell.lockdown", false, true, GROUP(powershell) | GROUP(schedule), judge_powershell_lockdown,
     VERDICTS({"free", STATUS_PASS}, {"applocker-allows-system", STATUS_INFO},
              {"constrained-but-working", STATUS_INFO}, {"applocker", STATUS_WARN},
              {"software-restriction", STATUS_WARN}, {"code-integrity", STATUS_WARN},
              {"lockdown-variable", STATUS_WARN}, UNKNOWN, NO_AGENT)},

    {"scratch.location", true, true, GROUP(scratch) | GROUP(volumes) | GROUP(schedule),
     judge_scratch_location,
     VERDICTS({"usable", STATUS_PASS}, {"partly-unread", STATUS_INFO}, {"no-location", STATUS_FAIL},
              {"not-equal", STATUS_FAIL}, {"not-equal-but-working", STATUS_WARN},
              {"doubled-backslash", STATUS_WARN}, {"folder-missing", STATUS_FAIL}, {"not-local", STATUS_FAIL},
              {"no-write", STATUS_FAIL}, UNKNOWN, NO_AGENT)},
    {"scratch.free-space", true, true, GROUP(scratch) | GROUP(volumes) | GROUP(schedule),
     judge_scratch_free_space,
     VERDICTS({"room", STATUS_PASS}, {"too-little", STATUS_FAIL}, {"little", STATUS_WARN},
              {"little-for-system-state", STATUS_WARN}, UNKNOWN, NO_AGENT)},
    {"scratch.attributes", false, true, GROUP(scratch) | GROUP(volumes), judge_scratch_attributes,
     VERDICTS({"plain", STATUS_PASS}, {"encrypted", STATUS_FAIL}, {"compressed", STATUS_FAIL},
              {"sparse", STATUS_FAIL}, {"reparse-point", STATUS_FAIL}, {"deduplicated", STATUS_FAIL},
              {"files-marked", STATUS_WARN}, UNKNOWN, NO_AGENT)},
    {"scratch.key-file", false, true, GROUP(scratch) | GROUP(machine), judge_scratch_key_file,
     VERDICTS({"present", STATUS_PASS}, {"missing", STATUS_FAIL}, {"empty", STATUS_FAIL},
              {"not-registered", STATUS_SKIPPED}, UNKNOWN, NO_AGENT)},

    {"shadow.storage", false, false, GROUP(shadow) | GROUP(volumes) | GROUP(agent), judge_shadow_storage,
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
