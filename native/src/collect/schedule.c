#include "collect/read.h"

#include "collect/task_facts.h"
#include "core/unicode.h"

#define TASK_FOLDER "\\Microsoft\\OnlineBackup"
#define POLICY_KEY  "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"

static bool look_for_failed_files_list(void *user, const folder_entry *entry) {
    bool *found = user;
    *found = entry->kind == FILE_REGULAR && ascii_starts(entry->name, "LastBackupFailedFiles");
    return !*found;
}

/* A job that left files out writes their list: so there was a job. */
static fact_text find_backup_trace(collector *c) {
    const fact_text *folder = &c->into->agent.folder;
    fact_text trace = {0};
    bool found = false;
    if (folder->fact.state != FACT_KNOWN) {
        trace.fact = fact_depending_on(&folder->fact);
        return trace;
    }
    const char *temporary = path_join(c->memory, folder->value, "Temp");
    fact_state state = c->machine->read->folder_each(c->machine, temporary, look_for_failed_files_list,
                                                     &found, c->memory, &trace.fact);
    if (state != FACT_KNOWN) {
        return trace;
    }
    if (!found) {
        trace.fact = fact_absent(trace.fact.where);
        return trace;
    }
    return fact_text_known("a list of files that a backup left out", trace.fact.where);
}

void collect_schedule(collector *c) {
    schedule_evidence *schedule = &c->into->schedule;
    task_entry_list entries = {0};
    fact why = {0};
    fact_state state = c->machine->read->task_list(c->machine, TASK_FOLDER, c->memory, &entries, &why);
    schedule->backup_trace = find_backup_trace(c);
    schedule->user_account_control = read_machine_number(c, POLICY_KEY, "EnableLUA");
    schedule->filters_built_in = read_machine_number(c, POLICY_KEY, "FilterAdministratorToken");
    if (state == FACT_UNKNOWN) {
        schedule->tasks.fact = why;
        return;
    }
    arena_vector tasks = ARENA_VECTOR(c->memory, scheduled_task);
    uint64_t room = TASK_DEFINITIONS_LIMIT;
    for (size_t i = 0; i < entries.count; i++) {
        scheduled_task *task = arena_push(&tasks);
        if (task != NULL) {
            read_task(c, &entries.items[i], &room, task);
        }
    }
    schedule->tasks = fact_list_known(&tasks, why.where);
}
