#include "checks/checks.h"
#include "checks/schedule_tasks.h"

static said *say_condition(judgement *j, const scheduled_task *task, const char *slug, const fact *read) {
    said *s = judge_say(j, task_subject(task), slug);
    say_text(s, "task", task_subject(task));
    say_where(s, read);
    return s;
}

static void judge_idle(judgement *j, const scheduled_task *task) {
    const fact_time *success = &task->last_success;
    const fact_time *written = &task->registration_written;
    bool works = success->fact.state == FACT_KNOWN && written->fact.state == FACT_KNOWN &&
                 success->value > written->value;
    said *s =
        say_condition(j, task, works ? "only-if-idle-but-working" : "only-if-idle", &task->only_if_idle.fact);
    say_time(s, "success", works ? success->value : 0);
}

static void judge_conditions(judgement *j, const evidence *e, const scheduled_task *task) {
    (void)e;
    bool batteries = fact_is_true(&task->not_on_batteries) || fact_is_true(&task->stops_on_batteries);
    bool limited = task->time_limit.fact.state == FACT_KNOWN;
    bool idle = fact_is_true(&task->only_if_idle);
    bool network = fact_is_true(&task->only_with_network);
    bool missed = fact_is_false(&task->start_when_available);
    if (task->only_if_idle.fact.state != FACT_KNOWN) {
        judge_unknown(j, task_subject(task), "on what conditions the task starts", &task->only_if_idle.fact);
        return;
    }
    if (idle) {
        judge_idle(j, task);
    }
    if (batteries) {
        (void)say_condition(j, task, "not-on-batteries", &task->not_on_batteries.fact);
    }
    if (network) {
        (void)say_condition(j, task, "only-with-network", &task->only_with_network.fact);
    }
    if (limited) {
        said *s = say_condition(j, task, "time-limit", &task->time_limit.fact);
        say_text(s, "limit", task->time_limit.value);
    }
    if (missed) {
        (void)say_condition(j, task, "missed-start-lost", &task->start_when_available.fact);
    }
    if (!idle && !batteries && !network && !limited && !missed) {
        (void)say_condition(j, task, "unconditional", &task->only_if_idle.fact);
    }
}

void judge_schedule_conditions(judgement *j, const evidence *e) {
    judge_each_task(j, e, "on what conditions the task starts", judge_conditions);
}
