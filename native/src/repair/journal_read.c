#include "repair/journal.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/instant.h"
#include "parse/base64.h"
#include "repair/journal_line.h"

#include <string.h>

enum { LINES_MAXIMUM = 64 * 1024 * 1024, BLOB_MAXIMUM = 1024 * 1024 * 1024, CHANGES_MAXIMUM = 1000000 };
enum { PARENTS_MAXIMUM = 512, RECOVERED_MAXIMUM = 64 * 1024 };

typedef struct journal_reader {
    journal_storage *storage;
    const char *id;
    arena *memory;
    journal_run *out;
    arena_vector changes;
    arena_vector kept;
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

/* "blobs/<n>" or "kept/<n>" and nothing else: a journal must not lead out of its folder. */
static bool is_numbered(const char *prefix, const char *name) {
    if (strncmp(name, prefix, strlen(prefix)) != 0) {
        return false;
    }
    const char *number = name + strlen(prefix);
    return number[0] != '\0' && strlen(number) <= 9 && strspn(number, "0123456789") == strlen(number);
}

static mars_status read_blob(const journal_reader *r, const json_t *json, change_state *out) {
    const char *name = json_string_value(json_object_get(json, "blob"));
    const char *expected = json_string_value(json_object_get(json, "sha256"));
    if (name == NULL || expected == NULL || !is_numbered("blobs/", name)) {
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

/* A SHA-256 in hexadecimal digits; null is an empty one. */
static bool read_digest(const json_t *json, digest_value *out) {
    static const char digits[] = "0123456789abcdef";
    const char *text = json_string_value(json);
    size_t size = digest_size(DIGEST_SHA256);
    *out = (digest_value){0};
    if (json_is_null(json)) {
        return true;
    }
    if (text == NULL || strlen(text) != 2 * size || strspn(text, digits) != 2 * size) {
        return false;
    }
    for (size_t i = 0; i < 2 * size; i++) {
        out->data[i / 2] = (uint8_t)(out->data[i / 2] << 4 | (strchr(digits, text[i]) - digits));
    }
    out->size = size;
    return true;
}

/* ---- Lines ---- */

static mars_status read_head(journal_reader *r, const json_t *line) {
    journal_head *head = &r->out->head;
    bool has_zone = false;
    json_int_t planned = 0;
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
        !instant_parse(started, &head->started, &has_zone) ||
        (head->undoes != NULL && !journal_is_id(head->undoes)) ||
        !number_member(line, "planned", CHANGES_MAXIMUM, &planned)) {
        return damaged(r, "it does not say which run this is");
    }
    head->planned = (uint64_t)planned;
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

/* A file that cannot be of this kind. */
static bool state_fits(change_kind kind, const change_state *state) {
    return kind != CHANGE_FILE || !state->present || state->data.size == digest_size(DIGEST_SHA256);
}

static mars_status read_intent(journal_reader *r, const json_t *line) {
    const change_record *previous = last_change(r);
    const json_t *named = json_object_get(line, "kept");
    json_int_t number = 0;
    json_int_t step = 0;
    json_int_t created = 0;
    json_int_t removed = 0;
    change_record change = {.target = text_member(r, line, "target"), .kept = text_member(r, line, "kept")};
    if (!number_member(line, "number", CHANGES_MAXIMUM, &number) || (size_t)number != r->changes.count + 1 ||
        (previous != NULL && !previous->done)) {
        return damaged(r, "its changes do not follow each other");
    }
    if (change.target == NULL ||
        !kind_named(json_string_value(json_object_get(line, "change")), &change.kind) ||
        !number_member(line, "step", INT32_MAX, &step) ||
        !number_member(line, "parents_created", PARENTS_MAXIMUM, &created) ||
        !number_member(line, "parents_removed", PARENTS_MAXIMUM, &removed)) {
        return damaged(r, "it does not say what is to be changed");
    }
    if (change.kept != NULL ? !is_numbered("kept/", change.kept) : !json_is_null(named)) {
        return damaged(r, "it does not say what was kept");
    }
    change.step = (uint64_t)step;
    change.parents_created = (uint32_t)created;
    change.parents_removed = (uint32_t)removed;
    mars_status status = read_state(r, json_object_get(line, "before"), &change.before);
    if (status == MARS_OK) {
        status = read_state(r, json_object_get(line, "after"), &change.after);
    }
    if (status == MARS_OK &&
        !(state_fits(change.kind, &change.before) && state_fits(change.kind, &change.after))) {
        return damaged(r, "a file's state is no SHA-256");
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
    if (!read_digest(json_object_get(line, "file"), &change->file)) {
        return damaged(r, "it does not say what became of the file");
    }
    change->done = true;
    return read_state(r, json_object_get(line, "read_back"), &change->read_back);
}

static mars_status read_kept(journal_reader *r, const json_t *line) {
    journal_kept kept = {.file = text_member(r, line, "file"), .name = text_member(r, line, "name")};
    if (kept.file == NULL || kept.name == NULL || !is_numbered("kept/", kept.name) ||
        !read_digest(json_object_get(line, "sha256"), &kept.digest)) {
        return damaged(r, "it does not say what was kept");
    }
    journal_kept *item = arena_push(&r->kept);
    if (item != NULL) {
        *item = kept;
    }
    return MARS_OK;
}

static mars_status read_end(journal_reader *r, const json_t *line) {
    r->out->end = text_member(r, line, "state");
    return r->out->end != NULL ? MARS_OK : damaged(r, "it does not say how the run ended");
}

static mars_status read_line(journal_reader *r, const json_t *line) {
    static const struct {
        const char *kind;
        mars_status (*read)(journal_reader *r, const json_t *line);
    } kinds[] = {{"run", read_head},
                 {"intent", read_intent},
                 {"done", read_done},
                 {"kept", read_kept},
                 {"end", read_end}};
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

/* ---- What recovery found ---- */

static bool found_named(const char *name, journal_found *out) {
    for (int found = FOUND_BETWEEN; name != NULL && found < JOURNAL_FOUND_COUNT; found++) {
        if (strcmp(name, journal_found_name((journal_found)found)) == 0) {
            *out = (journal_found)found;
            return true;
        }
    }
    return false;
}

/* Whether what is said can be said of the run: a run whose last change is done has none under way. */
static bool fits_run(const journal_reader *r, journal_found found) {
    const change_record *last = last_change(r);
    bool under_way = last != NULL && !last->done;
    return under_way == (found != FOUND_BETWEEN);
}

static bool take_recovery(journal_reader *r, const char *text, size_t size) {
    const char *end = memchr(text, '\n', size);
    json_t *line = end != NULL ? journal_line_parse(text, (size_t)(end - text)) : NULL;
    const char *kind = json_string_value(json_object_get(line, "kind"));
    journal_recovery recovery = {0};
    bool good = kind != NULL && strcmp(kind, "recovered") == 0 &&
                found_named(json_string_value(json_object_get(line, "found")), &recovery.found) &&
                read_digest(json_object_get(line, "file"), &recovery.file) && fits_run(r, recovery.found);
    json_decref(line);
    if (good) {
        r->out->found = recovery.found;
    }
    if (good && recovery.found == FOUND_DONE) {
        change_record *last = last_change(r);
        last->done = true;
        last->read_back = last->after;
        last->file = recovery.file;
    }
    return good;
}

static mars_status read_recovery(journal_reader *r) {
    for (unsigned n = 1; n <= JOURNAL_RECOVERED_FILES; n++) {
        bytes data = {0};
        mars_status status = r->storage->read(r->storage, journal_recovered_name(r->memory, r->id, n),
                                              RECOVERED_MAXIMUM, r->memory, &data);
        if (status == MARS_E_NOT_FOUND) {
            return MARS_OK;
        }
        if (status != MARS_OK && status != MARS_E_TOO_LARGE) {
            return status;
        }
        if (status == MARS_OK && data.size > 0 && take_recovery(r, (const char *)data.data, data.size)) {
            return MARS_OK;
        }
    }
    return MARS_OK;
}

/* ---- A run ---- */

bool journal_is_id(const char *name) {
    static const char form[] = "00000000T000000Z-";
    enum { SUFFIX_MAXIMUM = 8 };
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (form[i] == '0' ? !digit : name[i] != form[i]) {
            return false;
        }
    }
    const char *suffix = name + sizeof form - 1;
    size_t length = strspn(suffix, "0123456789abcdef");
    return length > 0 && length <= SUFFIX_MAXIMUM && suffix[length] == '\0';
}

mars_status journal_read(journal_storage *storage, const char *id, arena *memory, journal_run *out) {
    *out = (journal_run){0};
    bytes data = {0};
    journal_reader r = {.storage = storage,
                        .id = id,
                        .memory = memory,
                        .out = out,
                        .changes = ARENA_VECTOR(memory, change_record),
                        .kept = ARENA_VECTOR(memory, journal_kept)};
    mars_status status =
        storage->read(storage, arena_printf(memory, "%s/run.jsonl", id), LINES_MAXIMUM, memory, &data);
    if (status == MARS_OK) {
        status = read_lines(&r, (const char *)data.data, written_size(data));
    }
    if (status == MARS_OK && out->end == NULL && out->head.id != NULL) {
        status = read_recovery(&r);
    }
    out->changes = r.changes.items;
    out->kept = r.kept.items;
    out->kept_count = r.kept.count;
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
