#include "repair/recovery.h"

#include "core/error.h"
#include "repair/target.h"

#include <string.h>

typedef struct recovery {
    host *machine;
    const host_writer *writer;
    journal_storage *storage;
    const char *journal_path;
    arena *memory;
    const char *id;
} recovery;

const char *recovery_sentence(arena *memory, const journal_run *run) {
    static const char *const forms[JOURNAL_FOUND_COUNT] = {
        [FOUND_BETWEEN] = "it was interrupted between two changes%s",
        [FOUND_NOT_DONE] = "it was interrupted before it changed %s",
        [FOUND_DONE] = "it was interrupted after it had changed %s",
        [FOUND_CONFLICT] =
            "it was interrupted while it changed %s, which is neither as before nor as after it",
        [FOUND_UNCLEAR] = "it was interrupted during this, and whether it was done cannot be told: %s",
    };
    const char *form = forms[run->found];
    if (form == NULL) {
        return NULL;
    }
    const char *target = run->found != FOUND_BETWEEN ? run->changes[run->change_count - 1].target : "";
    const char *at = strstr(form, "%s");
    return arena_printf(memory, "%.*s%s%s", (int)(at - form), form, target, at + 2);
}

static const char *kept_path(const recovery *r, const char *name) {
    return arena_printf(r->memory, "%s\\%s/%s", r->journal_path, r->id, name);
}

/* ---- What interrupted acts left ---- */

/* Names that are not whole yet, beside a file. A folder that is not there holds none. */
static mars_status sweep(const recovery *r, const char *file) {
    mars_status status = r->writer->file_sweep != NULL ? r->writer->file_sweep(r->machine, file) : MARS_OK;
    return status == MARS_E_NOT_FOUND ? MARS_OK : status;
}

/* A volume without second names may have left a file under its kept name alone. */
static mars_status put_back_if_missing(const recovery *r, const char *file, const char *kept,
                                       bool may_be_missing) {
    digest_value value;
    if (may_be_missing || kept == NULL || r->writer->file_put_back == NULL) {
        return MARS_OK;
    }
    mars_status status = r->writer->file_digest(r->machine, file, &value);
    if (status != MARS_E_NOT_FOUND) {
        return status;
    }
    status = r->writer->file_digest(r->machine, kept_path(r, kept), &value);
    return status == MARS_OK            ? r->writer->file_put_back(r->machine, kept_path(r, kept), file)
           : status == MARS_E_NOT_FOUND ? MARS_OK
                                        : status;
}

/* The files of the change that was under way, and of each hive. */
static mars_status clean_up(const recovery *r, const journal_run *run) {
    mars_status status =
        sweep(r, kept_path(r, "kept/1")); /* also where no line says yet what was to be kept */
    for (size_t i = 0; i < run->kept_count && status == MARS_OK; i++) {
        status = target_allowed(CHANGE_FILE, run->kept[i].file);
        status = status == MARS_OK ? sweep(r, run->kept[i].file) : status;
        status =
            status == MARS_OK ? put_back_if_missing(r, run->kept[i].file, run->kept[i].name, false) : status;
    }
    const change_record *last = run->change_count > 0 ? &run->changes[run->change_count - 1] : NULL;
    if (status == MARS_OK && last != NULL && last->kind == CHANGE_FILE && !last->done) {
        status = target_allowed(CHANGE_FILE, last->target);
        status = status == MARS_OK ? sweep(r, last->target) : status;
        status = status == MARS_OK && last->kept != NULL ? sweep(r, kept_path(r, last->kept)) : status;
        status = status == MARS_OK ? put_back_if_missing(r, last->target, last->kept, !last->after.present)
                                   : status;
    }
    /* A hive that was to be kept, but of which the line was not written yet. */
    const char *file = NULL;
    if (status == MARS_OK && last != NULL && !last->done && last->kind != CHANGE_FILE) {
        status = target_file(r->machine, r->memory, last->kind, last->target, &file);
    }
    return status == MARS_OK && file != NULL ? sweep(r, file) : status;
}

/* ---- What became of the change that was under way ---- */

/* Removing what was above it may be left to be done. */
static mars_status finish(const recovery *r, const change_record *last, journal_recovery *out) {
    const char *file = NULL;
    mars_status status =
        target_remove_parents(r->machine, r->memory, last->kind, last->target, last->parents_removed);
    if (status == MARS_OK) {
        status = target_file(r->machine, r->memory, last->kind, last->target, &file);
    }
    return status == MARS_OK && file != NULL ? r->writer->file_digest(r->machine, file, &out->file) : status;
}

/* A service's start and its delay are set one after the other: between the two it is as after in the one and
 * as before in the other. A delay that was never set is off for a moment. */
static bool is_half_configured(const change_record *last, const change_state *now) {
    service_config is;
    service_config before;
    service_config after;
    if (last->kind != CHANGE_SERVICE_CONFIG || !state_to_service(now, &is) ||
        !state_to_service(&last->before, &before) || !state_to_service(&last->after, &after)) {
        return false;
    }
    bool unset = before.delay == SERVICE_DELAY_UNSET || after.delay == SERVICE_DELAY_UNSET;
    return (is.start == before.start || is.start == after.start) &&
           (is.delay == before.delay || (unset && is.delay == SERVICE_DELAY_OFF));
}

static mars_status look(const recovery *r, const journal_run *run, journal_recovery *out) {
    const change_record *last = run->change_count > 0 ? &run->changes[run->change_count - 1] : NULL;
    if (last == NULL || last->done) {
        out->found = FOUND_BETWEEN;
        return MARS_OK;
    }
    if (last->kind == CHANGE_EVENT) {
        out->found = FOUND_UNCLEAR;
        return MARS_OK;
    }
    change_state now;
    mars_status status = target_allowed(last->kind, last->target);
    status = status == MARS_OK ? target_read(r->machine, r->memory, last->kind, last->target, &now) : status;
    if (status != MARS_OK) {
        return status;
    }
    out->found = target_same(r->memory, last->kind, &now, &last->before)  ? FOUND_NOT_DONE
                 : target_same(r->memory, last->kind, &now, &last->after) ? FOUND_DONE
                                                                          : FOUND_CONFLICT;
    if (out->found == FOUND_CONFLICT && is_half_configured(last, &now)) {
        out->found = FOUND_NOT_DONE;
        return target_write(r->machine, r->memory, last->kind, last->target, &last->before);
    }
    if (out->found == FOUND_NOT_DONE && !last->before.present) {
        /* Its folders or keys are made before it: they are not to be left behind. */
        return target_remove_parents(r->machine, r->memory, last->kind, last->target, last->parents_created);
    }
    return out->found == FOUND_DONE ? finish(r, last, out) : MARS_OK;
}

static mars_status recover(recovery *r, journal_run *run) {
    journal_recovery found = {0};
    mars_status status = clean_up(r, run);
    status = status == MARS_OK ? look(r, run, &found) : status;
    /* Nobody looks again once it is written down: what was found must last as long as that. */
    if (status == MARS_OK && r->writer->flush != NULL) {
        status = r->writer->flush(r->machine, true);
    }
    status = status == MARS_OK ? journal_recovered(r->storage, r->id, &found) : status;
    run->found = status == MARS_OK ? found.found : FOUND_NOT_LOOKED;
    return status;
}

/* ---- All of them ---- */

static void note(const recovery *r, arena_vector *notes, const char *text) {
    const char **item = arena_push(notes);
    if (item != NULL) {
        *item = arena_printf(r->memory, "Run %s: %s", r->id, text);
    }
}

static mars_status look_after(recovery *r, arena_vector *notes) {
    journal_run run;
    mars_status status = journal_read(r->storage, r->id, r->memory, &run);
    if (status == MARS_E_NOT_FOUND) { /* it had not begun, so that it has changed nothing */
        return MARS_OK;
    }
    if (status == MARS_OK && (run.end != NULL || run.found != FOUND_NOT_LOOKED)) {
        return MARS_OK;
    }
    status = status == MARS_OK ? recover(r, &run) : status;
    if (status == MARS_E_NO_MEMORY) {
        return status;
    }
    note(r, notes,
         status == MARS_OK ? recovery_sentence(r->memory, &run)
                           : arena_printf(r->memory, "it could not be looked after: %s", error_message()));
    return MARS_OK;
}

mars_status recover_runs(host *machine, journal_storage *storage, const char *journal_path, arena *memory,
                         arena_vector *notes) {
    recovery r = {.machine = machine,
                  .writer = host_writer_of(machine),
                  .storage = storage,
                  .journal_path = journal_path,
                  .memory = memory};
    text_list names = {0};
    mars_status status = storage->list(storage, memory, &names);
    for (size_t i = 0; i < names.count && status == MARS_OK; i++) {
        r.id = names.items[i];
        status = journal_is_id(r.id) ? look_after(&r, notes) : MARS_OK;
    }
    return status == MARS_OK && arena_failed(memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while interrupted runs were looked after")
               : status;
}
