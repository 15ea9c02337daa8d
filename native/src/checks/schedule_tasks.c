#include "checks/schedule_tasks.h"

#include "core/unicode.h"

#include <string.h>

const char *task_subject(const scheduled_task *task) {
    return fact_text_or(&task->path, "a task without a name");
}

bool task_may_run(const scheduled_task *task) {
    return !fact_is_false(&task->registered) && !fact_is_false(&task->defined);
}

void say_stored_password(said *s, const scheduled_task *task) {
    const char *logon = fact_text_or(&task->logon_type, "");
    if (strcmp(logon, "Password") == 0 || strcmp(logon, "InteractiveTokenOrPassword") == 0) {
        say_text(s, "stored_password", "yes");
    }
}

void judge_each_task(judgement *j, const evidence *e, const char *what, task_judge judge_one) {
    const fact_list *tasks = &e->schedule.tasks;
    if (tasks->fact.state == FACT_UNKNOWN) {
        judge_unknown(j, NULL, what, &tasks->fact);
        return;
    }
    size_t judged = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        const scheduled_task *task = (const scheduled_task *)tasks->items + i;
        if (fact_is_false(&task->registered)) {
            continue;
        }
        judged++;
        if (fact_is_true(&task->readable)) {
            judge_one(j, e, task);
        } else {
            judge_unknown(j, task_subject(task), what, &task->readable.fact);
        }
    }
    if (judged == 0) {
        say_where(judge_say(j, NULL, "no-task"), &tasks->fact);
    }
}

bool system_state_protected(const evidence *e) {
    const scheduled_task *tasks = e->schedule.tasks.items;
    for (size_t i = 0; i < e->schedule.tasks.count; i++) {
        if (fact_is_true(&tasks[i].registered) &&
            ascii_ends(fact_text_or(&tasks[i].path, ""), "SystemStateBackup")) {
            return true;
        }
    }
    return false;
}
