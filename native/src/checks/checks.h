/* The judging functions; their rules are documented in the catalogue, one page per check. */
#ifndef CHECKS_CHECKS_H
#define CHECKS_CHECKS_H

#include "checks/check.h"

void judge_agent_installed(judgement *j, const evidence *e);
void judge_agent_version(judgement *j, const evidence *e);
void judge_agent_service(judgement *j, const evidence *e);
void judge_agent_registration(judgement *j, const evidence *e);
void judge_agent_on_azure_vm(judgement *j, const evidence *e);
void judge_agent_os(judgement *j, const evidence *e);
void judge_schedule_tasks_present(judgement *j, const evidence *e);
void judge_schedule_enabled(judgement *j, const evidence *e);
void judge_schedule_principal(judgement *j, const evidence *e);
void judge_schedule_multiple_instances(judgement *j, const evidence *e);
void judge_schedule_action(judgement *j, const evidence *e);
void judge_schedule_conditions(judgement *j, const evidence *e);
void judge_powershell_execution_policy(judgement *j, const evidence *e);
void judge_powershell_module_path(judgement *j, const evidence *e);
void judge_powershell_module_integrity(judgement *j, const evidence *e);
void judge_powershell_lockdown(judgement *j, const evidence *e);
void judge_shadow_storage(judgement *j, const evidence *e);
void judge_shadow_writers(judgement *j, const evidence *e);
void judge_services_iscsi(judgement *j, const evidence *e);
void judge_services_vss(judgement *j, const evidence *e);
void judge_services_schedule(judgement *j, const evidence *e);
void judge_services_com_plus(judgement *j, const evidence *e);
void judge_services_msiserver(judgement *j, const evidence *e);

void judge_prereq_dotnet(judgement *j, const evidence *e);
void judge_prereq_powershell(judgement *j, const evidence *e);
void judge_prereq_strong_crypto(judgement *j, const evidence *e);
void judge_prereq_offline_backup(judgement *j, const evidence *e);
void judge_prereq_unsupported_volumes(judgement *j, const evidence *e);
void judge_prereq_pending_reboot(judgement *j, const evidence *e);

void judge_scratch_location(judgement *j, const evidence *e);
void judge_scratch_free_space(judgement *j, const evidence *e);
void judge_scratch_attributes(judgement *j, const evidence *e);
void judge_scratch_key_file(judgement *j, const evidence *e);

#endif
