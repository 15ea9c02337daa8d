#include "repair/change.h"

#include "core/error.h"

#include <string.h>

/* One change under way. */
typedef struct change_work change_work;
struct change_work {
    operation_run *run;
    const host_writer *writer;
    change_record change;
    mars_status (*write)(change_work *work);
    bytes content;    /* of a file that is written */
    const char *back; /* a kept file that is put back; NULL: the file is removed */
    change_act act;
    void *user;
};

static mars_status no_memory(const change_work *work) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out before %s was changed", work->change.target);
}

/* ---- Before: what is there is kept and written down ---- */

static bool is_kept(const operation_run *run, const char *file) {
    const journal_kept *kept = run->kept.items;
    for (size_t i = 0; i < run->kept.count; i++) {
        if (strcmp(kept[i].file, file) == 0) {
            return true;
        }
    }
    return false;
}

static const char *kept_path(const operation_run *run, const char *name) {
    return arena_printf(run->memory, "%s/%s", run->folder, name);
}

/* Keeps a file that changes are made in. */
static mars_status keep_whole(change_work *work, const char *file) {
    operation_run *run = work->run;
    if (run->kept.item_size == 0) {
        run->kept = (arena_vector)ARENA_VECTOR(run->memory, journal_kept);
    }
    journal_kept kept = {.file = file, .name = journal_new_kept(run->journal)};
    if (kept.name == NULL) {
        return no_memory(work);
    }
    mars_status status = work->writer->file_keep(run->machine, file, kept_path(run, kept.name));
    status = status == MARS_OK ? work->writer->file_digest(run->machine, file, &kept.digest) : status;
    status = status == MARS_OK ? journal_kept_file(run->journal, &kept) : status;
    journal_kept *item = status == MARS_OK ? arena_push(&run->kept) : NULL;
    if (item != NULL) {
        *item = kept;
    }
    return status == MARS_OK && item == NULL ? no_memory(work) : status;
}

/* Makes the record of what is to be done durable. */
static mars_status intend(change_work *work) {
    operation_run *run = work->run;
    change_record *change = &work->change;
    const char *file = NULL;
    mars_status status = run->journal == NULL ? run->open_journal(run->user, &run->journal) : MARS_OK;
    if (status == MARS_OK && run->folder != NULL) {
        status = target_file(run->machine, run->memory, change->kind, change->target, &file);
    }
    if (status == MARS_OK && file != NULL && !is_kept(run, file)) {
        status = keep_whole(work, file);
    }
    if (status == MARS_OK && run->folder != NULL && change->kind == CHANGE_FILE && change->before.present) {
        const char *kept = journal_new_kept(run->journal);
        change->kept = kept != NULL ? arena_text(run->memory, kept) : NULL;
        status = kept != NULL ? MARS_OK : no_memory(work);
    }
    if (status == MARS_OK && arena_failed(run->memory)) {
        status = no_memory(work);
    }
    return status == MARS_OK ? journal_intend(run->journal, change) : status;
}

/* ---- The change ---- */

static mars_status act_on(change_work *work) {
    operation_run *run = work->run;
    const change_record *change = &work->change;
    mars_status status = MARS_OK;
    if (change->kept != NULL) {
        status = work->writer->file_keep(run->machine, change->target, kept_path(run, change->kept));
    }
    if (status == MARS_OK && change->kind == CHANGE_FILE && change->after.present) {
        status = target_make_folders(run->machine, run->memory, change->target, change->parents_created);
    }
    status = status == MARS_OK ? work->write(work) : status;
    if (status == MARS_OK && change->parents_removed > 0) {
        status = target_remove_parents(run->machine, run->memory, change->kind, change->target,
                                       change->parents_removed);
    }
    return status;
}

/* ---- After: what is there now is read and written down ---- */

static mars_status read_back(change_work *work) {
    operation_run *run = work->run;
    change_record *change = &work->change;
    const char *file = NULL;
    if (change->kind == CHANGE_EVENT) {
        change->read_back = change->after;
        return MARS_OK;
    }
    mars_status status =
        target_read(run->machine, run->memory, change->kind, change->target, &change->read_back);
    if (status == MARS_OK && run->kept.count > 0) {
        status = target_file(run->machine, run->memory, change->kind, change->target, &file);
    }
    if (status == MARS_OK && file != NULL) {
        status = work->writer->file_digest(run->machine, file, &change->file);
    }
    return status;
}

/* Writes down what is there now, even if that is not what was wanted; not if it is what was there before. */
static mars_status settle(change_work *work) {
    operation_run *run = work->run;
    change_record *change = &work->change;
    if (target_same(run->memory, change->kind, &change->read_back, &change->before)) {
        return MARS_OK;
    }
    mars_status status = journal_done(run->journal, &change->read_back, &change->file);
    change->done = status == MARS_OK;
    return status;
}

/* Folders that were made for a file which was not are not left behind. That may fail, too, and undo tries it
 * again. */
static void take_folders_back(const change_work *work) {
    const change_record *change = &work->change;
    if (change->kind == CHANGE_FILE && !change->before.present && !change->read_back.present) {
        (void)target_remove_parents(work->run->machine, work->run->memory, change->kind, change->target,
                                    change->parents_created);
    }
}

/* Where the change failed, what is there tells whether it was made all the same: behind the act itself there
 * is the flush, which can fail too. */
static mars_status carry_out(change_work *work) {
    operation_run *run = work->run;
    const change_record *change = &work->change;
    mars_status written = act_on(work);
    if (written != MARS_OK && change->kind == CHANGE_EVENT) {
        return written;
    }
    char message[MARS_ERROR_MESSAGE_SIZE] = "";
    if (written != MARS_OK) {
        (void)strncpy(message, error_message(), sizeof message - 1);
    }
    mars_status status = read_back(work);
    status = status == MARS_OK ? settle(work) : status;
    run->unsettled = status != MARS_OK;
    if (written != MARS_OK) {
        if (status == MARS_OK) {
            take_folders_back(work);
        }
        return error_set(written, "%s", message);
    }
    if (status == MARS_OK && !target_same(run->memory, change->kind, &change->read_back, &change->after)) {
        return error_set(MARS_E_UNREADABLE, "%s was changed, but what is there now is not what was written",
                         change->target);
    }
    return status;
}

static bool asked_to_stop(const operation_run *run) {
    return run->cancelled != NULL && run->cancelled(run->cancel_user);
}

static mars_status make(change_work *work) {
    operation_run *run = work->run;
    if (asked_to_stop(run)) {
        return error_set(MARS_E_CANCELLED, "cancelled before %s was changed", work->change.target);
    }
    mars_status status = run->what_if ? MARS_OK : intend(work);
    change_record *item = status == MARS_OK ? arena_push(&run->changes) : NULL;
    if (status == MARS_OK && item == NULL) {
        return no_memory(work);
    }
    if (status == MARS_OK && !run->what_if) {
        status = carry_out(work);
    }
    if (item != NULL) {
        *item = work->change;
    }
    return status;
}

/* Reads what is there. *same: it is what is wanted, so that nothing is to be done. */
static mars_status begin(change_work *work, operation_run *run, bool *same) {
    change_record *change = &work->change;
    work->run = run;
    work->writer = host_writer_of(run->machine);
    change->step = run->step;
    *same = true;
    mars_status status = target_allowed(change->kind, change->target);
    if (status == MARS_OK && work->writer == NULL) {
        return error_set(MARS_E_UNSUPPORTED, "%s cannot be changed from here", change->target);
    }
    if (status == MARS_OK) {
        status = target_read(run->machine, run->memory, change->kind, change->target, &change->before);
    }
    *same = status == MARS_OK && target_same(run->memory, change->kind, &change->before, &change->after);
    if (status == MARS_OK && !*same && change->after.present) {
        status = target_missing_parents(run->machine, run->memory, change->kind, change->target,
                                        &change->parents_created);
    }
    return status;
}

static mars_status begin_and_make(change_work *work, operation_run *run) {
    bool same = false;
    mars_status status = begin(work, run, &same);
    return status == MARS_OK && !same ? make(work) : status;
}

/* ---- Kinds ---- */

static mars_status write_state(change_work *work) {
    const change_record *change = &work->change;
    return target_write(work->run->machine, work->run->memory, change->kind, change->target, &change->after);
}

mars_status change_target_back(operation_run *run, change_kind kind, const char *target,
                               const change_state *after, uint32_t parents_removed) {
    change_work work = {.write = write_state};
    work.change =
        (change_record){.kind = kind, .target = target, .after = *after, .parents_removed = parents_removed};
    return begin_and_make(&work, run);
}

mars_status change_target(operation_run *run, change_kind kind, const char *target,
                          const change_state *after) {
    return change_target_back(run, kind, target, after, 0);
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

static mars_status write_content(change_work *work) {
    return work->writer->file_write != NULL
               ? work->writer->file_write(work->run->machine, work->change.target, work->content, NULL)
               : error_set(MARS_E_UNSUPPORTED, "%s cannot be changed from here", work->change.target);
}

mars_status change_file(operation_run *run, const char *path, bytes content) {
    change_work work = {.write = write_content, .content = content};
    digest_value value;
    if (!digest_of(DIGEST_SHA256, content.data, content.size, &value)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out before %s was changed", path);
    }
    work.change = (change_record){.kind = CHANGE_FILE,
                                  .target = arena_text(run->memory, path),
                                  .after = state_of_file(run->memory, &value)};
    return begin_and_make(&work, run);
}

static mars_status write_back(change_work *work) {
    host *machine = work->run->machine;
    return work->back != NULL ? work->writer->file_put_back(machine, work->back, work->change.target)
                              : work->writer->file_remove(machine, work->change.target);
}

mars_status change_file_back(operation_run *run, const char *path, const char *kept,
                             const change_state *after, uint32_t parents_removed) {
    change_work work = {.write = write_back, .back = kept};
    work.change = (change_record){
        .kind = CHANGE_FILE, .target = path, .after = *after, .parents_removed = parents_removed};
    return begin_and_make(&work, run);
}

/* ---- Events and notes ---- */

static change_state words(const operation_run *run, const char *text) {
    const char *copy = arena_text(run->memory, text);
    return (change_state){.present = true, .data = {(const uint8_t *)copy, strlen(copy)}};
}

static mars_status call_act(change_work *work) {
    return work->act(work->run->machine, work->writer, work->user);
}

mars_status change_event(operation_run *run, const char *target, const char *before, const char *after,
                         change_act act, void *user) {
    change_work work = {.run = run, .write = call_act, .act = act, .user = user};
    work.writer = host_writer_of(run->machine);
    work.change = (change_record){.step = run->step,
                                  .kind = CHANGE_EVENT,
                                  .target = arena_text(run->memory, target),
                                  .before = words(run, before),
                                  .after = words(run, after)};
    return work.writer != NULL ? make(&work)
                               : error_set(MARS_E_UNSUPPORTED, "%s cannot be changed from here", target);
}

void change_note(operation_run *run, const char *sentence) {
    if (run->notes.item_size == 0) {
        run->notes = (arena_vector)ARENA_VECTOR(run->memory, const char *);
    }
    const char **note = arena_push(&run->notes);
    if (note != NULL) {
        *note = arena_text(run->memory, sentence);
    }
}
