#include "checks/checks.h"
#include "checks/schedule_tasks.h"

typedef struct task_tally {
    arena_vector usable;       /* names of tasks the Task Scheduler knows */
    arena_vector unregistered; /* a file only: not a task */
    arena_vector undefined;    /* a registration only */
    const fact *doubtful;      /* of a task of which it is not known whether it is registered; NULL: none */
} task_tally;

static void add_name(arena_vector *names, const scheduled_task *task) {
    const char **name = arena_push(names);
    if (name != NULL) {
        *name = task_subject(task);
    }
}

static void tally_task(task_tally *tally, const scheduled_task *task) {
    if (task->registered.fact.state != FACT_KNOWN) {
        tally->doubtful = &task->registered.fact;
    } else if (!task->registered.value) {
        add_name(&tally->unregistered, task);
    } else if (fact_is_false(&task->defined)) {
        add_name(&tally->undefined, task);
    } else {
        add_name(&tally->usable, task);
    }
}

static void say_names(judgement *j, const evidence *e, const char *slug, const arena_vector *names) {
    said *s = judge_say(j, NULL, slug);
    const text_list list = {.items = names->items, .count = names->count};
    say_texts(s, "tasks", &list);
    say_where(s, &e->schedule.tasks.fact);
}

static void judge_tally(judgement *j, const evidence *e, const task_tally *tally) {
    if (tally->usable.count > 0) {
        say_names(j, e, "present", &tally->usable);
    } else if (tally->doubtful != NULL) {
        judge_unknown(j, NULL, "whether the agent's tasks are registered", tally->doubtful);
    } else {
        bool backed_up_before = e->schedule.backup_trace.fact.state == FACT_KNOWN;
        said *s = judge_say(j, NULL, backed_up_before ? "missing" : "no-schedule");
        say_text(s, "trace", fact_text_or(&e->schedule.backup_trace, ""));
        say_where(s, &e->schedule.tasks.fact);
        say_where(s, &e->schedule.backup_trace.fact);
    }
    if (tally->unregistered.count > 0) {
        say_names(j, e, "not-registered", &tally->unregistered);
    }
    if (tally->undefined.count > 0) {
        say_names(j, e, "definition-missing", &tally->undefined);
    }
}

void judge_schedule_tasks_present(judgement *j, const evidence *e) {
    const fact_list *tasks = &e->schedule.tasks;
    if (e->agent.backup_server.fact.state == FACT_KNOWN) {
        say_backup_server(j, e);
        return;
    }
    if (tasks->fact.state == FACT_UNKNOWN) {
        judge_unknown(j, NULL, "whether backups are scheduled", &tasks->fact);
        return;
    }
    arena *memory = judge_memory(j);
    task_tally tally = {
        .usable = ARENA_VECTOR(memory, const char *),
        .unregistered = ARENA_VECTOR(memory, const char *),
        .undefined = ARENA_VECTOR(memory, const char *),
    };
    for (size_t i = 0; i < tasks->count; i++) {
        tally_task(&tally, (const scheduled_task *)tasks->items + i);
    }
    judge_tally(j, e, &tally);
}
