#include "repair/journal.h"

#include "core/alloc.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/instant.h"
#include "parse/base64.h"
#include "repair/journal_line.h"

#include <string.h>

enum {
    INLINE_MAXIMUM = 1024, /* longer states live in blobs */
    RESERVED = 64 * 1024,  /* so that a full disk stops a run before a change, not after */
};

static const char *const kind_names[CHANGE_KIND_COUNT] = {
    [CHANGE_REGISTRY_VALUE] = "registry-value", [CHANGE_FILE] = "file",   [CHANGE_TASK] = "task",
    [CHANGE_SERVICE_CONFIG] = "service",        [CHANGE_EVENT] = "event",
};

const char *change_kind_name(change_kind kind) {
    return kind_names[kind];
}

bool change_state_equal(const change_state *a, const change_state *b) {
    if (a->present != b->present) {
        return false;
    }
    return !a->present || (a->type == b->type && a->data.size == b->data.size &&
                           (a->data.size == 0 || memcmp(a->data.data, b->data.data, a->data.size) == 0));
}

struct journal {
    journal_storage *storage;
    arena memory;
    const char *folder;
    const char *lines; /* path of run.jsonl */
    uint64_t blobs;
    uint64_t kept;
    uint64_t changes;
};

static mars_status no_memory(void) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was written");
}

/* null for a digest that is none */
static json_t *digest_json(journal *run, const digest_value *value) {
    return value->size > 0 ? json_string(hex_lower(&run->memory, value->data, value->size)) : json_null();
}

static const char *digest_text(arena *memory, bytes data) {
    digest_value value;
    return digest_of(DIGEST_SHA256, data.data, data.size, &value) ? hex_lower(memory, value.data, value.size)
                                                                  : NULL;
}

/* A long state goes into a blob of its own, durable before the line that names it. */
static mars_status write_blob(journal *run, bytes data, const char **name) {
    *name = arena_printf(&run->memory, "blobs/%llu", (unsigned long long)run->blobs++);
    const char *path = arena_printf(&run->memory, "%s/%s", run->folder, *name);
    if (arena_failed(&run->memory)) {
        return no_memory();
    }
    mars_status status = run->storage->create(run->storage, path, data.size);
    if (status == MARS_OK) {
        status = run->storage->append(run->storage, path, data);
    }
    if (status == MARS_OK) {
        status = run->storage->flush(run->storage, path);
    }
    return status == MARS_OK
               ? run->storage->flush_folder(run->storage, arena_printf(&run->memory, "%s/blobs", run->folder))
               : status;
}

/* *out: the state as JSON; null for an absent target. */
static mars_status state_json(journal *run, const change_state *state, json_t **out) {
    if (!state->present) {
        *out = json_null();
        return MARS_OK;
    }
    *out = json_pack("{s:I}", "type", (json_int_t)state->type);
    if (state->data.size <= INLINE_MAXIMUM) {
        text_builder encoded = {0};
        base64_add(&encoded, state->data);
        int failed = text_builder_failed(&encoded) ||
                     json_object_set_new(*out, "data", json_string(text_builder_text(&encoded))) != 0;
        text_builder_free(&encoded);
        return failed ? no_memory() : MARS_OK;
    }
    const char *blob = NULL;
    mars_status status = write_blob(run, state->data, &blob);
    const char *sha256 = status == MARS_OK ? digest_text(&run->memory, state->data) : NULL;
    if (status == MARS_OK &&
        (sha256 == NULL || json_object_set_new(*out, "blob", json_string(blob)) != 0 ||
         json_object_set_new(*out, "sha256", json_string(sha256)) != 0 ||
         json_object_set_new(*out, "size", json_integer((json_int_t)state->data.size)) != 0)) {
        return no_memory();
    }
    return status;
}

/* Appends one durable line. */
static mars_status write_line(journal *run, json_t *object) {
    text_builder line = {0};
    journal_line_add(&line, object);
    mars_status status = text_builder_failed(&line) ? no_memory() : MARS_OK;
    if (status == MARS_OK) {
        const bytes data = {.data = (const uint8_t *)line.data, .size = line.length};
        status = run->storage->append(run->storage, run->lines, data);
    }
    text_builder_free(&line);
    return status == MARS_OK ? run->storage->flush(run->storage, run->lines) : status;
}

static json_t *optional_text(const char *text) {
    return text != NULL ? json_string(text) : json_null();
}

static json_t *head_json(const journal_head *head) {
    char started[INSTANT_TEXT_SIZE];
    instant_format(head->started, started);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I}", "kind", "run", "id", head->id,
                     "tool", head->tool_version, "started", started, "computer_name",
                     optional_text(head->computer_name), "machine_guid", optional_text(head->machine_guid),
                     "mars_machine_id", optional_text(head->mars_machine_id), "undoes",
                     optional_text(head->undoes), "plan", optional_text(head->plan_hash), "planned",
                     (json_int_t)head->planned);
}

static mars_status make_run(journal *run, const journal_head *head) {
    journal_storage *storage = run->storage;
    run->folder = arena_text(&run->memory, head->id);
    run->lines = arena_printf(&run->memory, "%s/run.jsonl", head->id);
    const char *blobs = arena_printf(&run->memory, "%s/blobs", head->id);
    const char *kept = arena_printf(&run->memory, "%s/kept", head->id);
    if (arena_failed(&run->memory)) {
        return no_memory();
    }
    mars_status status = storage->make_folder(storage, run->folder);
    if (status == MARS_OK) {
        status = storage->make_folder(storage, blobs);
    }
    if (status == MARS_OK) {
        status = storage->make_folder(storage, kept);
    }
    if (status == MARS_OK) {
        status = storage->create(storage, run->lines, RESERVED);
    }
    if (status == MARS_OK) {
        status = write_line(run, head_json(head));
    }
    if (status == MARS_OK) {
        status = storage->flush_folder(storage, run->folder);
    }
    return status == MARS_OK ? storage->flush_folder(storage, "") : status;
}

mars_status journal_begin(journal **out, journal_storage *storage, const journal_head *head) {
    *out = NULL;
    journal *run = mem_alloc(sizeof *run);
    if (run == NULL) {
        return no_memory();
    }
    run->storage = storage;
    mars_status status = make_run(run, head);
    if (status != MARS_OK) {
        journal_close(run);
        return status;
    }
    *out = run;
    return MARS_OK;
}

const char *journal_new_kept(journal *run) {
    const char *name = arena_printf(&run->memory, "kept/%llu", (unsigned long long)run->kept + 1);
    if (arena_failed(&run->memory)) {
        return NULL;
    }
    run->kept++;
    return name;
}

mars_status journal_kept_file(journal *run, const journal_kept *kept) {
    return write_line(run, json_pack("{s:s, s:s, s:s, s:o}", "kind", "kept", "file", kept->file, "name",
                                     kept->name, "sha256", digest_json(run, &kept->digest)));
}

mars_status journal_intend(journal *run, const change_record *intent) {
    json_t *before = NULL;
    json_t *after = NULL;
    mars_status status = state_json(run, &intent->before, &before);
    if (status == MARS_OK) {
        status = state_json(run, &intent->after, &after);
    }
    if (status != MARS_OK) {
        json_decref(before);
        json_decref(after);
        return status;
    }
    return write_line(
        run, json_pack("{s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:I, s:I, s:o}", "kind", "intent", "number",
                       (json_int_t)++run->changes, "step", (json_int_t)intent->step, "change",
                       change_kind_name(intent->kind), "target", intent->target, "before", before, "after",
                       after, "parents_created", (json_int_t)intent->parents_created, "parents_removed",
                       (json_int_t)intent->parents_removed, "kept", optional_text(intent->kept)));
}

mars_status journal_done(journal *run, const change_state *read_back, const digest_value *file) {
    json_t *state = NULL;
    mars_status status = state_json(run, read_back, &state);
    if (status != MARS_OK) {
        json_decref(state);
        return status;
    }
    return write_line(run,
                      json_pack("{s:s, s:I, s:o, s:o}", "kind", "done", "number", (json_int_t)run->changes,
                                "read_back", state, "file", digest_json(run, file)));
}

mars_status journal_end(journal *run, const char *state) {
    return write_line(run, json_pack("{s:s, s:s}", "kind", "end", "state", state));
}

void journal_close(journal *run) {
    if (run != NULL) {
        arena_free(&run->memory);
        mem_free(run);
    }
}

/* ---- Recovery ---- */

static const char *const found_names[JOURNAL_FOUND_COUNT] = {[FOUND_BETWEEN] = "between",
                                                             [FOUND_NOT_DONE] = "not-done",
                                                             [FOUND_DONE] = "done",
                                                             [FOUND_CONFLICT] = "conflict",
                                                             [FOUND_UNCLEAR] = "unclear"};

const char *journal_found_name(journal_found found) {
    return found_names[found];
}

const char *journal_recovered_name(arena *memory, const char *id, unsigned number) {
    return number == 1 ? arena_printf(memory, "%s/recovered.jsonl", id)
                       : arena_printf(memory, "%s/recovered-%u.jsonl", id, number);
}

/* The first file that is not there yet: those before it are torn, else nobody would ask. */
static mars_status make_recovered(journal *run) {
    mars_status status = MARS_E_TOO_LARGE;
    for (unsigned n = 1; n <= JOURNAL_RECOVERED_FILES; n++) {
        bytes there = {0};
        run->lines = journal_recovered_name(&run->memory, run->folder, n);
        if (arena_failed(&run->memory)) {
            return no_memory();
        }
        status = run->storage->read(run->storage, run->lines, 0, &run->memory, &there);
        if (status == MARS_E_NOT_FOUND) {
            return run->storage->create(run->storage, run->lines, 0);
        }
        if (status == MARS_OK) { /* it is there, and empty */
            return MARS_OK;
        }
    }
    return status;
}

mars_status journal_recovered(journal_storage *storage, const char *id, const journal_recovery *recovery) {
    journal run = {.storage = storage};
    run.folder = arena_text(&run.memory, id);
    mars_status status = make_recovered(&run);
    if (status == MARS_OK) {
        status = write_line(&run, json_pack("{s:s, s:s, s:o}", "kind", "recovered", "found",
                                            journal_found_name(recovery->found), "file",
                                            digest_json(&run, &recovery->file)));
    }
    if (status == MARS_OK) {
        status = storage->flush_folder(storage, run.folder);
    }
    arena_free(&run.memory);
    return status;
}
