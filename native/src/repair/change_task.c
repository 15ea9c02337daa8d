#include "repair/change.h"

#include "core/error.h"
#include "repair/task_edit.h"

mars_status change_task(operation_run *run, const char *task, bytes xml) {
    const change_state state = {.present = true, .data = xml};
    return change_target(run, CHANGE_TASK, arena_text(run->memory, task), &state);
}

mars_status change_task_enabled(operation_run *run, const char *task, bool enabled) {
    change_state now = {0};
    mars_status status = target_read(run->machine, run->memory, CHANGE_TASK, task, &now);
    if (status != MARS_OK) {
        return status;
    }
    if (!now.present) {
        return error_set(MARS_E_NOT_FOUND, "there is no task %s", task);
    }
    task_edited edited;
    fact why = {0};
    if (!task_edit(now.data.data, now.data.size, enabled ? TASK_EDIT_ENABLE : TASK_EDIT_DISABLE, run->memory,
                   &edited, &why)) {
        return task_definition_error(MARS_E_UNREADABLE, task, &why);
    }
    return edited.changed ? change_task(run, task, edited.definition) : MARS_OK;
}
