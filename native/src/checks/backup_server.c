/* Data Protection Manager and Azure Backup Server start the agent themselves: it then needs neither tasks nor
 * the PowerShell module, which its setup leaves out on such a server. */
#include "checks/check.h"

void say_backup_server(judgement *j, const evidence *e) {
    said *s = judge_say(j, NULL, "backup-server");
    say_text(s, "folder", e->agent.backup_server.value);
    say_where(s, &e->agent.backup_server.fact);
}

bool backup_server_runs_agent(judgement *j, const evidence *e) {
    const fact_list *tasks = &e->schedule.tasks;
    if (e->agent.backup_server.fact.state != FACT_KNOWN || tasks->fact.state == FACT_UNKNOWN ||
        tasks->count > 0) {
        return false;
    }
    say_backup_server(j, e);
    return true;
}
