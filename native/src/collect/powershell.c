/* The powershell group: what the agent's scheduled tasks, which run Windows PowerShell as SYSTEM, need of it.
 */
#include "collect/powershell.h"

#include "collect/read.h"

static void find_module(collector *c, powershell_evidence *powershell) {
    const fact_text *agent = &c->into->agent.folder;
    if (agent->fact.state != FACT_KNOWN) {
        powershell->module_folder.fact = fact_depending_on(&agent->fact);
        powershell->module_present.fact = fact_depending_on(&agent->fact);
        return;
    }
    powershell->module_folder =
        fact_text_known(path_join(c->memory, agent->value, "bin\\Modules\\" MODULE_NAME), agent->fact.where);
    powershell->module_present = read_folder_present(c, powershell->module_folder.value);
}

void collect_powershell(collector *c) {
    powershell_evidence *powershell = &c->into->powershell;
    find_module(c, powershell);
    collect_execution_policy(c, powershell);
    collect_lockdown(c, powershell);
    collect_module_path(c, powershell);
    collect_module_manifest(c, powershell);
    collect_module_files(c, powershell);
}
