/* A suspicion is not a proof: where a scheduled backup succeeded after the suspicious setting was last
 * written, the setting evidently does no harm. */
#include "checks/check.h"

/* Windows before version 10 does not keep when a task last succeeded; there the last run tells, if it did. */
static const fact_time *success_of(const scheduled_task *task) {
    bool succeeded = task->last_result.fact.state == FACT_KNOWN && task->last_result.value == 0;
    return task->last_success.fact.state != FACT_KNOWN && succeeded ? &task->last_run : &task->last_success;
}

bool last_known_success(const evidence *e, int64_t *when) {
    const scheduled_task *tasks = e->schedule.tasks.items;
    bool found = false;
    for (size_t i = 0; i < e->schedule.tasks.count; i++) {
        const fact_time *success = success_of(&tasks[i]);
        if (success->fact.state == FACT_KNOWN && (!found || success->value > *when)) {
            *when = success->value;
            found = true;
        }
    }
    return found;
}

bool task_succeeded_since(const scheduled_task *task, const fact_time *written) {
    const fact_time *success = success_of(task);
    return written->fact.state == FACT_KNOWN && success->fact.state == FACT_KNOWN &&
           success->value > written->value;
}

bool succeeded_since(const evidence *e, const fact_time *written, int64_t *when) {
    return written->fact.state == FACT_KNOWN && last_known_success(e, when) && *when > written->value;
}
