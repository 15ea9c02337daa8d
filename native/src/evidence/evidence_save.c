#include "core/error.h"
#include "core/instant.h"
#include "evidence/evidence_json.h"
#include "evidence/json_text.h"
#include "evidence/redaction.h"

#include <inttypes.h>

typedef struct saver {
    text_builder *out;
    redaction *hidden; /* NULL: nothing is hidden */
    int depth;
} saver;

static void save_record(saver *s, const record *table, const void *from);

/* A text that belongs to no field of its own: where, detail, an item of a public text. */
static void save_text(saver *s, const char *text, privacy how) {
    if (s->hidden != NULL) {
        text =
            how == PRIVACY_IDENTITY ? redaction_identity(s->hidden, text) : redaction_text(s->hidden, text);
    }
    json_text_add(s->out, text);
}

static void text_value(saver *s, const field *f, const fact *of) {
    save_text(s, ((const fact_text *)of)->value, f->privacy);
}

static void number_value(saver *s, const field *f, const fact *of) {
    (void)f;
    text_addf(s->out, "%" PRId64, ((const fact_number *)of)->value);
}

static void flag_value(saver *s, const field *f, const fact *of) {
    (void)f;
    text_add(s->out, ((const fact_flag *)of)->value ? "true" : "false");
}

static void time_value(saver *s, const field *f, const fact *of) {
    (void)f;
    char text[INSTANT_TEXT_SIZE];
    instant_format(((const fact_time *)of)->value, text);
    json_text_add(s->out, text);
}

static void texts_value(saver *s, const field *f, const fact *of) {
    const text_list *texts = &((const fact_texts *)of)->value;
    text_add_char(s->out, '[');
    for (size_t i = 0; i < texts->count; i++) {
        text_add(s->out, i > 0 ? ", " : "");
        save_text(s, texts->items[i], f->privacy);
    }
    text_add_char(s->out, ']');
}

static void list_value(saver *s, const field *f, const fact *of) {
    const fact_list *list = (const fact_list *)of;
    text_add_char(s->out, '[');
    s->depth++;
    for (size_t i = 0; i < list->count; i++) {
        text_add(s->out, i > 0 ? "," : "");
        json_line_add(s->out, s->depth);
        save_record(s, f->item, (const char *)list->items + i * f->item->size);
    }
    s->depth--;
    if (list->count > 0) {
        json_line_add(s->out, s->depth);
    }
    text_add_char(s->out, ']');
}

static void (*const value_savers[])(saver *, const field *, const fact *) = {
    [FIELD_text] = text_value, [FIELD_number] = number_value, [FIELD_flag] = flag_value,
    [FIELD_time] = time_value, [FIELD_texts] = texts_value,   [FIELD_list] = list_value,
};

/* Whether redaction leaves a known value out: raw text, and what identifies but is no text to stand in for.
 */
static bool left_out(const saver *s, const field *f) {
    bool text = f->kind == FIELD_text || f->kind == FIELD_texts;
    return s->hidden != NULL && (f->privacy == PRIVACY_RAW || (f->privacy == PRIVACY_IDENTITY && !text));
}

static void save_unknown(saver *s, unknown_reason reason) {
    text_add(s->out, "\"unknown\": ");
    json_text_add(s->out, unknown_reason_slug(reason));
}

static void save_optional(saver *s, const char *key, const char *text) {
    if (text != NULL) {
        text_addf(s->out, ", \"%s\": ", key);
        save_text(s, text, PRIVACY_PUBLIC);
    }
}

static void save_fact(saver *s, const field *f, const fact *of) {
    text_add_char(s->out, '{');
    if (of->state == FACT_KNOWN && left_out(s, f)) {
        save_unknown(s, REASON_REDACTED);
    } else if (of->state == FACT_KNOWN) {
        text_add(s->out, "\"value\": ");
        value_savers[f->kind](s, f, of);
    } else if (of->state == FACT_ABSENT) {
        text_add(s->out, "\"absent\": true");
    } else {
        save_unknown(s, of->reason);
    }
    save_optional(s, "where", of->where);
    save_optional(s, "detail", of->detail);
    text_add_char(s->out, '}');
}

static void save_record(saver *s, const record *table, const void *from) {
    size_t saved = 0;
    text_add_char(s->out, '{');
    s->depth++;
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        const fact *of = field_fact(f, from);
        if (!fact_never_collected(of)) {
            text_add(s->out, saved++ > 0 ? "," : "");
            json_line_add(s->out, s->depth);
            text_addf(s->out, "\"%s\": ", f->name);
            save_fact(s, f, of);
        }
    }
    s->depth--;
    if (saved > 0) {
        json_line_add(s->out, s->depth);
    }
    text_add_char(s->out, '}');
}

void evidence_save_record(text_builder *out, const record *table, const void *from, redaction *hidden,
                          int depth) {
    saver s = {.out = out, .hidden = hidden, .depth = depth};
    save_record(&s, table, from);
}

static bool group_collected(const record *table, const void *group) {
    for (size_t i = 0; i < table->count; i++) {
        if (!fact_never_collected(field_fact(&table->fields[i], group))) {
            return true;
        }
    }
    return false;
}

static void save_document(text_builder *out, const evidence *document, redaction *hidden) {
    text_addf(out, "{\n \"schema\": \"%s\",\n \"tool\": {\"name\": \"marshealth\"", EVIDENCE_SCHEMA);
    if (document->tool_version != NULL && document->tool_version[0] != '\0') {
        text_add(out, ", \"version\": ");
        json_text_add(out, document->tool_version);
    }
    text_add_char(out, '}');
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *row = &evidence_group_rows[i];
        const void *group = (const char *)document + row->offset;
        if (group_collected(row->record, group)) {
            text_addf(out, ",\n \"%s\": ", row->name);
            evidence_save_record(out, row->record, group, hidden, 1);
        }
    }
    text_add(out, "\n}\n");
}

mars_status evidence_save(text_builder *out, const evidence *document, bool redact) {
    redaction hidden = {0};
    if (redact) {
        redaction_make(&hidden, document);
    }
    save_document(out, document, redact ? &hidden : NULL);
    bool failed = text_builder_failed(out) || arena_failed(&hidden.memory);
    redaction_free(&hidden);
    return failed ? error_set(MARS_E_NO_MEMORY, "memory ran out while saving evidence") : MARS_OK;
}
