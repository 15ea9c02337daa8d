#include "checks/checks.h"
#include "checks/schedule_tasks.h"
#include "core/instant.h"

/* A boundary without a time zone is the server's local time, which lies at most this far from UTC. */
enum { LARGEST_ZONE_OFFSET = 14 * 3600 };

typedef enum trigger_state { TRIGGER_ALIVE, TRIGGER_DISABLED, TRIGGER_ENDED, TRIGGER_UNCLEAR } trigger_state;

static trigger_state state_of(const trigger_facts *trigger, const fact_time *as_of) {
    if (trigger->enabled.fact.state != FACT_KNOWN) {
        return TRIGGER_UNCLEAR;
    }
    if (!trigger->enabled.value) {
        return TRIGGER_DISABLED;
    }
    if (trigger->end_boundary.fact.state == FACT_ABSENT) {
        return TRIGGER_ALIVE;
    }
    int64_t end = 0;
    bool has_zone = false;
    if (trigger->end_boundary.fact.state != FACT_KNOWN || as_of->fact.state != FACT_KNOWN ||
        !instant_parse(trigger->end_boundary.value, &end, &has_zone)) {
        return TRIGGER_UNCLEAR;
    }
    return end + (has_zone ? 0 : LARGEST_ZONE_OFFSET) < as_of->value ? TRIGGER_ENDED : TRIGGER_ALIVE;
}

typedef struct trigger_tally {
    size_t count[TRIGGER_UNCLEAR + 1];
    const trigger_facts *unclear;
    const trigger_facts *ended;
} trigger_tally;

static trigger_tally tally_triggers(const scheduled_task *task, const fact_time *as_of) {
    trigger_tally tally = {0};
    for (size_t i = 0; i < task->triggers.count; i++) {
        const trigger_facts *trigger = (const trigger_facts *)task->triggers.items + i;
        trigger_state state = state_of(trigger, as_of);
        tally.count[state]++;
        if (state == TRIGGER_UNCLEAR) {
            tally.unclear = trigger;
        } else if (state == TRIGGER_ENDED) {
            tally.ended = trigger;
        }
    }
    return tally;
}

static said *say_task(judgement *j, const scheduled_task *task, const char *slug) {
    said *s = judge_say(j, task_subject(task), slug);
    say_text(s, "task", task_subject(task));
    say_number(s, "triggers", (int64_t)task->triggers.count);
    say_stored_password(s, task);
    say_where(s, &task->enabled.fact);
    say_where(s, &task->triggers.fact);
    return s;
}

static void judge_triggers(judgement *j, const evidence *e, const scheduled_task *task) {
    if (task->triggers.fact.state != FACT_KNOWN) {
        judge_unknown(j, task_subject(task), "whether the task has a trigger", &task->triggers.fact);
        return;
    }
    trigger_tally tally = tally_triggers(task, &e->source.as_of);
    if (task->triggers.count == 0) {
        say_task(j, task, "no-trigger");
    } else if (tally.count[TRIGGER_ALIVE] > 0) {
        if (fact_is_true(&task->enabled)) {
            say_number(say_task(j, task, "enabled"), "enabled_triggers", (int64_t)tally.count[TRIGGER_ALIVE]);
        }
    } else if (tally.unclear != NULL) {
        const fact *why = tally.unclear->enabled.fact.state != FACT_KNOWN ? &tally.unclear->enabled.fact
                                                                          : &tally.unclear->end_boundary.fact;
        fact unclear = *why;
        if (why->state == FACT_KNOWN) {
            unclear = fact_unknown(REASON_DEPENDS, why->where,
                                   "the time that its end is compared with, or the end itself, is not known");
        }
        judge_unknown(j, task_subject(task), "whether the task's triggers have ended", &unclear);
    } else if (tally.ended != NULL) {
        say_text(say_task(j, task, "triggers-ended"), "end", tally.ended->end_boundary.value);
    } else {
        say_task(j, task, "triggers-disabled");
    }
}

static void judge_task(judgement *j, const evidence *e, const scheduled_task *task) {
    if (task->enabled.fact.state != FACT_KNOWN) {
        judge_unknown(j, task_subject(task), "whether the task is enabled", &task->enabled.fact);
    } else if (!task->enabled.value) {
        say_task(j, task, "disabled");
    }
    judge_triggers(j, e, task);
}

void judge_schedule_enabled(judgement *j, const evidence *e) {
    judge_each_task(j, e, "whether the task is enabled", judge_task);
}
