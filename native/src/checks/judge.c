#include "checks/judgement.h"

#include <string.h>

const check_settings *judge_settings(const judgement *j) {
    return j->settings;
}

arena *judge_memory(judgement *j) {
    return j->memory;
}

said *judge_say(judgement *j, const char *subject, const char *slug) {
    const verdict *said_verdict = check_verdict(j->check, slug);
    said **place = said_verdict != NULL ? arena_push(&j->said) : NULL;
    said *s = place != NULL ? arena_alloc(j->memory, sizeof *s) : NULL;
    if (place != NULL) {
        *place = s;
    }
    if (s == NULL) {
        arena_set_failed(j->memory);
        s = &j->lost;
    }
    *s = (said){
        .subject = subject != NULL ? arena_text(j->memory, subject) : NULL,
        .verdict = said_verdict,
        .values = ARENA_VECTOR(j->memory, finding_value),
        .where = ARENA_VECTOR(j->memory, const char *),
    };
    return s;
}

/* Why a fact is unknown, in one piece. What is said of a missing capture says so itself. */
static const char *why_unknown(arena *memory, const fact *why) {
    const char *reason = unknown_reason_sentence(why->reason);
    if (why->detail == NULL) {
        return reason;
    }
    return why->reason == REASON_NO_CAPTURE ? why->detail
                                            : arena_printf(memory, "%s: %s", reason, why->detail);
}

said *judge_unknown(judgement *j, const char *subject, const char *what, const fact *why) {
    said *s = judge_say(j, subject, "unknown");
    say_text(s, "what", what);
    say_text(s, "reason", unknown_reason_sentence(why->reason));
    say_text(s, "detail", why->detail != NULL ? why->detail : "");
    say_text(s, "why", why_unknown(j->memory, why));
    say_where(s, why);
    return s;
}

static finding_value *new_value(said *s, const char *name, value_kind kind) {
    finding_value *value = arena_push(&s->values);
    if (value != NULL) {
        value->name = name;
        value->kind = kind;
    }
    return value;
}

void say_text(said *s, const char *name, const char *text) {
    finding_value *value = new_value(s, name, VALUE_TEXT);
    if (value != NULL) {
        value->text = arena_text(s->values.memory, text != NULL ? text : "");
    }
}

static void say_integer(said *s, const char *name, value_kind kind, int64_t number) {
    finding_value *value = new_value(s, name, kind);
    if (value != NULL) {
        value->number = number;
    }
}

void say_number(said *s, const char *name, int64_t value) {
    say_integer(s, name, VALUE_NUMBER, value);
}

void say_bytes(said *s, const char *name, int64_t value) {
    say_integer(s, name, VALUE_BYTES, value);
}

void say_time(said *s, const char *name, int64_t value) {
    say_integer(s, name, VALUE_TIME, value);
}

void say_texts(said *s, const char *name, const text_list *texts) {
    finding_value *value = new_value(s, name, VALUE_TEXTS);
    const char **copies = arena_array(s->values.memory, texts->count, sizeof *copies);
    if (value == NULL || copies == NULL) {
        return;
    }
    for (size_t i = 0; i < texts->count; i++) {
        copies[i] = arena_text(s->values.memory, texts->items[i]);
    }
    value->texts = (text_list){.items = copies, .count = texts->count};
}

void say_where(said *s, const fact *read) {
    if (read->where == NULL) {
        return;
    }
    const char **places = s->where.items;
    for (size_t i = 0; i < s->where.count; i++) {
        if (strcmp(places[i], read->where) == 0) {
            return;
        }
    }
    const char **place = arena_push(&s->where);
    if (place != NULL) {
        *place = arena_text(s->where.memory, read->where);
    }
}
