/* Reading a plan. It comes from people and other programs, so whatever is not exactly what a plan has is
 * refused by name: a misspelt "take" must not be lost in silence. */
#include "core/error.h"
#include "core/instant.h"
#include "repair/plan_build.h"
#include "report/display.h"

#include <string.h>

enum { SHOWN_MAX = 60 };

typedef struct plan_loader {
    plan *made;
    arena *memory;
    const char *name;
    arena_vector drafts; /* of plan_draft_step */
    size_t step;         /* the one being read, from 1; 0: none */
    mars_status status;
} plan_loader;

/* A text of the document as a message may show it. */
static const char *shown(plan_loader *l, const char *text) {
    text_builder out = {0};
    (void)display_add(&out, text, SHOWN_MAX);
    const char *result = arena_text(l->memory, text_builder_text(&out));
    text_builder_free(&out);
    return result;
}

static bool refuse(plan_loader *l, mars_status code, const char *format, ...) PRINTF_LIKE(3, 4);
static bool refuse(plan_loader *l, mars_status code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *complaint = arena_vprintf(l->memory, format, arguments);
    va_end(arguments);
    const char *place = l->step > 0 ? arena_printf(l->memory, "step %zu: ", l->step) : "";
    l->status = error_set(code, "%s: %s%s", l->name, place, complaint);
    return false;
}

static bool refuse_size(plan_loader *l, const char *complaint) {
    l->status = error_set(MARS_E_TOO_LARGE, "%s: %s", l->name, complaint);
    return false;
}

/* ---- Members by table ---- */

typedef enum json_kind {
    IS_TEXT = 1,
    IS_NUMBER = 2,
    IS_FLAG = 4,
    IS_NULL = 8,
    IS_OBJECT = 16,
    IS_ARRAY = 32,
    REQUIRED = 64,
} json_kind;

typedef struct known_member {
    const char *name;
    unsigned kinds; /* of json_kind */
} known_member;

static unsigned kind_of(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return IS_TEXT;
    case JSON_INTEGER:
        return IS_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return IS_FLAG;
    case JSON_NULL:
        return IS_NULL;
    case JSON_OBJECT:
        return IS_OBJECT;
    case JSON_ARRAY:
        return IS_ARRAY;
    case JSON_REAL:
        break;
    }
    return 0;
}

static const char *kind_words(unsigned kinds) {
    return (kinds & IS_TEXT) != 0     ? (kinds & IS_NULL) != 0 ? "a text or null" : "a text"
           : (kinds & IS_NUMBER) != 0 ? "a whole number"
           : (kinds & IS_FLAG) != 0   ? "true or false"
           : (kinds & IS_ARRAY) != 0  ? "an array"
                                      : "an object";
}

static const known_member *member_named(const known_member *known, const char *name) {
    while (known->name != NULL && strcmp(known->name, name) != 0) {
        known++;
    }
    return known;
}

/* Whether an object has all that is required, and nothing but what is known, each of its kind. what: the
 * object's name in messages. known ends with a row without name. */
static bool has_members(plan_loader *l, const json_t *object, const char *what, const known_member *known) {
    if (!json_is_object(object)) {
        return refuse(l, MARS_E_MALFORMED, "%s must be an object", what);
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)object, name, value) {
        const known_member *member = member_named(known, name);
        if (member->name == NULL) {
            return refuse(l, MARS_E_MALFORMED, "%s has the unknown member \"%s\"", what, shown(l, name));
        }
        if ((member->kinds & kind_of(value)) == 0) {
            return refuse(l, MARS_E_MALFORMED, "%s: \"%s\" must be %s", what, name,
                          kind_words(member->kinds));
        }
    }
    for (; known->name != NULL; known++) {
        if ((known->kinds & REQUIRED) != 0 && json_object_get(object, known->name) == NULL) {
            return refuse(l, MARS_E_MALFORMED, "%s has no \"%s\"", what, known->name);
        }
    }
    return true;
}

/* NULL for null or nothing. */
static const char *text_of(plan_loader *l, const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? arena_text(l->memory, text) : NULL;
}

static bool is_texts(plan_loader *l, const json_t *array, const char *what) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_string(json_array_get(array, i))) {
            return refuse(l, MARS_E_MALFORMED, "\"%s\" must be an array of texts", what);
        }
    }
    return true;
}

/* ---- The head ---- */

static bool load_made(plan_loader *l, const json_t *document) {
    const char *text = json_string_value(json_object_get(document, "made"));
    bool has_zone = false;
    if (text != NULL && (!instant_parse(text, &l->made->made, &has_zone) || !has_zone)) {
        return refuse(l, MARS_E_MALFORMED, "\"made\" must be a time such as 2026-03-02T08:00:00Z");
    }
    return true;
}

static bool load_head(plan_loader *l, const json_t *document) {
    static const known_member tool_members[] = {{"name", IS_TEXT}, {"version", IS_TEXT | IS_NULL}, {NULL, 0}};
    static const known_member machine_members[] = {{"computer_name", IS_TEXT | IS_NULL},
                                                   {"machine_guid", IS_TEXT | IS_NULL},
                                                   {"mars_machine_id", IS_TEXT | IS_NULL},
                                                   {NULL, 0}};
    static const known_member source_members[] = {
        {"kind", IS_TEXT | IS_NULL}, {"name", IS_TEXT | IS_NULL}, {NULL, 0}};
    const json_t *tool = json_object_get(document, "tool");
    const json_t *machine = json_object_get(document, "machine");
    const json_t *source = json_object_get(document, "source");
    if ((tool != NULL && !has_members(l, tool, "\"tool\"", tool_members)) ||
        !has_members(l, machine, "\"machine\"", machine_members) ||
        (source != NULL && !has_members(l, source, "\"source\"", source_members))) {
        return false;
    }
    l->made->tool_version = text_of(l, tool, "version");
    l->made->machine = (machine_identity){
        .computer_name = text_of(l, machine, "computer_name"),
        .machine_guid = text_of(l, machine, "machine_guid"),
        .mars_machine_id = text_of(l, machine, "mars_machine_id"),
    };
    l->made->source_kind = text_of(l, source, "kind");
    l->made->source_name = text_of(l, source, "name");
    return load_made(l, document);
}

static bool load_advice(plan_loader *l, const json_t *advice) {
    size_t count = json_array_size(advice);
    if (count > PLAN_ADVICE_MAX) {
        return refuse_size(l, "\"advice\" has more than 10,000 texts");
    }
    if (!is_texts(l, advice, "advice")) {
        return false;
    }
    const char **texts = arena_array(l->memory, count, sizeof *texts);
    for (size_t i = 0; texts != NULL && i < count; i++) {
        texts[i] = arena_text(l->memory, json_string_value(json_array_get(advice, i)));
    }
    l->made->advice = (text_list){.items = texts, .count = texts != NULL ? count : 0};
    return true;
}

/* ---- A step's operation and arguments ---- */

static bool load_argument(plan_loader *l, repair_offer *offer, const char *name, const json_t *value) {
    const operation *row = offer->operation;
    size_t at = operation_parameter_index(row, name);
    if (at == row->count) {
        return refuse(l, MARS_E_INVALID_ARGUMENT, "%s has no argument \"%s\"", row->id, shown(l, name));
    }
    argument_kind kind = row->parameters[at].kind;
    if (!argument_from_json(kind, value, l->memory, &offer->values[at])) {
        return refuse(l, MARS_E_INVALID_ARGUMENT, "%s: the argument \"%s\" must be %s", row->id, name,
                      argument_types[kind].words);
    }
    /* An optional one that says nothing is as good as none. */
    offer->known[at] = !argument_is_default(kind, &offer->values[at]);
    return true;
}

static bool load_offer(plan_loader *l, const json_t *step, repair_offer *offer) {
    const char *id = json_string_value(json_object_get(step, "operation"));
    *offer = (repair_offer){.operation = operation_find(id)};
    if (offer->operation == NULL) {
        return refuse(l, MARS_E_INVALID_ARGUMENT, "there is no operation \"%s\"", shown(l, id));
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(json_object_get(step, "arguments"), name, value) {
        if (!load_argument(l, offer, name, value)) {
            return false;
        }
    }
    return true;
}

/* ---- A step's reasons ---- */

static bool answers(const plan_reason *reason, const operation *row) {
    const catalog_verdict *texts = catalog_verdict_find(reason->check->id, reason->verdict);
    for (size_t i = 0; texts != NULL && i < texts->repair_count; i++) {
        if (strcmp(texts->repairs[i].operation, row->id) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_reason(plan_loader *l, const json_t *json, plan_reason *out) {
    static const known_member members[] = {{"check", IS_TEXT | REQUIRED},
                                           {"subject", IS_TEXT | IS_NULL | REQUIRED},
                                           {"verdict", IS_TEXT | REQUIRED},
                                           {NULL, 0}};
    if (!has_members(l, json, "a reason in \"for\"", members)) {
        return false;
    }
    const char *id = json_string_value(json_object_get(json, "check"));
    const char *code = json_string_value(json_object_get(json, "verdict"));
    *out = (plan_reason){.check = check_find(id), .subject = text_of(l, json, "subject")};
    if (out->check == NULL) {
        return refuse(l, MARS_E_INVALID_ARGUMENT, "there is no check \"%s\"", shown(l, id));
    }
    size_t length = strlen(id);
    bool own = strncmp(code, id, length) == 0 && code[length] == '/';
    const verdict *known = own ? check_verdict(out->check, code + length + 1) : NULL;
    if (known == NULL) {
        return refuse(l, MARS_E_INVALID_ARGUMENT, "%s has no verdict \"%s\"", id, shown(l, code));
    }
    out->verdict = known->slug;
    return true;
}

static bool load_reasons(plan_loader *l, const json_t *reasons, plan_draft_step *draft) {
    size_t count = json_array_size(reasons);
    if (count == 0) {
        return refuse(l, MARS_E_MALFORMED, "\"for\" names no finding that it answers");
    }
    if (count > PLAN_REASONS_MAX) {
        return refuse_size(l, "a step answers more than 1,000 findings");
    }
    for (size_t i = 0; i < count; i++) {
        plan_reason reason = {0};
        if (!read_reason(l, json_array_get(reasons, i), &reason)) {
            return false;
        }
        if (!answers(&reason, draft->offer.operation)) {
            return refuse(l, MARS_E_INVALID_ARGUMENT, "%s does not answer %s/%s", draft->offer.operation->id,
                          reason.check->id, reason.verdict);
        }
        if (plan_reason_among(&draft->reasons, &reason)) {
            return refuse(l, MARS_E_MALFORMED, "%s/%s stands in \"for\" twice", reason.check->id,
                          reason.verdict);
        }
        plan_reason *place = arena_push(&draft->reasons);
        if (place != NULL) {
            *place = reason;
        }
    }
    return true;
}

/* ---- Whether a step is taken ---- */

/* "take" decides, but for a step that lacks an argument. Why one is not taken is worked out again; only that
 * it was left out by hand cannot be, so that is known by what "held" says, or by its saying nothing. */
static plan_hold hold_of(plan_loader *l, const json_t *step, const repair_offer *offer) {
    const char *held = json_string_value(json_object_get(step, "held"));
    const char *by_hand = plan_hold_sentence(l->memory, offer, PLAN_EXCLUDED);
    plan_hold hold = plan_hold_of(l->made, offer);
    if (hold == PLAN_NEEDS_ARGUMENT) {
        return hold;
    }
    if (json_is_true(json_object_get(step, "take"))) {
        return PLAN_TAKEN;
    }
    if (held == NULL || strcmp(held, by_hand) == 0) {
        return PLAN_EXCLUDED;
    }
    bool risky = offer_risk(offer) > RISK_LOW;
    return hold != PLAN_TAKEN ? hold : risky ? PLAN_TOO_RISKY : PLAN_EXCLUDED;
}

static bool load_step(plan_loader *l, const json_t *step) {
    static const known_member members[] = {{"number", IS_NUMBER},
                                           {"operation", IS_TEXT | REQUIRED},
                                           {"title", IS_TEXT},
                                           {"arguments", IS_OBJECT | REQUIRED},
                                           {"needs", IS_ARRAY},
                                           {"take", IS_FLAG | REQUIRED},
                                           {"held", IS_TEXT | IS_NULL},
                                           {"risk", IS_TEXT},
                                           {"undo", IS_TEXT},
                                           {"asks", IS_FLAG},
                                           {"restart_advised", IS_FLAG},
                                           {"for", IS_ARRAY | REQUIRED},
                                           {NULL, 0}};
    plan_draft_step draft = {.reasons = ARENA_VECTOR(l->memory, plan_reason)};
    if (!has_members(l, step, "it", members) || !is_texts(l, json_object_get(step, "needs"), "needs") ||
        !load_offer(l, step, &draft.offer) || !load_reasons(l, json_object_get(step, "for"), &draft)) {
        return false;
    }
    if (plan_draft_find(&l->drafts, &draft.offer) != NULL) {
        return refuse(l, MARS_E_MALFORMED, "%s with these arguments stands in an earlier step",
                      draft.offer.operation->id);
    }
    draft.hold = hold_of(l, step, &draft.offer);
    plan_draft_step *place = arena_push(&l->drafts);
    if (place != NULL) {
        *place = draft;
    }
    return true;
}

/* ---- The document ---- */

static bool load_document(plan_loader *l, const json_t *document) {
    static const known_member members[] = {{"schema", IS_TEXT | REQUIRED},
                                           {"tool", IS_OBJECT},
                                           {"machine", IS_OBJECT | REQUIRED},
                                           {"source", IS_OBJECT},
                                           {"made", IS_TEXT | IS_NULL},
                                           {"steps", IS_ARRAY | REQUIRED},
                                           {"advice", IS_ARRAY},
                                           {NULL, 0}};
    const char *schema = json_string_value(json_object_get(document, "schema"));
    if (!json_is_object(document) || schema == NULL || strcmp(schema, PLAN_SCHEMA) != 0) {
        return refuse(l, MARS_E_MALFORMED, "it is not a plan: \"schema\" must be \"" PLAN_SCHEMA "\"");
    }
    const json_t *steps = json_object_get(document, "steps");
    if (!has_members(l, document, "the plan", members) || !load_head(l, document) ||
        !load_advice(l, json_object_get(document, "advice"))) {
        return false;
    }
    if (json_array_size(steps) > PLAN_STEPS_MAX) {
        return refuse_size(l, "it has more than 1,000 steps");
    }
    for (size_t i = 0; i < json_array_size(steps); i++) {
        l->step = i + 1;
        if (!load_step(l, json_array_get(steps, i))) {
            return false;
        }
    }
    return true;
}

mars_status plan_load(plan **out, const char *data, size_t size, const char *name) {
    *out = NULL;
    json_t *json = NULL;
    mars_status status = plan_parse(&json, data, size, name != NULL ? name : "the plan");
    if (status != MARS_OK) {
        return status;
    }
    plan *made = plan_new();
    if (made == NULL) {
        json_decref(json);
        return MARS_E_NO_MEMORY;
    }
    plan_loader l = {.made = made,
                     .memory = &made->memory,
                     .name = name != NULL ? name : "the plan",
                     .drafts = ARENA_VECTOR(&made->memory, plan_draft_step)};
    bool loaded = load_document(&l, json);
    json_decref(json);
    if (loaded || arena_failed(&made->memory)) {
        status = plan_finish(&made, &l.drafts);
        *out = made;
        return status;
    }
    plan_free(made);
    return l.status;
}
