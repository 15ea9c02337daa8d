#include "repair/journal.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/instant.h"
#include "parse/base64.h"
#include "repair/journal_line.h"

#include <string.h>

enum { LINES_MAXIMUM = 64 * 1024 * 1024, BLOB_MAXIMUM = 1024 * 1024 * 1024, CHANGES_MAXIMUM = 1000000 };

typedef struct journal_reader {
    journal_storage *storage;
    const char *id;
    arena *memory;
    journal_run *out;
    arena_vector changes;
    size_t line; /* from 1 */
} journal_reader;

static mars_status damaged(const journal_reader *r, const char *what) {
    if (arena_failed(r->memory)) { /* then it only looks damaged */
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was read");
    }
    return error_set(MARS_E_MALFORMED, "the journal %s is damaged in line %zu: %s", r->id, r->line, what);
}

static const char *text_member(const journal_reader *r, const json_t *line, const char *name) {
    const char *text = json_string_value(json_object_get(line, name));
    return text != NULL ? arena_text(r->memory, text) : NULL;
}

static bool number_member(const json_t *line, const char *name, json_int_t maximum, json_int_t *out) {
    const json_t *number = json_object_get(line, name);
    *out = json_integer_value(number);
    return json_is_integer(number) && *out >= 0 && *out <= maximum;
}

/* ---- States ---- */

/* "blobs/<n>" and nothing else: a journal must not lead out of its folder. */
static bool is_blob_name(const char *name) {
    static const char prefix[] = "blobs/";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0) {
        return false;
    }
    const char *number = name + sizeof prefix - 1;
    return number[0] != '\0' && strlen(number) <= 9 && strspn(number, "0123456789") == strlen(number);
}

static mars_status read_blob(const journal_reader *r, const json_t *json, change_state *out) {
    const char *name = json_string_value(json_object_get(json, "blob"));
    const char *expected = json_string_value(json_object_get(json, "sha256"));
    if (name == NULL || expected == NULL || !is_blob_name(name)) {
        return damaged(r, "a state has neither data nor a blob");
    }
    mars_status status = r->storage->read(r->storage, arena_printf(r->memory, "%s/%s", r->id, name),
                                          BLOB_MAXIMUM, r->memory, &out->data);
    if (status != MARS_OK) {
        return status == MARS_E_NOT_FOUND ? damaged(r, "the blob it names is missing") : status;
    }
    digest_value value;
    if (!digest_of(DIGEST_SHA256, out->data.data, out->data.size, &value)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was read");
    }
    return strcmp(hex_lower(r->memory, value.data, value.size), expected) == 0
               ? MARS_OK
               : damaged(r, "the blob it names has changed");
}

static mars_status read_state(const journal_reader *r, const json_t *json, change_state *out) {
    *out = (change_state){0};
    if (json_is_null(json)) {
        return MARS_OK;
    }
    json_int_t type = 0;
    if (!json_is_object(json) || !number_member(json, "type", UINT32_MAX, &type)) {
        return damaged(r, "a state is missing");
    }
    out->present = true;
    out->type = (uint32_t)type;
    const json_t *data = json_object_get(json, "data");
    if (data == NULL) {
        return read_blob(r, json, out);
    }
    bool decoded = json_is_string(data) &&
                   base64_decode(json_string_value(data), json_string_length(data), r->memory, &out->data);
    return decoded ? MARS_OK : damaged(r, "a state's data is not base64");
}

/* ---- Lines ---- */

static mars_status read_head(journal_reader *r, const json_t *line) {
    journal_head *head = &r->out->head;
    bool has_zone = false;
    const char *started = json_string_value(json_object_get(line, "started"));
    *head = (journal_head){
        .id = text_member(r, line, "id"),
        .tool_version = text_member(r, line, "tool"),
        .computer_name = text_member(r, line, "computer_name"),
        .machine_guid = text_member(r, line, "machine_guid"),
        .mars_machine_id = text_member(r, line, "mars_machine_id"),
        .undoes = text_member(r, line, "undoes"),
        .plan_hash = text_member(r, line, "plan"),
    };
    if (head->id == NULL || strcmp(head->id, r->id) != 0 || head->tool_version == NULL || started == NULL ||
        !instant_parse(started, &head->started, &has_zone)) {
        return damaged(r, "it does not say which run this is");
    }
    return MARS_OK;
}

static bool kind_named(const char *name, change_kind *out) {
    for (int kind = 0; name != NULL && kind < CHANGE_KIND_COUNT; kind++) {
        if (strcmp(name, change_kind_name((change_kind)kind)) == 0) {
            *out = (change_kind)kind;
            return true;
        }
    }
    return false;
}

static change_record *last_change(const journal_reader *r) {
    change_record *changes = r->changes.items;
    return r->changes.count > 0 ? &changes[r->changes.count - 1] : NULL;
}

static mars_status read_intent(journal_reader *r, const json_t *line) {
    const change_record *previous = last_change(r);
    json_int_t number = 0;
    json_int_t step = 0;
    json_int_t keys = 0;
    change_record change = {.target = text_member(r, line, "target")};
    if (!number_member(line, "number", CHANGES_MAXIMUM, &number) || (size_t)number != r->changes.count + 1 ||
        (previous != NULL && !previous->done)) {
        return damaged(r, "its changes do not follow each other");
    }
    if (change.target == NULL ||
        !kind_named(json_string_value(json_object_get(line, "change")), &change.kind) ||
        !number_member(line, "step", INT32_MAX, &step) ||
        !number_member(line, "keys_created", UINT16_MAX, &keys)) {
        return damaged(r, "it does not say what is to be changed");
    }
    change.step = (uint64_t)step;
    change.keys_created = (uint32_t)keys;
    mars_status status = read_state(r, json_object_get(line, "before"), &change.before);
    if (status == MARS_OK) {
        status = read_state(r, json_object_get(line, "after"), &change.after);
    }
    change_record *kept = status == MARS_OK ? arena_push(&r->changes) : NULL;
    if (kept != NULL) {
        *kept = change;
    }
    return status;
}

static mars_status read_done(journal_reader *r, const json_t *line) {
    change_record *change = last_change(r);
    json_int_t number = 0;
    if (change == NULL || change->done || !number_member(line, "number", CHANGES_MAXIMUM, &number) ||
        (size_t)number != r->changes.count) {
        return damaged(r, "it ends a change that was not begun");
    }
    change->done = true;
    return read_state(r, json_object_get(line, "read_back"), &change->read_back);
}

static mars_status read_end(journal_reader *r, const json_t *line) {
    r->out->end = text_member(r, line, "state");
    return r->out->end != NULL ? MARS_OK : damaged(r, "it does not say how the run ended");
}

static mars_status read_line(journal_reader *r, const json_t *line) {
    static const struct {
        const char *kind;
        mars_status (*read)(journal_reader *r, const json_t *line);
    } kinds[] = {{"run", read_head}, {"intent", read_intent}, {"done", read_done}, {"end", read_end}};
    const char *kind = json_string_value(json_object_get(line, "kind"));
    if (r->out->end != NULL) {
        return damaged(r, "it stands behind the end");
    }
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kind, kinds[i].kind) == 0) {
            return (i == 0) == (r->line == 1) ? kinds[i].read(r, line)
                                              : damaged(r, "the line \"run\" must be the first, and only it");
        }
    }
    return damaged(r, "it is of an unknown kind");
}

/* Trailing NULs are room that was reserved and never written. */
static size_t written_size(bytes data) {
    size_t size = data.size;
    while (size > 0 && data.data[size - 1] == 0) {
        size--;
    }
    return size;
}

static mars_status read_lines(journal_reader *r, const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : size - at;
        json_t *line = journal_line_parse(text + at, length);
        r->line++;
        at += length + (end != NULL);
        if (line == NULL || end == NULL) {
            json_decref(line);
            r->out->torn = at >= size;
            return at >= size ? MARS_OK : damaged(r, "it is not what was written");
        }
        mars_status status = read_line(r, line);
        json_decref(line);
        if (status != MARS_OK) {
            return status;
        }
    }
    return MARS_OK;
}

mars_status journal_read(journal_storage *storage, const char *id, arena *memory, journal_run *out) {
    *out = (journal_run){0};
    bytes data = {0};
    journal_reader r = {.storage = storage,
                        .id = id,
                        .memory = memory,
                        .out = out,
                        .changes = ARENA_VECTOR(memory, change_record)};
    mars_status status =
        storage->read(storage, arena_printf(memory, "%s/run.jsonl", id), LINES_MAXIMUM, memory, &data);
    if (status == MARS_OK) {
        status = read_lines(&r, (const char *)data.data, written_size(data));
    }
    out->changes = r.changes.items;
    out->change_count = r.changes.count;
    if (status == MARS_OK && out->head.id == NULL) {
        r.line = 1;
        status = out->torn || data.size == 0
                     ? error_set(MARS_E_NOT_FOUND, "the run %s was interrupted before it began", id)
                     : damaged(&r, "it does not say which run this is");
    }
    return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was read")
                                : status;
}
