#include "repair/run.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/version.h"
#include "repair/recovery.h"
#include "repair/run_id.h"

#include <string.h>
#include <time.h>

/* ---- The journal ---- */

mars_status run_journals(host *machine, arena *memory, bool make, journal_storage **storage,
                         const char **path) {
    const host_writer *writer = host_writer_of(machine);
    journal_place place = {.descriptor = -1};
    *storage = NULL;
    *path = NULL;
    if (writer == NULL || writer->journal_folder == NULL) {
        return error_set(MARS_E_UNSUPPORTED, "%s keeps no journals: it cannot be changed from here",
                         machine->source_name);
    }
    mars_status status = writer->journal_folder(machine, make, memory, &place);
    if (status != MARS_OK) {
        return status;
    }
    status = journal_storage_open(storage, &place);
    if (status == MARS_OK && place.decorate != NULL) {
        *storage = place.decorate(*storage);
    }
    *path = place.path;
    if (status == MARS_OK && arena_failed(memory)) {
        (*storage)->close(*storage);
        *storage = NULL;
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while the journals were opened");
    }
    return status;
}

static uint16_t random_bits(const repair_run *run) {
    struct {
        uint64_t time;
        const void *address;
    } seed;
    digest_value value = {0};
    memset(&seed, 0, sizeof seed);
    seed.time = clock_ticks();
    seed.address = run;
    (void)digest_of(DIGEST_SHA256, &seed, sizeof seed, &value);
    return (uint16_t)(value.data[0] << 8 | value.data[1]);
}

static mars_status new_id(repair_run *run, int64_t now) {
    text_list names = {0};
    const char *newest = NULL;
    mars_status status = run->storage->list(run->storage, run->memory, &names);
    for (size_t i = 0; i < names.count && status == MARS_OK; i++) {
        if (journal_is_id(names.items[i]) && (newest == NULL || strcmp(names.items[i], newest) > 0)) {
            newest = names.items[i];
        }
    }
    run->id = run_id_new(run->memory, now, random_bits(run), newest);
    run->changing.folder = arena_printf(run->memory, "%s\\%s", run->journal_path, run->id);
    return status == MARS_OK && arena_failed(run->memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out before the journal was begun")
               : status;
}

static mars_status open_journal(void *user, journal **out) {
    repair_run *run = user;
    int64_t now = (int64_t)time(NULL);
    mars_status status = new_id(run, now);
    const journal_head head = {
        .id = run->id,
        .tool_version = MARSHEALTH_VERSION,
        .computer_name = run->identity.computer_name,
        .machine_guid = run->identity.machine_guid,
        .mars_machine_id = run->identity.mars_machine_id,
        .undoes = run->undoes,
        .plan_hash = run->plan_hash,
        .planned = run->planned,
        .started = now,
    };
    status = status == MARS_OK ? journal_begin(out, run->storage, &head) : status;
    if (status != MARS_OK) {
        run->id = NULL;
    }
    return status;
}

/* ---- Begin and end ---- */

static void give_back(repair_run *run) {
    journal_close(run->changing.journal);
    run->changing.journal = NULL;
    if (run->storage != NULL) {
        run->storage->close(run->storage);
        run->storage = NULL;
    }
    if (run->locked) {
        host_writer_of(run->machine)->unlock(run->machine);
        run->locked = false;
    }
}

static mars_status lock_and_recover(repair_run *run) {
    const host_writer *writer = host_writer_of(run->machine);
    arena_vector notes = ARENA_VECTOR(run->memory, const char *);
    mars_status status = writer->lock(run->machine);
    run->locked = status == MARS_OK;
    if (status == MARS_OK) {
        status = run_journals(run->machine, run->memory, true, &run->storage, &run->journal_path);
    }
    if (status == MARS_OK) {
        status = recover_runs(run->machine, run->storage, run->journal_path, run->memory, &notes);
    }
    run->recovered = (text_list){.items = notes.items, .count = notes.count};
    return status;
}

mars_status run_begin(repair_run *run, host *machine, arena *memory, const run_options *options) {
    *run = (repair_run){
        .machine = machine, .memory = memory, .undoes = options->undoes, .plan_hash = options->plan_hash};
    run->changing = (operation_run){
        .machine = machine,
        .memory = memory,
        .what_if = options->what_if,
        .open_journal = open_journal,
        .user = run,
        .changes = ARENA_VECTOR(memory, change_record),
        .kept = ARENA_VECTOR(memory, journal_kept),
        .notes = ARENA_VECTOR(memory, const char *),
        .cancelled = options->cancelled,
        .cancel_user = options->user,
    };
    if (host_writer_of(machine) == NULL || host_writer_of(machine)->lock == NULL) {
        return error_set(MARS_E_UNSUPPORTED, "%s cannot be changed from here", machine->source_name);
    }
    mars_status status = options->what_if ? MARS_OK : lock_and_recover(run);
    if (status == MARS_OK) {
        run->identity = machine_identity_of(machine, memory);
        status = arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out before the run was begun")
                                      : MARS_OK;
    }
    if (status != MARS_OK) {
        give_back(run);
    }
    return status;
}

mars_status run_end(repair_run *run, const char *state) {
    const host_writer *writer = host_writer_of(run->machine);
    mars_status status = MARS_OK;
    if (run->changing.journal != NULL) {
        status = writer->flush != NULL ? writer->flush(run->machine, false) : MARS_OK;
        if (status == MARS_OK && !run->changing.unsettled) {
            status = journal_end(run->changing.journal, state);
        }
    }
    give_back(run);
    return status;
}
