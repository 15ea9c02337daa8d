/* Execution policy: what each scope says for the SYSTEM account, and when any of them was last written. */
#include "collect/powershell.h"

#include "collect/read.h"

#define SESSION_ENVIRONMENT  "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define MACHINE_GROUP_POLICY "SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell"
#define USER_GROUP_POLICY    "Software\\Policies\\Microsoft\\Windows\\PowerShell"
#define SHELL_ID             "Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
#define PREFERENCE           "PSExecutionPolicyPreference"

static fact_time newest_change(collector *c) {
    static const registry_path keys[] = {
        {REGISTRY_MACHINE, REGISTRY_64, MACHINE_GROUP_POLICY},
        {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, USER_GROUP_POLICY},
        {REGISTRY_MACHINE, REGISTRY_64, SESSION_ENVIRONMENT},
        {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"},
        {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Software\\" SHELL_ID},
        {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\" SHELL_ID},
    };
    return read_newest_key_time(c, keys, sizeof keys / sizeof keys[0]);
}

void collect_execution_policy(collector *c, powershell_evidence *powershell) {
    powershell->machine_policy_enabled = read_machine_number(c, MACHINE_GROUP_POLICY, "EnableScripts");
    powershell->machine_policy = read_machine_text(c, MACHINE_GROUP_POLICY, "ExecutionPolicy");
    powershell->user_policy_enabled = read_account_number(c, USER_GROUP_POLICY, "EnableScripts");
    powershell->user_policy = read_account_text(c, USER_GROUP_POLICY, "ExecutionPolicy");
    powershell->system_preference = read_account_text(c, "Environment", PREFERENCE);
    powershell->machine_preference = read_machine_text(c, SESSION_ENVIRONMENT, PREFERENCE);
    powershell->current_user = read_account_text(c, "Software\\" SHELL_ID, "ExecutionPolicy");
    powershell->local_machine = read_machine_text(c, "SOFTWARE\\" SHELL_ID, "ExecutionPolicy");
    powershell->policy_written = newest_change(c);
}
