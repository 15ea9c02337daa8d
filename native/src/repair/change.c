#include "repair/change.h"

#include "core/error.h"

static mars_status intend(operation_run *run, const change_record *change) {
    mars_status status = run->journal == NULL ? run->open_journal(run->user, &run->journal) : MARS_OK;
    return status == MARS_OK ? journal_intend(run->journal, change) : status;
}

/* Writes and reads back. What was read back goes into the journal even if it is not what was wanted. */
static mars_status carry_out(operation_run *run, change_record *change) {
    mars_status status =
        target_write(run->machine, run->memory, change->kind, change->target, &change->after);
    if (status == MARS_OK) {
        status = target_read(run->machine, run->memory, change->kind, change->target, &change->read_back);
    }
    if (status == MARS_OK) {
        status = journal_done(run->journal, &change->read_back);
    }
    if (status == MARS_OK && !target_same(run->memory, change->kind, &change->read_back, &change->after)) {
        return error_set(MARS_E_UNREADABLE, "%s was changed, but what is there now is not what was written",
                         change->target);
    }
    change->done = status == MARS_OK;
    return status;
}

mars_status change_target(operation_run *run, change_kind kind, const char *target,
                          const change_state *after) {
    change_record change = {.step = run->step, .kind = kind, .target = target, .after = *after};
    mars_status status = target_read(run->machine, run->memory, kind, target, &change.before);
    if (status != MARS_OK || target_same(run->memory, kind, &change.before, after)) {
        return status;
    }
    if (kind == CHANGE_REGISTRY_VALUE) {
        status = target_missing_keys(run->machine, run->memory, target, &change.keys_created);
    }
    if (status == MARS_OK && !run->what_if) {
        status = intend(run, &change);
    }
    change_record *kept = status == MARS_OK ? arena_push(&run->changes) : NULL;
    if (status == MARS_OK && kept == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out before %s was changed", target);
    }
    if (status == MARS_OK && !run->what_if) {
        status = carry_out(run, &change);
    }
    if (kept != NULL) {
        *kept = change;
    }
    return status;
}

mars_status change_registry_value(operation_run *run, const registry_path *path, const char *name,
                                  const registry_value *after) {
    const char *target = target_of_registry(run->memory, path, name);
    const change_state state = {.present = after != NULL,
                                .type = after != NULL ? after->type : 0,
                                .data = after != NULL ? after->data : (bytes){0}};
    return change_target(run, CHANGE_REGISTRY_VALUE, target, &state);
}

mars_status change_service(operation_run *run, const char *service, const service_config *after) {
    const change_state state = state_of_service(run->memory, after);
    return change_target(run, CHANGE_SERVICE_CONFIG, arena_text(run->memory, service), &state);
}
