#include "checks/checks.h"
#include "checks/schedule_tasks.h"

#include <string.h>

static void judge_instances(judgement *j, const evidence *e, const scheduled_task *task) {
    (void)e;
    const fact_text *policy = &task->multiple_instances;
    if (policy->fact.state != FACT_KNOWN) {
        judge_unknown(j, task_subject(task), "what happens when a backup is due while one runs",
                      &policy->fact);
        return;
    }
    bool ignores = strcmp(policy->value, "IgnoreNew") == 0;
    said *s = judge_say(j, task_subject(task), ignores ? "ignore-new" : "other-policy");
    say_text(s, "task", task_subject(task));
    say_text(s, "policy", policy->value);
    say_stored_password(s, task);
    say_where(s, &policy->fact);
}

void judge_schedule_multiple_instances(judgement *j, const evidence *e) {
    judge_each_task(j, e, "what happens when a backup is due while one runs", judge_instances);
}

static void judge_action(judgement *j, const scheduled_task *task, const action_facts *action) {
    if (action->kind.fact.state == FACT_KNOWN && strcmp(action->kind.value, "Exec") != 0) {
        said *s = judge_say(j, task_subject(task), "not-a-program");
        say_text(s, "kind", action->kind.value);
        say_where(s, &action->kind.fact);
        return;
    }
    bool missing = action->program.fact.state == FACT_ABSENT || fact_is_false(&action->program_present);
    if (!missing && !fact_is_true(&action->program_present)) {
        judge_unknown(j, task_subject(task), "whether the program that the task runs is there",
                      &action->program_present.fact);
        return;
    }
    said *s = judge_say(j, task_subject(task), missing ? "program-missing" : "runs");
    say_text(s, "task", task_subject(task));
    say_text(s, "command", fact_text_or(&action->command, ""));
    say_text(s, "arguments", fact_text_or(&action->arguments, ""));
    say_text(s, "program", fact_text_or(&action->program, fact_text_or(&action->command, "")));
    say_where(s, &action->command.fact);
    say_where(s, &action->program_present.fact);
}

static void judge_actions(judgement *j, const evidence *e, const scheduled_task *task) {
    (void)e;
    const fact_list *actions = &task->actions;
    if (actions->fact.state != FACT_KNOWN) {
        judge_unknown(j, task_subject(task), "what the task runs", &actions->fact);
        return;
    }
    if (actions->count == 0) {
        said *s = judge_say(j, task_subject(task), "no-action");
        say_text(s, "task", task_subject(task));
        say_where(s, &actions->fact);
        return;
    }
    for (size_t i = 0; i < actions->count; i++) {
        judge_action(j, task, (const action_facts *)actions->items + i);
    }
}

void judge_schedule_action(judgement *j, const evidence *e) {
    judge_each_task(j, e, "what the task runs", judge_actions);
}
